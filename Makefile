# Everything a clone needs, it sets up itself: .venv from pyproject.toml, pages with npm, Chromium from Debian.
PYTHON ?= python3
BIN := .venv/bin
PAGES := $(shell find pages -type f -not -path '*/node_modules/*' 2>/dev/null)

.PHONY: demo test lint types bench wheel pages setup browser clean

demo: setup pages
	@exec $(BIN)/jingmin demo

test: setup pages browser
	cd pages && npm test --silent
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

bench: setup pages bench/load/node_modules/.made
	$(BIN)/python -m bench

wheel: setup pages
	rm -rf dist && $(BIN)/python -m build --wheel --outdir dist . && ls dist

setup: .venv/.made
pages: api/static/.made

.venv/.made: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: apt-get install python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "venv is missing: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

pages/node_modules/.made: pages/package-lock.json
	@command -v npm >/dev/null || { echo "Node 20 or newer with npm is needed: apt-get install nodejs npm"; exit 1; }
	cd pages && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

bench/load/node_modules/.made: bench/load/package-lock.json
	@command -v npm >/dev/null || { echo "Node 20 or newer with npm is needed: apt-get install nodejs npm, then cd bench/load && npm ci --no-audit --no-fund"; exit 1; }
	cd bench/load && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

api/static/.made: pages/node_modules/.made $(PAGES)
	cd pages && npm run --silent build
	@touch $@

browser:
	@sh tests/browser.sh

clean:
	rm -rf .venv api/static simulator/static dist pages/node_modules bench/load/node_modules
