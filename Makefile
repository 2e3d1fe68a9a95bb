# `make` or `make help` lists what can be made. Everything runs in .venv, which is made with the
# PYTHON of your choice and made anew when pyproject.toml or requirements-dev.lock change.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
MODEL := models/three-tier-web-app
WRITTEN := output/web-shop
EXTERNAL := not neo4j and not chromium and not node and not graphviz and not slow

.DEFAULT_GOAL := help
.PHONY: help demo test test-all mutate lint format bench wheel lock clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/installed ## Install archgraph and build the example model
	@$(BIN)/archgraph build $(MODEL) -o output
	@echo
	@echo "archgraph wrote:"
	@find $(WRITTEN) -type f | LC_ALL=C sort | sed 's/^/  /'

test: $(VENV)/development ## Run the tests that need nothing but Python
	@$(BIN)/python -m pytest -m "$(EXTERNAL)" $(PYTEST_ARGS)

test-all: $(VENV)/development ## Run all tests; those whose tool is missing are skipped and listed
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

mutate: $(VENV)/development ## Break rules and facts on purpose, and list what no test notices
	@$(BIN)/python -m tests.mutation $(MUTATE_ARGS)

lint: $(VENV)/development ## Check style, types and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --strict
	@$(BIN)/lint-imports

format: $(VENV)/development ## Put the sources into their form
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

bench: $(VENV)/development ## Measure the costs that docs/design.md bounds
	@$(BIN)/python -m benchmarks.run
	@$(BIN)/python -m benchmarks.pictures

wheel: $(VENV)/development ## Build the wheel into dist/
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist .

lock: ## Make requirements-dev.lock anew (needs uv)
	@grep '^#' requirements-dev.lock > requirements-dev.lock.new
	@uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--fork-strategy fewest --no-header --no-annotate --upgrade --quiet >> requirements-dev.lock.new
	@mv requirements-dev.lock.new requirements-dev.lock

clean: ## Remove the environment and everything that tools left behind
	@rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find archgraph tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# archgraph itself, from this checkout, with the versions of the lock file.
$(VENV)/installed: pyproject.toml requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "archgraph needs Python 3.11 or newer; name one with PYTHON=...")'
	@echo "Installing archgraph into $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --constraint requirements-dev.lock --editable .
	@touch $@

# The tools of development beside it.
$(VENV)/development: $(VENV)/installed
	@echo "Installing the development tools into $(VENV)"
	@$(PIP) install --requirement requirements-dev.lock
	@touch $@
