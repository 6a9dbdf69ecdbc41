"""A system that gives no more threads: whoever asks gets an answer or an error, and nobody waits for a
thread that never came.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from mt_scanner import Library, ScanError, Scanner, count_audio_files
from support.trees import FIXTURES, Tree

pytestmark = pytest.mark.usefixtures("backend")

NAMES = ["worker", "call", "clock", "desk", "walk", "librarian", "job"]
PATIENCE = 30.0
"""How long to wait for an answer or an error, in s."""

VERBS: dict[str, Callable[[Path, Path], object]] = {
    "scan": lambda music, _: list(Scanner(music, workers=4).scan()),
    "scan with a job": lambda music, _: Scanner(music, workers=4).start().result(),
    "count": lambda music, _: count_audio_files(str(music)),
    "inspect": lambda music, _: Scanner(music).inspect("0/0.mp3"),
    "sync": lambda music, db: Library(db).sync(music),
    "sync with a job": lambda music, db: Library(db).start(music).result(),
    "validate": lambda music, _: list(Scanner(music, workers=4).validate()),
}


@pytest.fixture
def music(tree: Tree) -> Path:
    song = (FIXTURES / "formats" / "mp3-cbr.mp3").read_bytes()
    return tree.files(*(f"{folder}/{file}.mp3" for folder in range(8) for file in range(8)), content=song).root


@pytest.mark.parametrize("given", [0, 1])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("verb", VERBS)
def test_nobody_waits_for_a_thread_that_never_came(
    verb: str, name: str, given: int, music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, started = threading.Thread.start, []

    def some(thread: threading.Thread) -> None:
        if thread.name == f"mt-scanner {name}":
            started.append(thread)
            if len(started) > given:
                raise RuntimeError("can't start new thread")
        start(thread)

    ended: list[object] = []

    def ask() -> None:
        try:
            ended.append(VERBS[verb](music, tmp_path / "library.db"))
        except (RuntimeError, ScanError) as error:
            ended.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", some)
        start(asking)
        asking.join(PATIENCE)
    assert not asking.is_alive()
    if isinstance(ended[0], Exception):
        assert "new thread" in str(ended[0])
    # Afterwards all is as before.
    assert VERBS[verb](music, tmp_path / "library.db")
