"""Libraries that cannot be used, damaged ones and those without rights: an error says why, and they
are left alone.
"""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from support.doors import Door
from support.durable import copied, fails


@pytest.mark.parametrize("what", ["the file", "the folder", "both"])
@pytest.mark.skipif(os.name == "nt", reason="permissions are another matter there")
def test_a_library_that_may_not_be_written_is_an_error(
    door: Door, what: str, music: Path, before: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    database = copied(before, folder / "library.db")
    was = database.read_bytes()
    try:
        if what != "the folder":
            database.chmod(0o444)
        if what != "the file":
            folder.chmod(0o555)
        fails(door, database, music, rights=False)
    finally:
        folder.chmod(0o755)
    assert database.read_bytes() == was


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "no database": lambda content: b"# a text file\n" * 100,
    "no beginning": lambda content: b"\0" * 100 + content[100:],
    "no end": lambda content: content[: len(content) // 2],
    "no middle": lambda content: content[:4096] + b"\xaa" * (len(content) - 8192) + content[-4096:],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_corrupt_library_is_an_error_and_left_alone(
    door: Door, damage: str, music: Path, before: Path, tmp_path: Path
) -> None:
    database = tmp_path / "library.db"
    corrupt = DAMAGE[damage](before.read_bytes())
    database.write_bytes(corrupt)
    reason = fails(door, database, music)
    assert "not a database" in reason or "malformed" in reason, reason
    assert database.read_bytes() == corrupt


def test_a_lock_that_is_no_database_is_an_error(door: Door, music: Path, before: Path, tmp_path: Path) -> None:
    database = copied(before, tmp_path / "library.db")
    (tmp_path / "library.db-sync").write_text("no database, but longer than the header of one\n" * 10)
    sync = door.index(database, [music])
    assert (sync.code, sync.changes) == (door.could_not_run, [])
    reason = "file is not a database. It holds nothing, and may be deleted"
    assert sync.message == f"{database}-sync: the lock beside the library cannot be used: {reason}"


CORRUPTED = 40
"""Libraries that are damaged by chance, the same ones every time."""
GARBAGE = (b"\xff\xfe", "{no json", None, 1e300, "x" * 10_000)


def truncated(content: bytearray, chance: random.Random, place: Path) -> bytes:
    return bytes(content[: chance.randrange(len(content))])


def flipped(content: bytearray, chance: random.Random, place: Path) -> bytes:
    for _ in range(chance.choice([1, 8, 64, 512])):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(content)


def zeroed(content: bytearray, chance: random.Random, place: Path) -> bytes:
    for _ in range(chance.choice([1, 2, 5])):
        page = 4096 * chance.randrange(len(content) // 4096)
        content[page : page + 4096] = bytes(4096)
    return bytes(content)


def altered(content: bytearray, chance: random.Random, place: Path) -> bytes:
    """Another schema: a table fewer, or garbage in a column."""
    place.write_bytes(content)
    with closing(sqlite3.connect(place)) as connection, connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        table = chance.choice([name for (name,) in names])
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        if chance.random() < 0.3:
            connection.execute(f"ALTER TABLE {table} RENAME TO another")
        else:
            update = f"UPDATE OR IGNORE {table} SET {chance.choice(columns)} = ?"
            with suppress(sqlite3.Error):
                connection.execute(update, (chance.choice(GARBAGE),))
    return place.read_bytes()


@pytest.mark.parametrize("damage", [truncated, flipped, zeroed, altered], ids=lambda damage: str(damage.__name__))
def test_whatever_is_wrong_with_a_library_it_is_one_line_or_no_error(
    door: Door,
    damage: Callable[[bytearray, random.Random, Path], bytes],
    music: Path,
    before: Path,
    tmp_path: Path,
) -> None:
    """Damage that no statement comes upon is no error; no damage ends a process by a signal or a
    traceback.
    """
    for number in range(CORRUPTED // 4):
        database = tmp_path / f"{number}.db"
        database.write_bytes(damage(bytearray(before.read_bytes()), random.Random(number), tmp_path / "altered.db"))
        sync = door.index(database, [music])
        if sync.code != 0:
            assert sync.code == door.could_not_run, sync
            assert sync.message.startswith(f"{database}: the library") and "\n" not in sync.message, sync


def test_a_newer_library_is_an_error_and_left_alone(door: Door, music: Path, before: Path, tmp_path: Path) -> None:
    database = copied(before, tmp_path / "library.db")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA user_version = 99")
    was = database.read_bytes()
    assert "schema version 99" in fails(door, database, music)
    assert database.read_bytes() == was


def test_a_library_in_no_folder_is_an_error(door: Door, music: Path, tmp_path: Path) -> None:
    assert "folder does not exist" in fails(door, tmp_path / "nowhere" / "library.db", music)


def test_a_folder_is_no_library(door: Door, music: Path, tmp_path: Path) -> None:
    assert "unable to open" in fails(door, tmp_path, music)
