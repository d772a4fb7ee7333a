#!/usr/bin/env bash
# Brings what the browser tests need, once: Chromium through apt; Playwright's driver and axe-core through npm, as fetch-npm.sh does,
# which says where they are with --print-path.
#
# Environment: TINGJIAN_CHROMIUM (a Chromium or Chrome to use instead), and that of fetch-npm.sh.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)

say() { printf '%s\n' "fetch-browser: $*" >&2; }
fail() { say "$@"; exit 1; }

chromium() { command -v "${TINGJIAN_CHROMIUM:-chromium}" || command -v chromium-browser || command -v google-chrome; }

if ! chromium >/dev/null; then
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        say "安装 chromium 和中文字体…"
        apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null ||
            fail "apt 装不上 chromium：请手工安装 Chromium 或 Chrome，或用 TINGJIAN_CHROMIUM 指明其位置。"
    else
        fail "缺少 chromium：请运行 sudo apt-get install -y chromium fonts-noto-cjk，或用 TINGJIAN_CHROMIUM 指明其位置。"
    fi
fi

exec "$here/scripts/fetch-npm.sh" browser "$@"
