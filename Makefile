# Everything a clone needs, it sets up itself: .venv from requirements/dev.txt, pages with npm, Chromium from Debian.
PYTHON ?= python3
BIN := .venv/bin
PAGES := $(shell find pages -type f -not -path '*/node_modules/*' 2>/dev/null)

.PHONY: demo test system-test endurance mutants coverage lint types bench wheel release lock pages setup needs browser newcomer clean

demo: needs setup pages
	@exec $(BIN)/jingmin demo

# Three runs: many beside each other, one to a processor, one by one; tests/test_makefile.py holds that they
# are everything.
test: needs setup pages browser
	cd pages && npm test --silent
	$(BIN)/python -m pytest --part=together -n logical --maxprocesses 8 --dist worksteal
	$(BIN)/python -m pytest --part=heavy -n logical --maxprocesses 6 --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest --part=alone

# With what stands around the product: nginx, Caddy, Firefox, coturn, systemd's and Prometheus's tools, a full disk. Says what it needs and fails without it.
system-test: needs setup pages
	@sh tests/system.sh
	$(BIN)/python -m pytest -m system

# Kills and sieges, before a release; its table is docs/endurance.md.
endurance: needs setup pages
	$(BIN)/python -m tests.endurance

# Which rules of domain/ can be broken unnoticed (docs/mutants.md): MODULES="tip bounds" MINUTES=15
mutants: needs setup
	MODULES="$(MODULES)" MINUTES="$(or $(MINUTES),15)" $(BIN)/python -m tests.mutants

# Which lines and branches of domain/ its own tests run; fails below the floor in pyproject.toml.
coverage: needs setup
	@mkdir -p build
	COVERAGE_FILE=build/coverage $(BIN)/python -m coverage run -m pytest tests/domain
	COVERAGE_FILE=build/coverage $(BIN)/python -m coverage report

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

bench: needs setup pages bench/load/node_modules/.made
	$(BIN)/python -m bench

wheel: needs setup pages
	rm -rf dist && $(BIN)/python -m build --wheel --no-isolation --outdir dist .
	mkdir dist/requirements && cp requirements/run.txt requirements/demo.txt dist/requirements
	$(BIN)/python requirements/sbom.py dist/*.whl
	@ls dist

# docs/release.md
release:
	@.ci/release

# Versions stay as they are while they fit; make lock UPGRADE=--upgrade takes the newest that fit.
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock:
	@uv --version >/dev/null 2>&1 || { echo "make lock needs uv: pip install uv"; exit 1; }
	$(LOCK) $(UPGRADE) --extra dev pyproject.toml --output-file requirements/dev.txt
	$(LOCK) --extra demo --constraints requirements/dev.txt pyproject.toml --output-file requirements/demo.txt
	$(LOCK) --constraints requirements/dev.txt pyproject.toml --output-file requirements/run.txt

# Whatever is missing is said before anything is installed.
needs:
	@test -e .venv/.made || PYTHON="$(PYTHON)" sh tests/needs.sh python
	@sh tests/needs.sh node

setup: .venv/.made
pages: api/static/.made

.venv/.made: pyproject.toml requirements/dev.txt
	@PYTHON="$(PYTHON)" sh tests/needs.sh python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
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
