# What a newcomer and .ci/run both call. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CONFIG ?= instance.toml

.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[postgres,s3]' --group dev
	touch $@

install: $(STAMP)  ## make .venv and install what is needed

run: install  ## serve the instance that instance.toml describes
	$(BIN)/cara-fed serve --config $(CONFIG)

test: install  ## run the test suite
	$(BIN)/python -m pytest

demo: install  ## two instances, one picture, one refused scraper
	$(BIN)/python -m cara_fed.demo

lint: install  ## style, types and the floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## what .ci/run asks: lint and test

bench: install  ## ratios of speed and memory, minutes long
	for file in tests/benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

clean:  ## remove what the targets made, but never data/
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache

.PHONY: help install run test demo lint check bench clean
