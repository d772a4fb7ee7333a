#!/usr/bin/env bash
# Brings schemathesis, which tries the HTTP interface against its own description, once: a Python environment in the cache, outside
# the repository. With --print-path, prints its program.
#
# Versions are pinned in tests/fuzz/requirements.txt; pip's own settings for index and proxy are respected.
#
# Environment: TINGJIAN_CACHE.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
cache=${TINGJIAN_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/tingjian}
pins=$here/tests/fuzz/requirements.txt
folder=$cache/fuzzer-$(sha256sum "$pins" | cut -c1-12)

say() { printf '%s\n' "fetch-fuzzer: $*" >&2; }
fail() { say "$@"; exit 1; }

# An environment knows its own path, so it is made where it stays; a mark says that it is whole.
if [ ! -f "$folder/.whole" ]; then
    python3 -c 'import venv, ensurepip' 2>/dev/null || fail "缺少 Python 3 的 venv：请安装 python3-venv。"
    mkdir -p "$cache" || fail "无法创建 $cache。"
    exec 9>"$cache/.fetch-fuzzer.lock"
    flock 9
    if [ ! -f "$folder/.whole" ]; then
        rm -rf "$folder"
        python3 -m venv "$folder"
        "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$pins" >"$folder/log" 2>&1 || {
            tail -5 "$folder/log" >&2
            fail "pip 取不到 schemathesis，请检查网络、代理和 pip 的 index 设置。"
        }
        touch "$folder/.whole"
        say "已就绪：$folder"
    fi
fi
if [ "${1:-}" = --print-path ]; then printf '%s\n' "$folder/bin/schemathesis"; fi
