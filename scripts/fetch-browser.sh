#!/usr/bin/env bash
# Brings what the browser tests need, once: Chromium through apt, Playwright's driver and axe-core through npm, into the cache. With
# --print-path, prints the folder that holds node_modules.
#
# Versions and checksums are pinned in tests/browser/package-lock.json; npm's own settings for registry and proxy are respected.
#
# Environment: TINGJIAN_CHROMIUM (a Chromium or Chrome to use instead), TINGJIAN_CACHE.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
cache=${TINGJIAN_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/tingjian}
lock=$(sha256sum "$here/tests/browser/package-lock.json" | cut -c1-12)
folder=$cache/browser-$lock

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

# The folder is renamed into place whole, so that it is there is enough; its name carries the versions.
if [ ! -d "$folder" ]; then
    command -v npm >/dev/null || fail "缺少 npm：请安装 Node.js 20 或更新版本。"
    mkdir -p "$cache" || fail "无法创建 $cache。"
    work=$(mktemp -d "$cache/.fetch-browser-XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    cp "$here/tests/browser/package.json" "$here/tests/browser/package-lock.json" "$work/"
    (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund >log 2>&1) || {
        tail -5 "$work/log" >&2
        fail "npm 取不到 playwright-core 或 axe-core，请检查网络、代理和 npm 的 registry 设置。"
    }
    # Another run may have been first: the folder then stays as it is.
    mv -T "$work" "$folder" 2>/dev/null || [ -d "$folder" ] || fail "无法放到 $folder。"
    say "已就绪：$folder"
fi
if [ "${1:-}" = --print-path ]; then printf '%s\n' "$folder"; fi
