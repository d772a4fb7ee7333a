#!/usr/bin/env bash
# Measures this machine: intake to both sinks, freshness, search, causes, memory, bytes.
#   DATA=texts.jsonl[.gz]   texts to use (objects with `text`); otherwise simulated complaints
#   RECORDS=1000000         how many records to load
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --locked -p tingjian-tests --example bench
target=${CARGO_TARGET_DIR:-target}
exec "$target/release/examples/bench" --programs target/release ${DATA:+--data "$DATA"} --records "${RECORDS:-1000000}"
