#!/usr/bin/env bash
# What `make test` runs: every test of every room. Lints are `make lint`.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/fetch-browser.sh
scripts/fetch-npm.sh oidc
scripts/fetch-python.sh mail
scripts/fetch-python.sh fuzz
scripts/fetch-deploy.sh
scripts/fetch-faketime.sh
cargo test --workspace --locked --no-run
cargo test --workspace --locked
