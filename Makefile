# Thin: every target is a plain command or two. The README gives the same commands for Windows.

PYTHON ?= python3
VENV ?= .venv
DIR ?= tests/fixtures/sample-library
DB ?= library.db

COMPONENT := target/wasm32-wasip2/component/mt_scanner.wasm
GUEST := $(shell find guest wit -type f -not -name '*.pyc' 2>/dev/null) Cargo.toml Cargo.lock rust-toolchain.toml
PACKAGE := $(shell find python -type f \( -name '*.py' -o -name '*.toml' -o -name '*.md' -o -name py.typed \) 2>/dev/null)
INSTALL := MT_SCANNER_COMPONENT="$(abspath $(COMPONENT))" $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check

.PHONY: help component venv index test reproducible bench clean

help:
	@echo "make index DIR=~/Music [DB=library.db]   turn a music folder into an SQLite library"
	@echo "make test                                run every check"
	@echo "make bench                               measure"
	@echo "make component | venv | clean            the component; the package in $(VENV) with the tools; start afresh"

component: $(COMPONENT)

$(COMPONENT): $(GUEST)
	$(PYTHON) guest/build.py --install-toolchain --output $@
	@touch $@

# Two stamps. The package is installed as the sources are now:
$(VENV)/package: $(COMPONENT) $(PACKAGE)
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) ./python
	@touch $@

# ... and the tools of the developers beside it:
$(VENV)/tools: $(VENV)/package
	$(INSTALL) "./python[dev]"
	@touch $@

venv: $(VENV)/tools

index: $(VENV)/package
	$(VENV)/bin/python -m mt_scanner index "$(DIR)" --db "$(DB)"

test: $(VENV)/tools
	$(VENV)/bin/ruff check --config python/pyproject.toml python guest tests
	$(VENV)/bin/ruff format --config python/pyproject.toml --check python guest tests
	$(VENV)/bin/mypy --config-file python/pyproject.toml python/src guest/build.py
	$(VENV)/bin/pytest --config-file python/pyproject.toml --rootdir . tests

# The component once more, in another place, from nothing: the bytes must be the same.
reproducible: $(VENV)/tools
	$(VENV)/bin/pytest --config-file python/pyproject.toml --rootdir . -m slow tests/python/test_build.py

bench: $(VENV)/tools
	$(VENV)/bin/python bench/run.py

clean:
	rm -rf target $(VENV) dist python/dist python/src/mt_scanner/mt_scanner.wasm
