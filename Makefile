# Everything a clone needs, it sets up itself: .venv from pyproject.toml, pages with npm, Chromium from Debian.
PYTHON ?= python3
BIN := .venv/bin
PAGES := $(shell find pages -type f -not -path '*/node_modules/*' 2>/dev/null)

.PHONY: demo test system-test endurance lint types bench wheel pages setup needs browser newcomer clean

demo: needs setup pages
	@exec $(BIN)/jingmin demo

# Two runs, the second of what cannot stand company; tests/test_makefile.py holds that they are everything.
test: needs setup pages browser
	cd pages && npm test --silent
	$(BIN)/python -m pytest --part=together -n logical --maxprocesses 8 --dist worksteal
	$(BIN)/python -m pytest --part=alone

# With what stands around the product: nginx, Firefox, coturn. Says what it needs and fails without it.
system-test: needs setup pages
	@sh tests/system.sh
	$(BIN)/python -m pytest -m system

# Kills and sieges, before a release; its table is docs/endurance.md.
endurance: needs setup pages
	$(BIN)/python -m tests.endurance

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

bench: needs setup pages bench/load/node_modules/.made
	$(BIN)/python -m bench

wheel: needs setup pages
	rm -rf dist && $(BIN)/python -m build --wheel --outdir dist . && ls dist

# Whatever is missing is said before anything is installed.
needs:
	@test -e .venv/.made || PYTHON="$(PYTHON)" sh tests/needs.sh python
	@sh tests/needs.sh node

setup: .venv/.made
pages: api/static/.made

.venv/.made: pyproject.toml
	@PYTHON="$(PYTHON)" sh tests/needs.sh python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

pages/node_modules/.made: pages/package-lock.json
	@sh tests/needs.sh node
	cd pages && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

bench/load/node_modules/.made: bench/load/package-lock.json
	@sh tests/needs.sh node || { echo "then cd bench/load && npm ci --no-audit --no-fund"; exit 1; }
	cd bench/load && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

api/static/.made: pages/node_modules/.made $(PAGES)
	@sh tests/needs.sh node
	cd pages && npm run --silent build
	@touch $@

browser:
	@sh tests/browser.sh

# Debian 12 and 13 made fresh, the README's two commands in each: as root, about an hour.
newcomer:
	$(PYTHON) -m tests.newcomer

clean:
	rm -rf .venv .venv-* api/static simulator/static dist pages/node_modules bench/load/node_modules
