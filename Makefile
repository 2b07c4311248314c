PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run class test test-long test-any-order mutants fuzz audit browser check bench record lock pictures notebooks clean

PORT ?= 8501
WATCH ?= none
SEED ?= 1
EXAMPLES ?= 10000

# this computer only; WATCH=poll runs the page anew when a source file changes
run: $(VENV)/.app
	$(BIN)/streamlit run app.py --server.address 127.0.0.1 --server.port $(PORT) --server.fileWatcherType $(WATCH)

# for everyone in the network; the training processes stay on the loopback
class: $(VENV)/.app
	$(BIN)/python tools/addresses.py $(PORT)
	$(BIN)/streamlit run app.py --server.address 0.0.0.0 --server.port $(PORT) --server.headless true

test: browser
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# further pages and hosts of what `make test` tries on one
test-long: browser
	$(BIN)/python -m pytest -m long

# all but the browser's tests, in an order that SEED gives
test-any-order: $(VENV)/.dev
	$(BIN)/python -m pytest -m "not browser and not long" -p pytest_randomly --randomly-seed=$(SEED)

# whatever is asked for, sent or pasted ends in a value or a sentence: many examples of it, a few minutes
fuzz: $(VENV)/.dev
	FUZZ_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -m "" -k whatever \
		tests/fuzz tests/problems/test_formula.py tests/ui/test_links.py tests/command_line/test_usage.py

# which changes of the code no test notices, some ten minutes; MODULES="statistics codec" for some
mutants: $(VENV)/.dev
	$(BIN)/python tools/mutants.py $(MODULES)

# finds a Chromium or Chrome for the tests, or installs one
browser: $(VENV)/.dev
	$(BIN)/python -m tests.browser.find

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/audit.py 10

# whether a pinned package has a known weakness, however long that takes
audit: $(VENV)/.dev
	$(BIN)/python tools/audit.py

# the recorded results that open every page
record: $(VENV)/.app
	$(BIN)/python -m bilstm_core record

# pins every requirement, for all platforms, without download addresses
lock: $(VENV)/.dev
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
		pyproject.toml --extra app --output-file requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
		pyproject.toml --extra dev --constraints requirements.txt --output-file requirements-dev.txt

# speed beside plain Keras, about five minutes
bench: $(VENV)/.app
	$(BIN)/python -m benchmarks

# the README's screenshots
pictures: browser
	$(BIN)/python -m docs.pictures

# what is kept in the notebooks of docs/
notebooks: browser
	$(BIN)/python -m docs.notebooks

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else "BiLSTM Explorer needs Python 3.11 to 3.13, and this is %d.%d. Name another: make PYTHON=python3.12 ..." % v)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.app: requirements.txt $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.app
	$(BIN)/python -m pip install --quiet --requirement requirements-dev.txt
	touch $@

clean:
	rm -rf $(VENV) static/*
