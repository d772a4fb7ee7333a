#!/usr/bin/env bash
# Brings npm packages that a test runs, once, each set in a folder of its own in the cache, outside the repository: `fetch-npm.sh oidc` the
# OpenID provider of tests/oidc, `fetch-npm.sh browser` the driver of tests/browser. With --print-path, prints the folder that holds node_modules.
#
# Versions and checksums are pinned in tests/NAME/package-lock.json; npm's own settings for registry and proxy are respected.
#
# Environment: TINGJIAN_CACHE.
set -euo pipefail

name=${1:?usage: fetch-npm.sh oidc|browser [--print-path]}
here=$(cd "$(dirname "$0")/.." && pwd)
cache=${TINGJIAN_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/tingjian}
pins=$here/tests/$name/package-lock.json
folder=$cache/npm-$name-$(sha256sum "$pins" | cut -c1-12)

say() { printf '%s\n' "fetch-npm: $*" >&2; }
fail() { say "$@"; exit 1; }

# The folder is renamed into place whole, so that it is there is enough; its name carries the versions.
if [ ! -d "$folder" ]; then
    command -v npm >/dev/null || fail "缺少 npm：请安装 Node.js 20 或更新版本。"
    mkdir -p "$cache" || fail "无法创建 $cache。"
    work=$(mktemp -d "$cache/.fetch-npm-XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    cp "$here/tests/$name/package.json" "$pins" "$work/"
    (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund >log 2>&1) || {
        tail -5 "$work/log" >&2
        fail "npm 取不到 tests/$name/package.json 里的包，请检查网络、代理和 npm 的 registry 设置。"
    }
    # Another run may have been first: the folder then stays as it is.
    mv -T "$work" "$folder" 2>/dev/null || [ -d "$folder" ] || fail "无法放到 $folder。"
    say "已就绪：$folder"
fi
if [ "${2:-}" = --print-path ]; then printf '%s\n' "$folder"; fi
