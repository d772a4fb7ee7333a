#!/usr/bin/env bash
# Brings the jars of the Apache Kafka broker that end-to-end tests run into the cache, once. With --print-path, prints where.
#
# They come through Maven; the SHA-256 of every jar is pinned in scripts/kafka/jars.sha256, so neither the repository nor the
# way to it has to be trusted. With the jars in place this does nothing, at once and offline.
#
# Environment: TINGJIAN_CACHE (else XDG_CACHE_HOME/tingjian, else ~/.cache/tingjian); Maven's own settings for mirror and
# proxy are respected.
set -euo pipefail

version=4.1.1
here=$(cd "$(dirname "$0")" && pwd)
cache=${TINGJIAN_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/tingjian}
folder=$cache/kafka-$version

say() { printf '%s\n' "fetch-kafka: $*" >&2; }
fail() { say "$@"; exit 1; }
finish() {
    if [ "${1:-}" = --print-path ]; then printf '%s\n' "$folder"; fi
    exit 0
}

# The folder is renamed into place whole, so that it is there is enough; its name carries the version.
if [ -d "$folder" ]; then
    finish "$@"
fi
for tool in java mvn; do
    command -v "$tool" >/dev/null || fail "缺少 $tool：测试用的 Kafka 需要 Java 17（或更新）和 Maven。"
done

mkdir -p "$cache" || fail "无法创建 $cache。"
work=$(mktemp -d "$cache/.fetch-kafka-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

say "下载测试用的 Apache Kafka $version（约 45 MiB，只需一次）…"
cp "$here/kafka/pom.xml" "$work/pom.xml"
if ! mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$work/jars" >"$work/log" 2>&1; then
    grep -m 5 ERROR "$work/log" | sed 's/^/  /' >&2 || true
    fail "Maven 取不到 Kafka，请检查网络、代理和 Maven 的 mirror 设置。"
fi
(cd "$work/jars" && sha256sum --quiet --strict -c "$here/kafka/jars.sha256") >&2 || fail "jar 与锁定的不符，没有安装任何东西。"
found=$(find "$work/jars" -name '*.jar' | wc -l)
[ "$found" = "$(wc -l <"$here/kafka/jars.sha256")" ] || fail "jar 的数目（$found）与锁定的不符，没有安装任何东西。"
# Another run may have been first: the folder then stays as it is.
mv -T "$work/jars" "$folder" 2>/dev/null || [ -d "$folder" ] || fail "无法放到 $folder。"
say "已就绪：$folder"
finish "$@"
