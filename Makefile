# What a newcomer and .ci/run both call. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
TOOLS := $(VENV)/.tools-installed
PEER := $(VENV)/interop
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
CONFIG ?= instance.toml
CATALOGS := cara_fed/words/translations

.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(RUNTIME): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade 'pip>=25.1'
	$(PIP) install --editable '.[postgres,s3]'
	touch $@

$(TOOLS): $(RUNTIME)
	$(PIP) install --group dev
	touch $@

$(PEER)/.installed: tests/interop/package.json tests/interop/package-lock.json
	mkdir -p $(PEER)
	cp tests/interop/package.json tests/interop/package-lock.json $(PEER)/
	cd $(PEER) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

install: $(RUNTIME)  ## make .venv and install what an instance needs

tools: $(TOOLS)  ## install what the tests need too

interop: $(PEER)/.installed  ## install the other implementation that tests/interop talks to (needs npm)

# Without npm, or where it fails, tests/interop is skipped and says so.
try-interop:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory interop || true; fi

run: install  ## serve the instance that instance.toml describes
	$(BIN)/cara-fed serve --config $(CONFIG)

test: tools try-interop  ## run the test suite
	$(BIN)/python -m pytest -n auto --dist worksteal

demo: install  ## two instances, one picture, one refused scraper
	$(BIN)/python -m cara_fed.demo

lint: tools  ## style, types and the floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## what .ci/run asks: lint and test

# A new language: $(BIN)/pybabel init -i build/words.pot -o $(CATALOGS)/eo.po -l eo
translations: tools  ## bring the catalogues of cara_fed/words/translations up to date with the code and the templates
	mkdir -p build
	$(BIN)/pybabel --quiet extract --mapping pyproject.toml --keyword later --keyword pgettext:1c,2 \
		--no-location --sort-output --project cara_fed --output build/words.pot .
	for file in $(CATALOGS)/*.po; do \
		$(BIN)/pybabel --quiet update --input-file build/words.pot --output-file $$file --no-wrap \
			--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --locale $$(basename $$file .po); \
	done

bench: tools  ## ratios of speed and memory, minutes long
	for file in tests/benchmarks/bench_*.py; do \
		echo "== $$file"; $(BIN)/python -m "tests.benchmarks.$$(basename "$$file" .py)" || exit 1; \
	done

clean:  ## remove what the targets made, but never data/
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache

.PHONY: help install tools interop try-interop run test demo lint check translations bench clean
