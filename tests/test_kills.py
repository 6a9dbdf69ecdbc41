"""Kills: a sync may end at any moment. The library is whole and true, and the next sync goes on
from there.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from support.doors import LIBRARIANS, Door
from support.durable import content, copied, fails, ids, unfinished
from support.scenarios import contents, do, settle

KILLS = int(os.environ.get("MT_SCANNER_KILLS", "30"))
"""Kills of each test: twice that of an initial sync, and as many of one that finds changes."""
DEADLOCK = 60
"""Seconds after which a process that should have ended hangs."""

# Transactions of some rows, not of a second: a small tree takes many then. `ready` is told before
# the sync.
IN_SMALL_PIECES = """
import sys
from mt_scanner import Library
from mt_scanner._library import sync
sync.ROWS, sync.SECONDS = 7, 3600.0
database, root = sys.argv[1:]
with Library(database) as library:
    library._open()
    print("ready", flush=True)
    library.sync(root)
"""


class Killer:
    """Starts a sync over and over, and kills it at moments of chance."""

    def __init__(self, start: Callable[[Path], subprocess.Popen[str]], chance: random.Random) -> None:
        self.start = start
        self.chance = chance
        self.kills = 0
        self.halfway = 0
        """Kills that have left something in the library that the sync would have gone on with."""
        self.seconds = 0.0
        """How long an undisturbed sync takes."""

    def undisturbed(self, database: Path) -> None:
        process = self.start(database)
        began = time.monotonic()
        assert process.wait(DEADLOCK) == 0
        self.seconds = time.monotonic() - began

    def kill(self, database: Path) -> bool:
        """Whether the kill came before the end."""
        process = self.start(database)
        time.sleep(self.chance.uniform(0.0, self.seconds))
        process.kill()
        if process.wait(DEADLOCK) != -signal.SIGKILL:
            return False
        self.kills += 1
        return True

    def series(self, database: Path, most: int) -> None:
        """Kills until a sync was quicker, or there were so many."""
        while most and self.kill(database):
            most -= 1
            if database.exists() and database.stat().st_size:
                contents_if_any(database)
                self.halfway += bool(has_tables(database) and unfinished(database)[1])


def has_tables(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as connection:
        return bool(connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'arrivals'").fetchone()[0])


def contents_if_any(database: Path) -> None:
    """The library is whole, also one that was killed before it had a schema."""
    if has_tables(database):
        contents(database)
    else:
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def binary(music: Path) -> Callable[[Path], subprocess.Popen[str]]:
    def start(database: Path) -> subprocess.Popen[str]:
        command = LIBRARIANS[-1].indexing(database, [music], "--quiet")
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)

    return start


def package(music: Path) -> Callable[[Path], subprocess.Popen[str]]:
    def start(database: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", IN_SMALL_PIECES, str(database), str(music)]
        environment = os.environ | {"MT_SCANNER_BACKEND": "wasmtime"}
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        with process.stdout as told:
            assert told.readline() == "ready\n"
        return process

    return start


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.parametrize("start", [binary, package], ids=["mt-scan", "python"])
@pytest.mark.parametrize("delta", [False, True], ids=["initial", "delta"])
def test_a_kill_at_any_moment_costs_nothing(
    start: Callable[[Path], Callable[[Path], subprocess.Popen[str]]],
    delta: bool,
    music: Path,
    before: Path,
    tmp_path: Path,
) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    base = before if delta else None
    killer = Killer(start(music), random.Random(seed))
    calm = copied(base, tmp_path / "calm.db")
    killer.undisturbed(calm)
    old = ids(before) if delta else set()
    expected = content(calm, old)
    number = 0
    while killer.kills < KILLS:
        number += 1
        database = copied(base, tmp_path / f"{number}.db")
        killer.series(database, min(8, KILLS - killer.kills))
        killer.undisturbed(database)
        assert content(database, old) == expected, f"seed {seed}"
        assert unfinished(database) == (0, 0)
    print(f"{killer.kills} kills in {number} libraries, {killer.halfway} of them with rows of a broken off sync")
    assert killer.halfway or start is binary


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGSTOP")
def test_mt_scan_goes_on_from_any_transaction(music: Path, before: Path, tmp_path: Path) -> None:
    """Its transactions take a second, and its sync of a small tree far less: pauses spread it over
    several.
    """
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    start = binary(music)
    calm = Killer(start, random.Random(seed))
    reference = copied(before, tmp_path / "calm.db")
    calm.undisturbed(reference)
    expected, old = content(reference, ids(before)), ids(before)
    databases = [copied(before, tmp_path / f"{number}.db") for number in range(8)]
    processes = []
    chance = random.Random(seed)
    for database in databases:
        process = start(database)
        time.sleep(chance.uniform(0.2, 0.9) * calm.seconds)
        process.send_signal(signal.SIGSTOP)
        processes.append(process)
    time.sleep(1.1)
    for process in processes:
        process.send_signal(signal.SIGCONT)
        time.sleep(chance.uniform(0.0, 0.3) * calm.seconds)
        process.kill()
        process.wait(DEADLOCK)
    for database in databases:
        contents(database)
        print(f"{unfinished(database)[1]} rows of a broken off sync")
        calm.undisturbed(database)
        assert content(database, old) == expected, f"seed {seed}"


def test_to_forget_leaves_what_a_broken_off_sync_left_open(door: Door, tmp_path: Path) -> None:
    """The track whose file has other audio now may be anywhere: only the end of a sync knows."""
    database, music = tmp_path / "library.db", tmp_path / "music"
    do(tmp_path, [{"put": {f"music/{name}.mp3": {"song": number} for number, name in enumerate("ab")}}])
    settle()
    assert door.index(database, [music]).code == 0
    was = {row["path"]: row["id"] for row in contents(database)["tracks"]}
    do(tmp_path, [{"swap": ["music/a.mp3", "music/b.mp3"]}])
    settle()
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TRIGGER broken BEFORE DELETE ON arrivals BEGIN SELECT raise(ABORT, 'broken'); END")
    assert "broken" in fails(door, database, music)
    assert unfinished(database) == (1, 2)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DROP TRIGGER broken")
    assert door.purge(database) == 0
    sync = door.index(database, [music])
    assert [change["change"] for change in sync.changes] == ["moved", "moved"]
    assert {row["path"]: row["id"] for row in contents(database)["tracks"]} == {
        "a.mp3": was["b.mp3"],
        "b.mp3": was["a.mp3"],
    }
