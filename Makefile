# make run and make test set themselves up on a bare machine; everything else uses what they made.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test check bench generate format clean help

help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## make run       judge the shipped payments example, a good and a bad deployment
run: $(READY)
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/payments-api/run.sh

## make test      all tests
test: $(READY)
	$(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)

## make check     lint, format, types, layers, and that everything generated is current
check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/generate.py --check
	$(BIN)/preflight rules lint

## make bench     how many bare interpreters a run costs, and a large Compose project beside compose-lint
bench: $(READY)
	$(BIN)/python bench/start.py
	$(BIN)/pip install --quiet compose-lint
	$(BIN)/python bench/compose.py

## make generate  rewrite schemas, docs and help from the code
generate: $(READY)
	$(BIN)/python tools/generate.py

## make format    format and fix what can be fixed
format: $(READY)
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $@

## make clean     remove what the others made
clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist build examples/*/ssl
