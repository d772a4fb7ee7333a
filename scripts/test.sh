#!/usr/bin/env bash
# What `make test` runs: lint first (quick to fail), then every test of every room.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo fmt --all --check
cargo clippy --workspace --all-targets --locked --quiet -- -D warnings
cargo test --workspace --locked --quiet --no-run
cargo test --workspace --locked
