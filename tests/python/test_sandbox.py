"""The capability: what a component may import, and what a root lets it do, whatever it tries."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import wasmtime
from mt_scanner import ComponentError, Scanner
from mt_scanner._engine.component import load
from mt_scanner._engine.instance import sandbox
from support.trees import Tree
from wasmtime import component as wasm

ALLOWED = {"wasi:filesystem", "wasi:io", "wasi:clocks", "wasi:cli", "wasi:random/insecure-seed"}
CREATE, EXCLUSIVE, TRUNCATE = 1, 4, 8
READ, WRITE = 1, 2
# The cases of `error-code` in wasi:filesystem/types.
DONE, NOT_PERMITTED, READ_ONLY = None, 31, 33
# No preopen at all.
NOTHING = 99

Open = Callable[..., int | None]


def test_the_component_imports_what_it_is_allowed_to_and_nothing_else() -> None:
    component = load()
    interfaces = {name.partition("@")[0] for name in component.code.type.imports(component.engine)}
    used = {name if name in ALLOWED else name.partition("/")[0] for name in interfaces}
    assert used == ALLOWED


@pytest.mark.parametrize("interface", ["wasi:sockets/network@0.2.0", "wasi:random/random@0.2.6", "log"])
def test_a_component_that_imports_more_is_refused(backend: str, interface: str, tree: Tree, tmp_path: Path) -> None:
    wasm = wasmtime.wat2wasm(f'(component (import "{interface}" (instance)))')
    (tmp_path / "component.wasm").write_bytes(wasm)
    with pytest.raises(ComponentError) as refused:
        Scanner(tree, component=tmp_path / "component.wasm").count()
    text = f"the component imports {interface}, which is not on the list of what a scanner may use"
    assert str(refused.value) == f"{tmp_path / 'component.wasm'}: {text}"


@pytest.fixture
def opened(tree: Tree) -> Callable[[wasmtime.WasiConfig], Open]:
    """Opens a path from inside, in a component that tries what ours never would; gives the error,
    if any.
    """

    def instantiate(wasi: wasmtime.WasiConfig) -> Open:
        engine = wasmtime.Engine()
        store = wasmtime.Store(engine)
        store.set_wasi(wasi)
        linker = wasm.Linker(engine)
        linker.add_wasip2()
        code = wasm.Component(engine, (Path(__file__).parent / "intruder.wat").read_text())
        function = linker.instantiate(store, code).get_func(store, "open")
        assert function is not None

        def call(path: str, *, flags: int = 0, access: int = READ) -> int | None:
            code = function(store, path, flags, access)
            return None if code < 0 else code

        return call

    return instantiate


def test_a_root_can_be_read_and_not_written(tree: Tree, opened: Callable[[wasmtime.WasiConfig], Open]) -> None:
    tree.files("song.mp3", "folder/other.mp3", content=b"music")
    before = tree.state()
    attempt = opened(sandbox([str(tree.root)]))
    assert attempt("song.mp3") is DONE
    for refused in (
        attempt("song.mp3", access=WRITE),
        attempt("song.mp3", access=READ | WRITE),
        attempt("song.mp3", flags=TRUNCATE, access=WRITE),
        attempt("new.mp3", flags=CREATE, access=WRITE),
        attempt("folder/new.mp3", flags=CREATE | EXCLUSIVE, access=READ | WRITE),
        attempt("new", flags=CREATE),
    ):
        assert refused in (NOT_PERMITTED, READ_ONLY)
    assert tree.state() == before


def test_the_intruder_could_write_if_it_were_let(tree: Tree, opened: Callable[[wasmtime.WasiConfig], Open]) -> None:
    wasi = wasmtime.WasiConfig()
    wasi.preopen_dir(str(tree.root), "/music")
    assert opened(wasi)("new.mp3", flags=CREATE, access=WRITE) is DONE
    assert (tree.root / "new.mp3").exists()


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_root_cannot_be_left(tree: Tree, opened: Callable[[wasmtime.WasiConfig], Open]) -> None:
    outside = tree.root.parent / "secret.mp3"
    outside.write_bytes(b"secret")
    tree.files("folder/song.mp3").link("up.mp3", to="../secret.mp3").link("absolute.mp3", to=str(outside))
    tree.link("out", to="..").link("folder/in.mp3", to="song.mp3")
    attempt = opened(sandbox([str(tree.root)]))
    assert attempt("folder/in.mp3") is DONE
    for path in (
        "../secret.mp3",
        "folder/../../secret.mp3",
        str(outside),
        "up.mp3",
        "absolute.mp3",
        "out/secret.mp3",
        "..",
    ):
        assert attempt(path) == NOT_PERMITTED, path


def test_without_a_root_there_is_nothing_to_open(opened: Callable[[wasmtime.WasiConfig], Open]) -> None:
    assert opened(sandbox([]))("anything") == NOTHING
