"""What others see of a worker in a call of the system: whether it lives, and which file it reads."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from mt_scanner._engine.beneath import place_of
from mt_scanner._engine.life import Life
from mt_scanner._engine.plan import Work
from mt_scanner._engine.reading import parted

pytestmark = [pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells"), pytest.mark.alone]


def life_of(work: Callable[[], object]) -> Life:
    """The life of a thread that does some work."""
    made = threading.Event()
    lives = []

    def run() -> None:
        lives.append(Life())
        made.set()
        work()

    threading.Thread(target=run, daemon=True).start()
    assert made.wait(5)
    return lives[0]


def test_a_thread_that_waits_shows_no_sign_of_life_and_one_that_works_does() -> None:
    end = threading.Event()
    waits = life_of(lambda: end.wait(30))
    works = life_of(lambda: [None for _ in iter(end.is_set, True)])
    time.sleep(0.2)
    for life in (waits, works):
        life.shows()
    time.sleep(0.2)
    assert (waits.shows(), works.shows()) == (False, True)
    end.set()
    time.sleep(0.2)
    for life in (waits, works):
        life.shows()
        # The thread has ended.
        assert not life.shows()


def files(folder: str, *names: str | list[object]) -> Work:
    return {"folder": folder, "files": [*names], "ignored_by": None}


def listing(folder: str) -> Work:
    return {"folder": folder, "files": None, "ignored_by": []}


def test_the_file_that_is_open_is_parted_from_the_rest(tmp_path: Path) -> None:
    (tmp_path / "music" / "a").mkdir(parents=True)
    (tmp_path / "link").symlink_to("music")
    for name in ("x.mp3", "y.mp3", "z.mp3", ".mtignore"):
        (tmp_path / "music" / "a" / name).touch()
    place = place_of(str(tmp_path / "link"))
    assert place == str(tmp_path / "music")
    items = [files("", "x.mp3"), files("a", "x.mp3", ["y.mp3", []], "z.mp3"), listing("a"), listing("b")]
    assert parted(place, items) is None
    with open(tmp_path / "music" / "a" / "y.mp3", "rb"):
        found = parted(place, items)
        assert found is not None
        at, rest = found
        assert (at["folder"], at["files"]) == ("a", [["y.mp3", []]])
        assert [item["files"] for item in rest] == [["x.mp3", "z.mp3"], ["x.mp3"], None, None]
    with open(tmp_path / "music" / "a" / ".mtignore", "rb"):
        assert parted(place, items) == (items[2], [*items[:2], items[3]])
