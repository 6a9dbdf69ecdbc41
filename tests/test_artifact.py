"""The artifact: what the component asks for and offers, and its size.

That two builds give the same bytes is shown by `tests/python/test_build.py` (`make reproducible`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mt_scanner
import wasmtime
from support.doors import component
from support.guest import Guest, code, engine
from support.trees import EXTENSIONS
from wasmtime import component as wasm

ALLOWED = {
    "wasi:cli": {"environment", "exit", "stdin", "stdout", "stderr", "terminal-input", "terminal-output"}
    | {"terminal-stdin", "terminal-stdout", "terminal-stderr"},
    "wasi:clocks": {"monotonic-clock", "wall-clock"},
    "wasi:filesystem": {"types", "preopens"},
    "wasi:io": {"error", "poll", "streams"},
    "wasi:random": {"insecure-seed"},
}
"""The interfaces that the component may import: no sockets, and of randomness only what a hash map
needs.
"""

EXPORTED = {
    "mt:scanner/types": set(),
    "mt:scanner/scan": {"step", "step-json", "scan-music-directory", "count-audio-files", "is-audio-file"}
    | {"benchmark-directory", "audio-extensions"},
    "mt:scanner/files": {"inspect", "inspect-json"},
    "mt:scanner/library": {"schema-version", "migrations", "statements", "folders-of-events"},
    "mt:scanner/pictures": {"artwork-json"},
    "mt:scanner/reports": {"in-words"},
    "wasi:cli/run": {"run"},
}
"""The functions of each exported interface. Later versions may have more."""

LARGEST = 2_400_000


def interfaces(items: Mapping[str, Any]) -> dict[str, set[str]]:
    """Interfaces without their version, with their functions."""
    found = {}
    for name, item in items.items():
        instance = item.ty
        assert isinstance(instance, wasm.ComponentInstanceType), f"{name} is no interface"
        functions = {key for key, value in instance.exports(engine()).items() if isinstance(value.ty, wasm.FuncType)}
        found[name.partition("@")[0]] = functions
    return found


def test_it_imports_what_it_may_and_nothing_else() -> None:
    imported = {tuple(name.split("/")) for name in interfaces(code().type.imports(engine()))}
    assert imported <= {(package, interface) for package, names in ALLOWED.items() for interface in names}
    # A component that asks for no files would be another one.
    assert ("wasi:filesystem", "types") in imported


def test_of_the_filesystem_it_imports_no_function_that_writes() -> None:
    """So that even a host that opens a folder for writing loses nothing: only `open-at` is left,
    which opens.
    """
    functions = interfaces(code().type.imports(engine()))["wasi:filesystem/types"]
    reading = {"read", "read-directory", "stat", "stat-at", "open-at", "readlink-at", "metadata-hash-at"}
    allowed = {f"[method]descriptor.{name}" for name in reading} | {
        "[method]directory-entry-stream.read-directory-entry"
    }
    assert functions <= allowed


def test_it_exports_the_world() -> None:
    exported = interfaces(code().type.exports(engine()))
    assert exported.keys() == EXPORTED.keys()
    for name, functions in EXPORTED.items():
        assert functions <= exported[name], name


def test_it_is_small() -> None:
    assert component().stat().st_size < LARGEST


def test_the_package_carries_this_component() -> None:
    package = Path(mt_scanner.__file__).parent / "mt_scanner.wasm"
    assert package.read_bytes() == component().read_bytes(), f"{package} is another build: install ./python again"


def test_it_names_the_audio_extensions_and_knows_them(tmp_path: Path) -> None:
    guest = Guest(tmp_path)
    assert guest.call("scan", "audio-extensions") == [f".{extension}" for extension in EXTENSIONS]
    for extension in EXTENSIONS:
        for name in (f"x.{extension}", f"a/b.c/X.{extension.upper()}", f" .{extension}", f".x.{extension.title()}"):
            assert guest.call("scan", "is-audio-file", name) is True, name
        for name in (
            f".{extension}",
            f"a/.{extension}",
            extension,
            f"x.{extension}~",
            f"x.{extension}/",
            f"x.{extension[:-1]}",
        ):
            assert guest.call("scan", "is-audio-file", name) is False, name


def test_the_simple_functions_count_as_a_scan_does(sample_library: Path) -> None:
    guest = Guest(sample_library)
    files = guest.step(mode="count", items=1_000_000)["files"]
    assert guest.call("scan", "scan-music-directory", "/music") == files > 20
    assert guest.call("scan", "count-audio-files", "/music", None) == files
    assert [guest.call("scan", "count-audio-files", "/music", limit) for limit in (0, 1, 5, 10_000)] == [0, 1, 5, files]
    assert 0 < guest.call("scan", "benchmark-directory", "/music", 2) < 10_000


def test_it_runs_where_nothing_is_granted_and_finds_nothing() -> None:
    """Without a preopen, arguments, environment or input."""
    store = wasmtime.Store(engine())
    store.set_wasi(wasmtime.WasiConfig())
    linker = wasm.Linker(engine())
    linker.add_wasip2()
    instance = linker.instantiate(store, code())
    outer = code().get_export_index("mt:scanner/scan@0.1.0")
    index = code().get_export_index("scan-music-directory", outer)
    function = index and instance.get_func(store, index)
    assert function
    answer = function(store, "/music")
    assert (answer.tag, answer.payload) == ("root-not-found", "/music")
