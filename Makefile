# One door for people and machines: `make` alone says what there is.
# Needs: Python 3.11 or newer with venv, Node 20 or newer with npm. Everything else is pinned by hash and fetched.

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .build/stamps
# The CDK's runtime prints a banner over everything else for these; scripts/need.sh says which Node will do
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20,22,24
export JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION := 20,22,24
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1
export UV_BUILD_CONSTRAINT := requirements/build.lock

.DEFAULT_GOAL := help
.PHONY: help setup run test unit lint types format bench bench-send test-long clean
.NOTPARALLEL:

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMPS)/python $(STAMPS)/engine $(STAMPS)/node ## make both environments and fetch the CDK command line

run: setup ## start everything on this machine: engine, stack, demo shop, sample data
	@$(BIN)/shopbell up

test: setup ## the gate: style, types, imports, then every test; this is what CI runs
	@echo "== types, beside all that follows: told at the end if there is something to tell"
	@$(BIN)/mypy >.build/types 2>&1 & types=$$!; \
		$(MAKE) --no-print-directory lint && bash scripts/apt.sh && echo "== tests" && \
		$(BIN)/python -m pytest -q -n 2 --dist loadscope -m "not long"; tested=$$?; \
		wait $$types || { cat .build/types; exit 1; }; exit $$tested

unit: setup ## style, imports and unit tests: under a minute, nothing to install
	@$(MAKE) --no-print-directory lint
	@echo "== unit tests"
	@$(BIN)/python -m pytest -q -n 2 tests/unit -m "not long"

lint: setup ## style and the direction of imports
	@echo "== style"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@echo "== imports"
	@$(BIN)/lint-imports --no-logo

types: setup ## mypy, strict, over everything
	@echo "== types"
	@$(BIN)/mypy

format: setup ## write the style into the files
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

bench: setup ## measure on this machine what the core costs
	@set -e; for bench in $$(grep -l __main__ benchmarks/*.py | grep -v /send); do \
		echo "== $$bench"; $(BIN)/python -m "benchmarks.$$(basename "$$bench" .py)"; \
	done

bench-send: setup $(STAMPS)/bench ## what a push costs its sender, beside other senders (brings nginx, h2load, a C compiler)
	@bash scripts/apt.sh send
	@$(BIN)/python -m benchmarks.send $(ROUNDS)

test-long: setup ## the long forms of the tests, hours rather than minutes
	@bash scripts/apt.sh
	@$(BIN)/python -m pytest -q -rfEP -n 2 --dist loadscope --timeout 7200 -m long

clean: ## remove what can be made again; the state of `make run` stays (shopbell reset clears it)
	rm -rf .build cdk.out .venv .venv-engine .venv-bench node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

$(STAMPS)/python: requirements/tool.lock requirements/dev.lock requirements/build.lock pyproject.toml
	@echo "== Python packages (.venv)"
	@bash scripts/need.sh $(PYTHON)
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tool.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/tool.lock requirements/dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@mkdir -p $(@D) && touch $@

$(STAMPS)/engine: requirements/engine.lock $(STAMPS)/python
	@echo "== local engine (.venv-engine)"
	@test -x .venv-engine/bin/python || $(PYTHON) -m venv --without-pip .venv-engine
	@$(BIN)/uv pip sync --quiet --python .venv-engine/bin/python --require-hashes requirements/engine.lock
	@mkdir -p $(@D) && touch $@

$(STAMPS)/bench: requirements/bench.lock $(STAMPS)/python
	@echo "== other senders (.venv-bench)"
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv --without-pip .venv-bench
	@$(BIN)/uv pip sync --quiet --python .venv-bench/bin/python --require-hashes requirements/bench.lock
	@mkdir -p $(@D) && touch $@

$(STAMPS)/node: package.json package-lock.json .npmrc
	@echo "== CDK command line and a sender to compare with (node_modules)"
	@bash scripts/need.sh $(PYTHON)
	@npm ci --silent
	@mkdir -p $(@D) && touch $@
