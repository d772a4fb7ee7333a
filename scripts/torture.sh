#!/usr/bin/env bash
# Long tests: kill -9 at random moments under load, every other fault once more, and the properties of text functions over very many texts.
#   KILLS=200    kills of server and engine
#   KAFKA_KILLS=60 kills of server, engine and broker through Kafka
#   STORM=30     rounds in which a pipeline is killed and another joins
#   SEED=…       which moments; the report names the seed of a run
#   CASES=100000 texts per property
#   FUZZ=200     requests per call of the HTTP interface, and phase
set -euo pipefail
cd "$(dirname "$0")/.."

kills=${KILLS:-200} kafka_kills=${KAFKA_KILLS:-60} storm=${STORM:-30} cases=${CASES:-100000} fuzz=${FUZZ:-200}
faults=(--test kafka --test clickhouse_server --test disk_full --test clock --test backup)
texts=(--test normalise --test mask --test segment --test clean --test reading --test seal)

# `commands` is a test of the server: with it the program that is tortured is built too.
# No link-time optimisation: the build is shorter and the programs fast enough.
cargo test --profile quick --workspace --locked --no-run --test crash --test kafka_crash --test kafka_fleet --test fuzz --test commands "${faults[@]}" "${texts[@]}"

echo "== $kills × kill -9 under load"
TINGJIAN_TORTURE_KILLS=$kills TINGJIAN_TORTURE_SEED=${SEED:-$(date +%s)} \
  cargo test --profile quick --workspace --locked --test crash -- --nocapture nothing_acknowledged_is_lost

echo "== $kafka_kills × kill -9 of server, engine and broker under load through Kafka"
TINGJIAN_TORTURE_KILLS=$kafka_kills TINGJIAN_TORTURE_SEED=${SEED:-$(date +%s)} \
  cargo test --profile quick --workspace --locked --test kafka_crash -- --nocapture

echo "== $storm rounds of pipelines that join and are killed"
TINGJIAN_TORTURE_STORM=$storm cargo test --profile quick --workspace --locked --test kafka_fleet -- --nocapture --test-threads 1

echo "== networks that stall, ClickHouse killed, refusing and slow, disks full, clocks that jump, poison, copies"
scripts/fetch-faketime.sh
cargo test --profile quick --workspace --locked "${faults[@]}" -- --nocapture --test-threads 1

echo "== the HTTP interface against its description, $fuzz requests per call and phase"
scripts/fetch-python.sh fuzz
TINGJIAN_FUZZ_EXAMPLES=$fuzz TINGJIAN_FUZZ_SEED=${SEED:-$(date +%s)} \
  cargo test --profile quick --workspace --locked --test fuzz -- --nocapture

echo "== properties of the text functions, $cases texts each"
PROPTEST_CASES=$cases cargo test --profile quick --workspace --locked "${texts[@]}"
