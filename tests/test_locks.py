"""Locks: syncs of a library take turns, its readers go on, and who waits in vain is told."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from mt_scanner import Change, Library, LibraryError
from support.doors import LIBRARIANS, Door
from support.durable import FILES, FOLDERS, content, copied, ids
from support.scenarios import contents


@contextmanager
def held(database: str | Path, how: str) -> Iterator[None]:
    """Somebody else holds the database."""
    with closing(sqlite3.connect(database, isolation_level=None, check_same_thread=False)) as connection:
        connection.execute(how)
        yield


def test_two_syncs_at_once_do_not_interleave(door: Door, music: Path, before: Path, tmp_path: Path) -> None:
    alone = copied(before, tmp_path / "alone.db")
    assert door.index(alone, [music]).code == 0
    database = copied(before, tmp_path / "library.db")
    # Every door against this one.
    with ThreadPoolExecutor() as threads:
        both = list(threads.map(lambda other: other.index(database, [music]), (door, *LIBRARIANS)))
    assert [sync.code for sync in both] == [0] * len(both), [sync.message for sync in both]
    told = [len(sync.changes) for sync in both]
    assert sorted(told)[:-1] == [0] * len(LIBRARIANS) and max(told) > 100, "one of them has done it, and all of it"
    old = ids(before)
    assert content(database, old) == content(alone, old)


def test_a_sync_waits_for_another_one(door: Door, music: Path, tmp_path: Path) -> None:
    database = tmp_path / "library.db"
    assert door.index(database, [music / "00"]).code == 0
    done = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        with held(f"{database}-sync", "BEGIN EXCLUSIVE"):
            waiting = threads.submit(door.index, database, [music])
            waiting.add_done_callback(lambda _: done.set())
            assert not done.wait(1.5)
            assert len(contents(database)["tracks"]) == FILES
        assert waiting.result().code == 0
    assert len(contents(database)["tracks"]) == FILES * FOLDERS + 1


def test_a_sync_waits_for_another_writer(door: Door, music: Path, tmp_path: Path) -> None:
    database = tmp_path / "library.db"
    assert door.index(database, [music / "00"]).code == 0
    with ThreadPoolExecutor(1) as threads:
        with held(database, "BEGIN IMMEDIATE"):
            waiting = threads.submit(door.index, database, [music])
            time.sleep(1.0)
            assert not waiting.done()
        assert waiting.result().code == 0


def test_to_forget_waits_for_a_sync(door: Door, music: Path, before: Path, tmp_path: Path) -> None:
    """What a sync has found in the library is not taken away from it."""
    database = copied(before, tmp_path / "library.db")
    assert door.index(database, [music]).code == 0
    missing = sum(row["missing_since"] is not None for row in contents(database)["tracks"])
    with ThreadPoolExecutor(1) as threads:
        with held(f"{database}-sync", "BEGIN EXCLUSIVE"):
            waiting = threads.submit(door.purge, database)
            time.sleep(1.0)
            assert not waiting.done()
        assert waiting.result() == missing > 0


@pytest.mark.parametrize(
    "beside, how, reason",
    [
        ("-sync", "BEGIN EXCLUSIVE", "another sync of this library is under way"),
        ("", "BEGIN IMMEDIATE", "database is locked"),
        ("", "BEGIN EXCLUSIVE", "database is locked"),
    ],
)
def test_who_waits_in_vain_is_told(
    beside: str, how: str, reason: str, music: Path, before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mt_scanner._library.database.PATIENCE", 0.2)
    database = copied(before, tmp_path / "library.db")
    was = content(database)
    with held(f"{database}{beside}", how), Library(database) as library:
        began = time.monotonic()
        with pytest.raises(LibraryError) as failure:
            library.sync(music, backend="wasmtime")
        assert time.monotonic() - began < 5.0
    assert failure.value.path == str(database)
    assert reason in failure.value.reason
    assert content(database) == was


def test_a_player_in_the_same_process_opens_the_library_to_nobody(
    backend: str, music: Path, before: Path, tmp_path: Path
) -> None:
    """POSIX locks are a process's, and closing a file gives all of them up: one SQLite minds that,
    two do not.
    """
    database = copied(before, tmp_path / "library.db")
    beside = f"{database}-sync"
    try_it = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN EXCLUSIVE')"
    said = []

    def player(change: Change) -> None:
        if not said:
            for path in (database, beside):
                sqlite3.connect(path).close()
            said.append(subprocess.run([sys.executable, "-c", try_it, beside], capture_output=True, text=True).stderr)

    with Library(database) as library:
        library.sync(music, backend=backend, on_change=player)
    assert len(said) == 1 and "database is locked" in said[0]


def test_readers_go_on_during_a_sync(door: Door, music: Path, before: Path, tmp_path: Path) -> None:
    """A player with an open transaction sees the library as it was, and keeps nobody from writing."""
    database = copied(before, tmp_path / "library.db")
    count = "SELECT count(*) FROM songs"
    with closing(sqlite3.connect(database, isolation_level=None)) as player:
        player.execute("PRAGMA journal_mode = WAL")
        player.execute("BEGIN")
        was = player.execute(count).fetchone()
        assert door.index(database, [music]).code == 0
        assert player.execute(count).fetchone() == was
        player.execute("COMMIT")
        assert player.execute(count).fetchone() == (FOLDERS * FILES + 1,) != was
