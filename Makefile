# make plugin asks the questions; make test runs every check. Both set up what they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUTPUT ?= ..

.DEFAULT_GOAL := help
.PHONY: help plugin quick test bench lint format schema example clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Cookiecutter, and the Docker SDK for those who want their image built.
$(VENV)/.plugin:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'cookiecutter>=2.6' 'docker>=7'
	@touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml {{cookiecutter.plugin_slug}}/requirements-dev.txt | $(VENV)/.plugin
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

plugin: $(VENV)/.plugin ## Answer the questions, get a plugin beside this folder (OUTPUT=folder)
	@$(BIN)/cookiecutter . --output-dir "$(OUTPUT)"

test: lint ## Lint, types and every test; those of images are skipped without a Docker engine
	$(BIN)/python -m pytest

quick: lint ## Lint, types and the tests that need neither engine nor network, in a minute
	$(BIN)/python -m pytest -m 'not slow and not engine and not network'

bench: $(VENV)/.dev ## Measure it beside what users would pick instead (BENCH=--quick)
	@$(BIN)/python -m benchmarks $(BENCH)

lint: $(VENV)/.dev ## Style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## Put the code into the format that lint asks for
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(VENV)/.dev ## Compile the manifest's schema after a change of it
	$(BIN)/python -m tools.compile_schema

example: $(VENV)/.dev ## Render examples/rendered again after a change of a rendered file
	$(BIN)/python -m tools.render_example

clean: ## Remove what the other targets created
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
