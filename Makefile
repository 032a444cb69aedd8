# Everything a developer or a first-time user needs. `make demo` and `make test` work on a machine
# that has only Python 3.11 or newer, pip and make.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready-to-run
STAMP  := $(VENV)/.ready-to-develop
BENCHED := $(VENV)/.ready-to-measure
REPORT := singapore-2018.html

# Tests run on all cores, those of a file one after the other.
SPREAD := -n auto --dist loadfile

.PHONY: demo test test-all lint bench docs site cases clean help

help:
	@echo "make demo      check the Singapore case and write its report"
	@echo "make test      the fast tests"
	@echo "make test-all  all tests, the slow ones included"
	@echo "make lint      style, types and layers"
	@echo "make bench     measure speed, and write docs/performance.md"
	@echo "make cases     judge the cases of the library, and write their pages"
	@echo "make docs      write the pages that are made from the code, and the site build/site"
	@echo "make site      build the site alone, from the pages as they are"
	@echo "make clean     remove the environment and everything that is made"

# The environment is brought up to date whenever pyproject.toml changes; a failed installation
# leaves no stamp, so that the next run starts over.
$(READY) $(STAMP) $(BENCHED): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Detente needs Python 3.11 or newer; '$(PYTHON)' is" \
	    "$$($(PYTHON) --version 2>&1 || echo missing)." \
	    "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make environments: its modules venv and ensurepip are missing." \
	    "On Debian or Ubuntu install the package python3-venv, or name another Python:" \
	    "make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@echo "Preparing the environment in $(VENV) (a minute or two, once) ..."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$(EXTRAS)]'
	@touch $@

$(READY): EXTRAS := report,app
$(STAMP): EXTRAS := report,formats,sweep,cluster,app,sources,docs,test,lint
$(BENCHED): EXTRAS := report,test,bench

demo: $(READY)
	@$(BIN)/detente demo --report $(REPORT)

test test-all: export OPENBLAS_NUM_THREADS = 1
test: $(STAMP)
	$(BIN)/python -m pytest -q -m "not slow" $(SPREAD)

test-all: $(STAMP)
	$(BIN)/python -m pytest -q $(SPREAD)

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# Games first, commands last; a part that takes too long is stopped and reported as such.
bench: export OPENBLAS_NUM_THREADS = 1
bench: export MKL_NUM_THREADS = 1
bench: $(BENCHED)
	$(BIN)/python tests/bench/run.py .benchmarks/measures.json
	$(BIN)/python -m pytest -q tests/bench/test_command.py -p no:randomly --benchmark-only \
	  --benchmark-json=.benchmarks/commands.json
	$(BIN)/python tools/performance_pictures.py .benchmarks/measures.json
	$(BIN)/python tests/bench/write_page.py .benchmarks/commands.json .benchmarks/measures.json \
	  tests/bench/notes.md docs/performance.md

docs: cases $(STAMP)
	$(BIN)/python tests/tools/write_json_page.py docs/json.md
	$(BIN)/python tests/tools/write_asking_pages.py docs
	$(BIN)/python tests/tools/write_reference_page.py docs/reference.md
	$(BIN)/python tests/tools/run_pages.py docs/*.md docs/how-to/*.md
	$(MAKE) site

site: $(STAMP)
	$(BIN)/sphinx-build -W --keep-going -q -b html -d build/doctrees docs build/site
	@echo "The site is in build/site/index.html"

# The library of cases: every page, and the table of the model against history; some minutes.
cases: export OPENBLAS_NUM_THREADS = 1
cases: $(STAMP)
	$(BIN)/python tests/tools/write_case_pages.py docs/cases

clean:
	rm -rf $(VENV) build dist .benchmarks .pytest_cache .mypy_cache .ruff_cache .hypothesis \
	  .import_linter_cache $(REPORT)
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
