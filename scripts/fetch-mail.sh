#!/usr/bin/env bash
# Brings the SMTP server that tests send mail to, once: aiosmtpd from PyPI, in a virtual environment in the cache. With --print-path,
# prints its Python.
#
# Versions and checksums are pinned in tests/mail/requirements.txt; pip's own settings for index and proxy are respected.
#
# Environment: TINGJIAN_PYTHON (a Python 3.10 or newer to use instead of python3), TINGJIAN_CACHE.
set -euo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
cache=${TINGJIAN_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/tingjian}
lock=$(sha256sum "$here/tests/mail/requirements.txt" | cut -c1-12)
folder=$cache/mail-$lock

say() { printf '%s\n' "fetch-mail: $*" >&2; }
fail() { say "$@"; exit 1; }

# A virtual environment cannot be moved, so a mark says that it is whole, and a lock that nobody else is at it.
if [ ! -e "$folder/whole" ]; then
    python=$(command -v "${TINGJIAN_PYTHON:-python3}") || fail "缺少 python3：请安装 Python 3.10 或更新版本。"
    mkdir -p "$cache" || fail "无法创建 $cache。"
    exec 9>"$cache/.fetch-mail.lock"
    flock 9
    if [ ! -e "$folder/whole" ]; then
        rm -rf "$folder"
        "$python" -m venv "$folder" >&2 || fail "建不成虚拟环境：请安装 python3-venv。"
        "$folder/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
            -r "$here/tests/mail/requirements.txt" >&2 || fail "pip 取不到 aiosmtpd，请检查网络、代理和 pip 的索引设置。"
        touch "$folder/whole"
        say "已就绪：$folder"
    fi
    flock -u 9
fi
if [ "${1:-}" = --print-path ]; then printf '%s\n' "$folder/bin/python"; fi
