PYTHON ?= python3
PIP := .venv/bin/python -m pip --disable-pip-version-check -q

.PHONY: up test check bench clean

## Start the authority and the example services; prints the URL and the people to log in as.
up: .venv/up
	.venv/bin/ringwall up --example

## Run the tests, in parallel.
test: .venv/test
	.venv/bin/python -m pytest -n auto --dist loadgroup

## Everything that CI checks besides the tests.
check: .venv/test
	.venv/bin/ruff check . && .venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/pyright
	.venv/bin/lint-imports

.venv/bin/python:
	$(PYTHON) -m venv .venv
	$(PIP) install -U "pip>=25.1"

.venv/up: .venv/bin/python pyproject.toml
	$(PIP) install -e ".[all]"
	@touch $@

.venv/test: .venv/up
	$(PIP) install --group test
	@touch $@

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
