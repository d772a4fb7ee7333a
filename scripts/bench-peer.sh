#!/usr/bin/env bash
# The peer beside us: OpenSearch 2.19.1 with its `cjk` analyser and with IK, heap 2 GB, every bulk durable, on the same topic, machine
# and texts as Tingjian. Runs are interleaved, since speed drifts; compare medians, and best runs with best runs.
#   DATA=texts.jsonl[.gz]   texts to use (objects with `text`); otherwise simulated complaints
#   DOCS=500000             how many
#   RUNS=5                  how often each
#   PARTS="topic file"      `topic`: Kafka → each of them; `file`: bulks without Kafka, latencies and recall
# `topic` wants target/release/tingjian-server (make build).
set -euo pipefail
cd "$(dirname "$0")/.."

docs=${DOCS:-500000} runs=${RUNS:-5} parts=${PARTS:-topic file}
cache=${TINGJIAN_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/tingjian}
lock=$(sha256sum tests/peer/pom.xml | cut -c1-12)
jars=$cache/peer-$lock
work=$(mktemp -d)
broker='' server=''
stop() { [ -z "$1" ] || { kill "$1" 2>/dev/null; wait "$1" 2>/dev/null; } || true; }
trap 'stop "$server"; stop "$broker"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

if [ ! -d "$jars" ]; then
    echo "bench-peer: 取 OpenSearch 与 IK（约 100 个 jar，只需一次）…" >&2
    mkdir -p "$cache"
    mvn -q -B -f tests/peer/pom.xml dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$work/jars"
    mv -T "$work/jars" "$jars" 2>/dev/null || [ -d "$jars" ]
fi
javac -nowarn -cp "$jars/*" -d "$work/classes" tests/peer/src/main/java/tingjian/peer/*.java
peer() { java -Xms2g -Xmx2g -cp "$work/classes:tests/peer/src/main/resources:$jars/*" tingjian.peer.Peer "$@" 2>"$work/peer.err" | grep -v 'Closed all nodes' || { tail -n 20 "$work/peer.err" >&2; exit 1; }; }

case ${DATA:-} in
'') target/release/tingjian-simulate --stream complaints --events 1000000 2>/dev/null | head -n "$docs" >"$work/texts.jsonl" || true ;;
*.gz) zcat "$DATA" | head -n "$docs" >"$work/texts.jsonl" || true ;;
*) head -n "$docs" "$DATA" >"$work/texts.jsonl" ;;
esac
echo "$(wc -l <"$work/texts.jsonl") texts, $docs documents, $runs runs of each"

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

start_broker() {
    local kafka port controller far
    kafka=$(scripts/fetch-kafka.sh --print-path) port=$(free_port) controller=$(free_port) far=$(free_port)
    sed -e "s#{port}#$port#g; s#{controller}#$controller#g; s#{sasl}#$(free_port)#g; s#{far}#$far#g; s#{proxy}#$far#g; s#{password}#x#g; s#{logs}#$work/kafka#g; /^log.flush/d" \
        tests/src/broker.properties >"$work/server.properties"
    echo num.partitions=6 >>"$work/server.properties"
    local run=(java -Xmx512m -cp "$kafka/*" -Dorg.slf4j.simpleLogger.defaultLogLevel=error)
    "${run[@]}" kafka.tools.StorageTool format -t dGluZ2ppYW4tYmVuY2gtMQ -c "$work/server.properties" >/dev/null
    "${run[@]}" kafka.Kafka "$work/server.properties" >"$work/broker.log" 2>&1 &
    broker=$! brokers=127.0.0.1:$port
    export TINGJIAN_SOURCE_KIND=kafka TINGJIAN_SOURCE_KAFKA_BROKERS=$brokers TINGJIAN_SOURCE_KAFKA_TOPIC_PARTITIONS=6
    for _ in $(seq 60); do target/release/tingjian-server topics create >/dev/null 2>&1 && return; sleep 0.5; done
    echo "bench-peer: 代理没有启动" >&2
    tail -n 20 "$work/broker.log" >&2
    exit 1
}

# Reads the whole topic into both stores; the clock begins with the first tenth, as the peer's does after its warm-up.
tingjian() {
    local port begun counted total
    port=$(free_port)
    rm -rf "$work/data"
    target/release/tingjian-server serve --data-dir "$work/data" --listen "127.0.0.1:$port" >/dev/null 2>"$work/server.err" &
    server=$!
    python3 - "$port" "$docs" "$work/data/admin.token" <<'PYTHON'
import json, sys, time, urllib.request
port, docs, token = sys.argv[1], int(sys.argv[2]), sys.argv[3]
def done():
    """Of the slower sink."""
    try:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/status", headers={"Authorization": "Bearer " + open(token).read().strip()})
        return min((sink["stored"] for sink in json.load(urllib.request.urlopen(request))["sinks"]), default=0)
    except OSError:
        return 0
warm, begun = min(50_000, docs // 2), None
while True:
    now, stored = time.monotonic(), done()
    if begun is None and stored >= warm:
        begun, counted = now, stored
    if stored >= docs:
        break
    time.sleep(0.05)
print(f"Tingjian, both sinks: {(docs - counted) / (now - begun):.0f} docs/s ({docs - counted} docs after a warm-up of {counted}, {now - begun:.1f} s)")
PYTHON
    stop "$server"
    server=''
}

if [[ $parts == *topic* ]]; then
    start_broker
    peer produce "$brokers" tingjian.complaints "$work/texts.jsonl" "$docs"
fi
for run in $(seq "$runs"); do
    echo "== run $run"
    if [[ $parts == *topic* ]]; then
        for analyser in cjk ik_max_word; do peer topic "$analyser" "$brokers" tingjian.complaints "$docs"; done
        tingjian
    fi
    if [[ $parts == *file* ]]; then
        for analyser in cjk ik_max_word; do peer file "$analyser" "$work/texts.jsonl" "$docs"; done
    fi
done
