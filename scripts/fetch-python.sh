#!/usr/bin/env bash
# Brings a Python program that tests need, once: `fetch-python.sh mail` the SMTP server of tests/mail, `fetch-python.sh fuzz` schemathesis
# of tests/fuzz, each in an environment of its own in the cache, outside the repository. With --print-path, prints its folder of programs.
#
# Versions are pinned in tests/NAME/requirements.txt; pip's own settings for index and proxy are respected.
#
# Environment: TINGJIAN_PYTHON (a Python 3.10 or newer to use instead of python3), TINGJIAN_CACHE.
set -euo pipefail

name=${1:?usage: fetch-python.sh mail|fuzz [--print-path]}
here=$(cd "$(dirname "$0")/.." && pwd)
cache=${TINGJIAN_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/tingjian}
pins=$here/tests/$name/requirements.txt
folder=$cache/python-$name-$(sha256sum "$pins" | cut -c1-12)

say() { printf '%s\n' "fetch-python: $*" >&2; }
fail() { say "$@"; exit 1; }

python=${TINGJIAN_PYTHON:-python3}
usable() { "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }

ensure_python() {
    usable && return
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        say "安装 python3-venv…"
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null; } || true
    fi
    usable || fail "缺少带 venv 的 Python 3.10 或更新版本：请运行 sudo apt-get install -y python3-venv，或用 TINGJIAN_PYTHON 指明。"
}

# An environment knows its own path, so it is made where it stays; a mark says that it is whole, a lock that nobody else is at it.
if [ ! -e "$folder/whole" ]; then
    mkdir -p "$cache" || fail "无法创建 $cache。"
    exec 9>"$cache/.fetch-python-$name.lock"
    flock 9
    if [ ! -e "$folder/whole" ]; then
        ensure_python
        rm -rf "$folder"
        "$python" -m venv "$folder" >&2 || fail "建不成虚拟环境 $folder。"
        "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$pins" >"$folder/log" 2>&1 || {
            tail -5 "$folder/log" >&2
            fail "pip 取不到 tests/$name/requirements.txt 里的包，请检查网络、代理和 pip 的索引设置。"
        }
        touch "$folder/whole"
        say "已就绪：$folder"
    fi
    flock -u 9
fi
if [ "${2:-}" = --print-path ]; then printf '%s\n' "$folder/bin"; fi
