"""`is_audio_file`: answered by the host, from the component's list, as the component would."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest
import wasmtime
from mt_scanner import get_supported_extensions, is_audio_file
from mt_scanner._engine.component import Component, load
from mt_scanner._engine.instance import sandbox
from support.trees import EXTENSIONS


@pytest.fixture(scope="module")
def component() -> Iterator[Callable[..., object]]:
    """Calls a function of the interface `scan` in the component itself."""
    code: Component = load()
    store = wasmtime.Store(code.engine)
    store.set_wasi(sandbox([]))
    store.set_epoch_deadline(1 << 40)
    instance = code.linker.instantiate(store, code.code)

    def call(name: str, *arguments: object) -> object:
        return code.export("scan", name).bound(store, instance)(store, *arguments)

    yield call
    store.close()


def names() -> Iterator[str]:
    chance = random.Random(4)
    pieces = [
        *EXTENSIONS,
        *map(str.upper, EXTENSIONS),
        "mP3",
        "m\u212aa",
        "ｍｐ３",
        "jpg",
        "mp",
        "mp33",
        "",
        " ",
        "é",
        "🎵",
        "\n",
    ]
    marks = [".", ".", ".", "/", "..", "./", "\\", " ", "_", "\0", "-"]
    for _ in range(20_000):
        yield "".join(chance.choice(chance.choice((pieces, marks))) for _ in range(chance.randrange(7)))
    for extension in EXTENSIONS:
        yield from (
            f"a.{extension}",
            f".{extension}",
            f"a/.{extension}",
            f"a.{extension}/",
            f"a.{extension}.bak",
            extension,
        )


def test_the_list_is_the_components(component: Callable[..., object]) -> None:
    assert get_supported_extensions() == component("audio-extensions")
    assert get_supported_extensions() == [f".{extension}" for extension in EXTENSIONS]


def test_the_answer_is_the_components_on_thousands_of_names(component: Callable[..., object]) -> None:
    seen = {name: component("is-audio-file", name) for name in names()}
    assert sum(map(bool, seen.values())) > 500
    assert {name: is_audio_file(name) for name in seen} == seen


def test_paths_of_all_kinds_are_taken() -> None:
    assert is_audio_file(Path("a/b.mp3")) is True
    assert is_audio_file(PurePosixPath("a.jpg")) is False
    with pytest.raises(TypeError):
        is_audio_file(3)  # type: ignore[arg-type]


def test_asking_takes_neither_wasmtime_nor_time(python: Callable[..., object]) -> None:
    python(
        "import sys, mt_scanner\n"
        "assert mt_scanner.is_audio_file('a.mp3') and mt_scanner.get_supported_extensions_count() == 10\n"
        "HEAVY = ('wasmtime', 'mt_scanner_native', 'asyncio', 'rich', 'sqlite3')\n"
        "assert not [name for name in sys.modules if name.startswith(HEAVY)]\n"
    )


def test_the_list_handed_out_is_a_copy() -> None:
    get_supported_extensions().clear()
    assert is_audio_file("a.mp3") and len(get_supported_extensions()) == 10
