#!/usr/bin/env bash
# Brings the embedded ClickHouse engine, libchdb.so, into the cache, once. With --print-path, prints where it is.
#
# It comes as an npm package; its SHA-512 is pinned here, so neither the registry nor the way to it has to be trusted.
# With the file in place this does nothing, at once and offline.
#
# Environment: TINGJIAN_CACHE (else XDG_CACHE_HOME/tingjian, else ~/.cache/tingjian); npm's own settings for registry and
# proxy are respected.
set -euo pipefail

version=26.7.3-stable.1
cache=${TINGJIAN_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/tingjian}
folder=$cache/engine-$version
library=$folder/libchdb.so
needed_kib=$((1024 * 1024)) # package, npm's copy of it, and the unpacked library

say() { printf '%s\n' "fetch-engine: $*" >&2; }
fail() { say "$@"; exit 1; }

case $(uname -s)-$(uname -m) in
Linux-x86_64)
    package=@chdb/lib-linux-x64-gnu
    integrity=sha512-XP97mMqnc5tZpKQywR8N7cLTsHNiTmHr30pC5mzo3jWmukjKn2IBa60c2B/gWUNcuFjOMjWoorQICCqBVj5wpw==
    bytes=566330096
    ;;
*)
    fail "本机（$(uname -s) $(uname -m)）没有已锁定的引擎，目前只有 Linux x86_64。" \
        "如已自备 $version 版 libchdb.so，请用环境变量 TINGJIAN_ENGINE_LIBRARY 指明它的位置。"
    ;;
esac

# A link to the file is good, too.
present() { [ -f "$library" ] && [ "$(stat -Lc %s "$library")" = "$bytes" ]; }

finish() {
    if [ "${1:-}" = --print-path ]; then printf '%s\n' "$library"; fi
    exit 0
}

if present; then
    finish "$@"
fi

if ldd --version 2>&1 | grep -qi musl; then
    fail "引擎需要 glibc，本系统是 musl。"
fi
for tool in node npm tar; do
    command -v "$tool" >/dev/null || fail "缺少 $tool：请安装 Node.js 20 或更新版本（含 npm）。"
done

mkdir -p "$folder" || fail "无法创建 $folder。"
free_kib=$(df -Pk "$folder" | awk 'NR == 2 { print $4 }')
[ "$free_kib" -ge "$needed_kib" ] || fail "$folder 只剩 $((free_kib / 1024)) MiB，需要 $((needed_kib / 1024)) MiB。"

# In the cache itself, so that the last step is a rename.
work=$(mktemp -d "$folder/.fetch-XXXXXX")
npm=
trap '[ -z "$npm" ] || kill "$npm" 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# Sizes on a terminal's line, or a line every ten seconds in a log.
show_progress() {
    local seconds=0 size
    while kill -0 "$1" 2>/dev/null; do
        size=$(du -sm "$work/npm" 2>/dev/null | cut -f1 || true)
        if [ -t 2 ]; then
            printf '\rfetch-engine: %s MiB' "${size:-0}" >&2
        elif [ $((seconds % 10)) -eq 9 ]; then
            say "已下载 ${size:-0} MiB"
        fi
        sleep 1
        seconds=$((seconds + 1))
    done
    if [ -t 2 ]; then printf '\n' >&2; fi
}

say "下载嵌入式 ClickHouse 引擎 $package@$version（约 170 MiB，只需一次）…"
npm pack "$package@$version" --pack-destination "$work" --cache "$work/npm" --loglevel error \
    >"$work/name" 2>"$work/log" &
npm=$!
show_progress "$npm"
if ! wait "$npm"; then
    grep -v -E '^npm error +at |A complete log' "$work/log" | head -n 5 | sed 's/^/  /' >&2
    fail "npm 取不到 $package@$version，请检查网络、代理和 npm 的 registry 设置。没有网络时，可把 libchdb.so（$bytes 字节）放到 $library。"
fi
archive=$work/$(tail -n 1 "$work/name")
[ -f "$archive" ] || fail "npm 没有留下安装包 $archive。"

say "核对 SHA-512 …"
actual=$(node -e '
    const hash = require("crypto").createHash("sha512");
    require("fs").createReadStream(process.argv[1]).on("data", (part) => hash.update(part))
        .on("end", () => console.log("sha512-" + hash.digest("base64")));
' "$archive")
[ "$actual" = "$integrity" ] || fail "安装包与锁定的不符：得到 $actual，应为 $integrity。没有安装任何东西。"

say "解包 …"
tar -xzf "$archive" -C "$work" package/libchdb.so || fail "安装包无法解开。"
mv -f "$work/package/libchdb.so" "$library"
present || fail "$library 的大小不是 $bytes 字节。"
say "已就绪：$library"
finish "$@"
