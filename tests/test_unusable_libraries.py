"""Libraries that cannot be used, damaged ones and those without rights: an error says why, and they are left alone."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
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
