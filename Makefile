# make plugin asks the questions; make test runs every check. Both install what they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUTPUT ?= ..

.DEFAULT_GOAL := help
.PHONY: help plugin quick test mutation bench lint format schema example reference docs recording screenshots clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Cookiecutter, and the Docker SDK for those who want their image built.
$(VENV)/.plugin:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -I -m venv $(VENV)
	$(BIN)/python -I -m pip install --quiet --disable-pip-version-check 'cookiecutter>=2.6' 'docker>=7'
	@touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml languages/python/requirements-dev.txt | $(VENV)/.plugin
	$(BIN)/python -I -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(VENV)/.docs: requirements-docs.txt | $(VENV)/.plugin
	$(BIN)/python -I -m pip install --quiet --disable-pip-version-check -r requirements-docs.txt
	@touch $@

# Isolated, with this folder last: nothing in it can shadow a module of Python.
plugin: $(VENV)/.plugin ## Answer the questions, get a plugin next to this folder (OUTPUT=folder, AGAIN=1)
	@$(BIN)/python -I -c 'import sys; sys.path.append(sys.argv.pop(1)); from stage7_plugin.cli import main; main()' \
	  "$(CURDIR)" new --output-dir "$(OUTPUT)" $(if $(AGAIN),--again)

test: lint ## Lint, types and every test; image tests are skipped without a Docker engine
	$(BIN)/python -m pytest

quick: lint ## Lint, types and the tests that need neither engine nor network, in under 90 seconds
	$(BIN)/python -m pytest -m 'not slow and not engine and not network'

# Slow, and not part of CI: a sample of 40 takes ten minutes or more.
mutation: $(VENV)/.dev ## Change a module at random and see whether tests fail: MUTATE="module tests ..."
	@$(BIN)/python -m tools.mutation $(MUTATE)

bench: $(VENV)/.dev ## Benchmark it against the alternatives (BENCH=--quick)
	@$(BIN)/python -m benchmarks $(BENCH)

lint: $(VENV)/.dev ## Style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev ## Format the code as lint requires
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

schema: $(VENV)/.dev ## Compile the manifest's schema after changing it
	$(BIN)/python -m tools.compile_schema

example: $(VENV)/.dev ## Render examples/rendered again after changing a rendered file
	$(BIN)/python -m tools.render_example

reference: $(VENV)/.dev ## Write the generated pages of docs/reference again
	$(BIN)/python -m tools.reference

docs: $(VENV)/.docs ## Build the documentation as a site, in build/docs
	$(BIN)/python -m sphinx --fresh-env --fail-on-warning --keep-going --quiet docs build/docs

recording: $(VENV)/.dev ## Record the terminal session of the README again; needs Docker
	$(BIN)/python -m tools.record_session

screenshots: $(VENV)/.dev ## Make the pictures of `stage7-plugin dev` again; needs Chromium
	$(BIN)/python -m tools.screenshots

clean: ## Remove what the other targets created
	rm -rf $(VENV) build/docs .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
