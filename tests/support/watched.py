"""A watch in a thread of its own, and what it is to see. A plugin of pytest, for its fixtures."""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mt_scanner import Change, Library, Notice, SyncReport

from support.trees import FIXTURES, Tree

PATIENCE = 30.0
"""How long to wait for what should happen at once, in s."""
FLAC = FIXTURES / "formats" / "flac-16-44.flac"
OTHER = FIXTURES / "formats" / "mp3-vbr.mp3"


class Watched:
    """A watch in a thread of its own. What it tells is in `told`."""

    def __init__(self, db: Path, *roots: Path, **options: Any) -> None:
        self.db = db
        self.told: queue.Queue[SyncReport | Change | Notice | BaseException] = queue.Queue()
        self.stop = threading.Event()
        self._options = options
        self._roots = roots
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        self.first = self.report()

    def _run(self) -> None:
        tell = self.told.put
        try:
            with Library(self.db) as library:
                reports = library.watch(self._roots, stop=self.stop, on_notice=tell, on_change=tell, **self._options)
                for report in reports:
                    tell(report)
        except BaseException as error:
            tell(error)

    def next(self) -> SyncReport | Change | Notice:
        told = self.told.get(timeout=PATIENCE)
        if isinstance(told, BaseException):
            raise told
        return told

    def report(self) -> SyncReport:
        while not isinstance(told := self.next(), SyncReport):
            pass
        return told

    def until(self, *changes: str) -> None:
        """Waits until all of this has happened, in one batch or in several."""
        left = set(changes)
        while left:
            told = self.next()
            if isinstance(told, Change):
                left.discard(f"{told.change} {told.track.path}")

    def until_notice(self, kind: str) -> Notice:
        while not (isinstance(told := self.next(), Notice) and told.kind == kind):
            pass
        return told

    def ids(self) -> list[int]:
        connection = sqlite3.connect(self.db)
        try:
            rows = connection.execute("SELECT id FROM tracks WHERE missing_since IS NULL ORDER BY id").fetchall()
        finally:
            connection.close()
        return [number for (number,) in rows]

    def end(self) -> float:
        """Stops it; gives the time that took in s."""
        began = time.monotonic()
        self.stop.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        return time.monotonic() - began


Watch = Callable[..., Watched]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    started: list[Watched] = []

    def start(*roots: Path, **options: Any) -> Watched:
        started.append(Watched(tmp_path / "library.db", *roots, **options))
        return started[-1]

    yield start
    for watched in started:
        watched.end()


@pytest.fixture
def artists(tree: Tree, song: Path) -> Tree:
    """Two artists, whose tracks differ."""
    return tree.copy(song, "A/Album/a.mp3").copy(FLAC, "B/Album/b.flac")
