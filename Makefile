# 听见 Tingjian. `make help` lists what there is to do.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Where cargo builds; set CARGO_TARGET_DIR to keep it elsewhere. The programs end in target/release in either case.
BUILD := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),$(CURDIR)/target)
RELEASE := $(CURDIR)/target/release
PROGRAMS := tingjian-server tingjian tingjian-simulate

.PHONY: help build demo demo-stop test bench bench-kafka bench-peer eval torture lint engine kafka tools

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

tools: ## check (and where apt allows, install) what the build needs
	@scripts/tools.sh

engine: tools ## fetch the embedded ClickHouse engine's library into the cache
	@scripts/fetch-engine.sh

kafka: tools ## fetch the Apache Kafka broker that tests run into the cache
	@scripts/fetch-kafka.sh

build: engine ## target/release/tingjian-server, tingjian, tingjian-simulate
	@cargo build --release --locked -p tingjian-server -p tingjian-cli -p tingjian-simulation
	@mkdir -p $(RELEASE)
	@for program in $(PROGRAMS); do \
	  if ! cmp -s $(BUILD)/release/$$program $(RELEASE)/$$program; then cp -f $(BUILD)/release/$$program $(RELEASE)/$$program; fi; \
	done
	@ln -sfn "$$(scripts/fetch-engine.sh --print-path)" $(RELEASE)/libchdb.so

demo: build ## load 8 simulated weeks and leave a server running at http://127.0.0.1:8700
	@scripts/demo.sh

demo-stop: ## stop the server that `make demo` left running
	@scripts/demo.sh --stop

test: engine kafka ## every test: unit, property, end to end with real parts
	@scripts/test.sh

lint: tools ## formatting and clippy
	@cargo fmt --all --check
	@cargo clippy --workspace --all-targets --locked -- -D warnings

bench: build ## figures of this machine; DATA=reviews.jsonl.gz measures with your texts
	@scripts/bench.sh

bench-kafka: build kafka ## Kafka beside the journal: speed, failover, freshness, memory by role, searches by ClickHouse
	@scripts/bench-kafka.sh

bench-peer: ## OpenSearch with cjk and IK on the same texts: bulk speed, latencies, recall; DATA=texts.jsonl[.gz]
	@scripts/bench-peer.sh

eval: build ## quality on labelled rows, DATA=GOLD.jsonl [MORE="SILVER.jsonl ..."]: cross-validated, the shipped model, the rules alone
	@test -n "$(DATA)" || { echo 'make eval DATA=GOLD.jsonl [MORE="SILVER.jsonl ..."]'; exit 2; }
	@echo "== cross-validated on $(DATA)"
	@$(RELEASE)/tingjian-server train cause $(foreach file,$(DATA) $(MORE),--input $(file)) --output $(BUILD)/eval-model.bin
	@echo "== the shipped model (if it was trained on these rows, it knows them)"
	@$(RELEASE)/tingjian-server evaluate --gold $(DATA) --report $(BUILD)/eval.html
	@echo "== rules alone"
	@$(RELEASE)/tingjian-server evaluate --gold $(DATA) --rules

torture: build kafka ## 200 random kill -9 under load, long property runs
	@scripts/torture.sh
