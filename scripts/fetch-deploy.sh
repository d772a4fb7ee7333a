#!/usr/bin/env bash
# Builds the program that checks deploy/ (tests/deploy: Helm's, Kubernetes', Compose's and Prometheus' own parsers) into the cache, once.
# With --print-path, prints where it is. Without Go it is not built, and the tests that want it say so.
#
# Its modules come through Go's module proxy and are pinned in tests/deploy/go.sum.
#
# Environment: TINGJIAN_CACHE; Go's own settings for proxies are respected.
set -euo pipefail

source=$(cd "$(dirname "$0")/../tests/deploy" && pwd)
cache=${TINGJIAN_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/tingjian}
version=$(cat "$source/go.mod" "$source/go.sum" "$source/main.go" | sha256sum | cut -c1-12)
program=$cache/deploy-$version

say() { printf '%s\n' "fetch-deploy: $*" >&2; }

if [ ! -x "$program" ]; then
    if ! command -v go >/dev/null; then
        say "没有 Go（1.26 或更新）：deploy/ 不会被检查。"
        exit 0
    fi
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/.fetch-deploy-XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM
    say "构建 deploy/ 的检查程序（只需一次，约几分钟）…"
    (cd "$source" && go build -mod=readonly -trimpath -ldflags=-s -o "$work/deploy" .) || {
        # As without Go: what checks the code must not depend on Go's age or its module proxy.
        say "构建不了，deploy/ 不会被检查：请检查 Go 的版本（1.26 或更新）、网络、代理和 GOPROXY 设置。"
        exit 0
    }
    mv -f "$work/deploy" "$program"
    say "已就绪：$program"
fi
if [ "${1:-}" = --print-path ]; then printf '%s\n' "$program"; fi
