# The one door to every workflow. It needs Python >= 3.11 and a Rust toolchain, nothing else.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.stamp
RUST   := $(shell find src -name '*.rs') Cargo.toml Cargo.lock $(wildcard src/*/*.txt src/*/*/*.bin)

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(STAMP)/venv: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "predial needs Python >= 3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --group dev
	mkdir -p $(STAMP) && touch $@

$(STAMP)/build: $(STAMP)/venv $(RUST) pyproject.toml
	$(BIN)/maturin develop --quiet --profile quick --extras testing
	touch $@

.PHONY: build
build: $(STAMP)/build ## Build the core and install predial into .venv

.PHONY: test
test: build ## Build and pass every test: cargo test, pytest, the doctests of both languages
	cargo test --quiet --profile quick
	$(BIN)/python -m pytest

.PHONY: lint
lint: build licences ## Check format, lints and types of both languages
	cargo fmt --check
	cargo fmt --check --manifest-path fuzz/Cargo.toml
	cargo clippy --quiet --all-targets -- --deny warnings
	cargo clippy --quiet --all-targets --features python -- --deny warnings
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# For each target, in seconds.
SECONDS ?= 60

.PHONY: fuzz
fuzz: $(STAMP)/venv ## Fuzz each target for SECONDS=60 (Linux on x86-64)
	$(BIN)/python tools/fuzz.py --seconds $(SECONDS) --jobs 2

# Memory that the code uses and does not have: once by the compiler's own instruments, once from
# outside, with Python around it.
SANITIZED := x86_64-unknown-linux-gnu

.PHONY: sanitize
sanitize: build ## Run the Rust tests under AddressSanitizer, the extension under valgrind (Linux)
	RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address cargo test --quiet --profile quick --lib \
	    --target $(SANITIZED) --target-dir target/sanitize
	PYTHONMALLOC=malloc valgrind --quiet --error-exitcode=1 --suppressions=tools/memcheck.supp \
	    $(BIN)/python tools/memcheck.py

.PHONY: licences
licences: $(STAMP)/venv ## Check the licence and the source of every crate
	$(BIN)/python tools/check_licences.py Cargo.toml fuzz/Cargo.toml

.PHONY: format
format: $(STAMP)/venv ## Format both languages
	cargo fmt
	cargo fmt --manifest-path fuzz/Cargo.toml
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format --quiet

.PHONY: plan
plan: $(STAMP)/venv ## Rebuild the numbering plan's table from the pinned phonenumbers
	$(BIN)/python tools/build_plan.py

.PHONY: demo
demo: build ## Run the main job on the example list: bodies, rejects and a manifest in demo-out/
	@# The list has rejects on purpose: they are status 1, and any other is a failure.
	$(BIN)/predial prepare examples/jobs.ndjson demo-out --overwrite; test $$? -eq 1

$(STAMP)/bench: $(STAMP)/venv
	$(BIN)/python -m pip install --quiet --group bench
	touch $@

.PHONY: bench
bench: build $(STAMP)/bench ## Time predial and its peers on the same data: one table
	$(BIN)/python benches/compare.py
	$(BIN)/python benches/spark_share.py

.PHONY: wheel
wheel: $(STAMP)/venv ## Build wheel and sdist into dist/, and try the wheel where no compiler is
	rm -rf dist target/smoke
	$(BIN)/maturin build --quiet --release --sdist --out dist
	$(PYTHON) -m venv target/smoke
	PATH=$(CURDIR)/target/smoke/bin target/smoke/bin/python -m pip install --quiet --only-binary :all: dist/*.whl
	cd target/smoke && PATH=$(CURDIR)/target/smoke/bin bin/python -I $(CURDIR)/tools/smoke_test.py
