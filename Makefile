# Thin: every target is a plain command or two. The README gives the same commands for Windows.

PYTHON ?= python3
VENV ?= .venv
DIR ?= tests/fixtures/sample-library
DB ?= library.db

COMPONENT := target/wasm32-wasip2/component/mt_scanner.wasm
ANALYSER := target/wasm32-wasip2/component/mt_scanner_analyser.wasm
GUEST := $(shell find contract guest wit -type f -not -name '*.pyc' 2>/dev/null) Cargo.toml Cargo.lock rust-toolchain.toml
PACKAGE := $(shell find python -path python/native -prune -o -type f \( -name '*.py' -o -name '*.toml' -o -name '*.md' -o -name py.typed \) -print 2>/dev/null)
NATIVE := $(shell find python/native host/src contract wit -type f 2>/dev/null) host/build.rs host/Cargo.toml Cargo.toml Cargo.lock rust-toolchain.toml
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

WASMTIME_VERSION := 50.0.1
WASMTIME_HOME := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/mt-scanner/wasmtime-$(WASMTIME_VERSION)
WASMTIME := $(WASMTIME_HOME)/bin/wasmtime

# The host takes the components that are built here, so that every door runs the same bytes.
CARGO := MT_SCANNER_COMPONENT="$(abspath $(COMPONENT))" MT_SCANNER_ANALYSER="$(abspath $(ANALYSER))" cargo
INSTALL := MT_SCANNER_COMPONENT="$(abspath $(COMPONENT))" MT_SCANNER_ANALYSER="$(abspath $(ANALYSER))" $(BIN)/python -m pip install --quiet --disable-pip-version-check

PYTEST := WASMTIME="$(WASMTIME)" $(BIN)/pytest --config-file python/pyproject.toml --rootdir .

# What compiles C for the systems that this one is not: mingw-w64, and zig, which has the headers of
# macOS (`pip install ziglang`).
MINGW := x86_64-w64-mingw32-gcc
ZIG ?= $(or $(shell command -v zig),$(abspath $(BIN))/python -m ziglang)

.PHONY: help component venv native index test host platforms windows macos reproducible bench clean

help:
	@echo "make index DIR=~/Music [DB=library.db]   turn a music folder into an SQLite library"
	@echo "make test                                run every check"
	@echo "make bench                               measure"
	@echo "make platforms                           whether the Rust host compiles for Windows and macOS"
	@echo "make native                              the Rust host behind the Python package in $(VENV)"
	@echo "make component | venv | clean            the component; the package in $(VENV) with the tools; start afresh"

component: $(COMPONENT) $(ANALYSER)

$(COMPONENT): $(GUEST)
	$(PYTHON) guest/build.py --install-toolchain --output $@
	@touch $@

$(ANALYSER): $(GUEST)
	$(PYTHON) guest/build.py --component analyser --install-toolchain --output $@
	@touch $@

# Three stamps. The package is installed as the sources are now:
$(VENV)/package: $(COMPONENT) $(ANALYSER) $(PACKAGE)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(INSTALL) ./python
	@touch $@

# ... the Rust host behind it, with the same component inside, out of the builds of the host where
# they can be shared:
$(VENV)/native: $(VENV)/package $(NATIVE)
	$(INSTALL) ./python/native
	@touch $@

# ... and the tools of the developers beside it:
$(VENV)/tools: $(VENV)/package
	$(INSTALL) "./python[dev]"
	@touch $@

venv: $(VENV)/tools

native: $(VENV)/native

index: $(VENV)/package
	$(BIN)/python -m mt_scanner index "$(DIR)" --db "$(DB)"

# Release everywhere: the host's build script compiles the component ahead of time, and needs an
# optimised compiler for it. Of pytest both parts run, whatever the first one says; tests/README.md
# tells which tests run alone.
test: $(VENV)/tools $(VENV)/native $(WASMTIME)
	cargo fmt --all --check
	cargo clippy --locked -p mt-scanner-contract -p mt-scanner-archives -p mt-scanner-formats -p mt-scanner-guest -p mt-scanner-analyser --all-targets -- -D warnings
	$(CARGO) clippy --release --locked -p mt-scanner --all-targets -- -D warnings
	$(CARGO) clippy --release --locked -p mt-scanner-native -- -D warnings
	cargo clippy --locked -p mt-scanner-archives -p mt-scanner-guest -p mt-scanner-analyser -p mt-scanner-plugin --target wasm32-wasip2 -- -D warnings
	$(BIN)/ruff check --config python/pyproject.toml python guest tests bench
	$(BIN)/ruff format --config python/pyproject.toml --check python guest tests bench
	for system in linux darwin win32; do $(BIN)/mypy --platform $$system --config-file python/pyproject.toml python/src guest/build.py || exit; done
	cargo test --locked -p mt-scanner-contract -p mt-scanner-archives -p mt-scanner-formats -p mt-scanner-guest -p mt-scanner-analyser
	$(CARGO) test --release --locked -p mt-scanner
	$(CARGO) build --release --locked -p mt-scanner --bins --examples
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --release --locked --no-deps -p mt-scanner
	$(PYTEST) -m "not slow and not alone" --numprocesses 2 --dist loadfile tests; beside=$$?; \
		$(PYTEST) -m alone tests && exit $$beside

# The wasmtime CLI, once for every checkout on this machine.
$(WASMTIME):
	cargo install wasmtime-cli --version $(WASMTIME_VERSION) --locked --no-default-features \
		--features run,component-model,cranelift,parallel-compilation,cache,backtrace --root $(WASMTIME_HOME)

# The command mt-scan, in target/release.
host: $(COMPONENT) $(ANALYSER)
	$(CARGO) build --release --locked -p mt-scanner

# The host for other systems: compiled, and neither linked nor run.
platforms:
	$(MAKE) --keep-going windows macos

windows: $(COMPONENT) $(ANALYSER)
	@command -v $(MINGW) >/dev/null || { echo "$(MINGW) is missing: install the package mingw-w64"; exit 1; }
	rustup target add x86_64-pc-windows-gnu
	$(CARGO) clippy --release --locked -p mt-scanner -p mt-scanner-native --all-targets --target x86_64-pc-windows-gnu -- -D warnings

macos: $(COMPONENT) $(ANALYSER)
	@$(ZIG) version >/dev/null 2>&1 || { echo "zig is missing: install it, or the package ziglang in $(VENV), or name it: make ZIG=..."; exit 1; }
	rustup target add aarch64-apple-darwin
	CC_aarch64_apple_darwin="$(ZIG) cc -target aarch64-macos" AR_aarch64_apple_darwin="$(ZIG) ar" \
		$(CARGO) clippy --release --locked -p mt-scanner -p mt-scanner-native --all-targets --target aarch64-apple-darwin -- -D warnings

# The component once more, in another place, from nothing: the bytes must be the same.
reproducible: $(VENV)/tools
	$(PYTEST) -m slow tests/python/test_build.py

bench: $(VENV)/tools $(VENV)/native $(WASMTIME) host
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	WASMTIME="$(WASMTIME)" $(BIN)/python bench/run.py $(ARGS)

clean:
	rm -rf target $(VENV) dist python/dist python/src/mt_scanner/*.wasm python/src/mt_scanner/_types/contract.py
