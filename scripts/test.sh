#!/usr/bin/env bash
# What `make test` runs: every test of every room. Lints are `make lint`.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/fetch-browser.sh
scripts/fetch-mail.sh
scripts/fetch-fuzzer.sh
scripts/fetch-deploy.sh
scripts/fetch-faketime.sh
cargo test --workspace --locked --no-run
cargo test --workspace --locked
