#!/usr/bin/env bash
# Measures the flow through Kafka beside the journal's, on this machine: speed, failover, freshness, memory by role, searches.
#   DATA=texts.jsonl[.gz]   texts to use (objects with `text`); otherwise simulated complaints
#   RECORDS=200000          how many records each part loads
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --locked -p tingjian-tests --example kafka_bench
target=${CARGO_TARGET_DIR:-$PWD/target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
case ${DATA:-} in
'') target/release/tingjian-simulate --stream complaints --events 1000000 2>/dev/null | head -n 200000 >"$work/texts.jsonl" || true ;;
*.gz) zcat "$DATA" | head -n 200000 >"$work/texts.jsonl" || true ;;
*) head -n 200000 "$DATA" >"$work/texts.jsonl" ;;
esac
"$target/release/examples/kafka_bench" --data "$work/texts.jsonl" --records "${RECORDS:-200000}"
