"""Libraries of an earlier schema: they become such of the present one, and lose nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from support.doors import LIBRARIANS, Door
from support.durable import fails
from support.scenarios import WRITING, connected, contents, settle
from support.schema_1 import FILES, put

SCHEMA = 4


@pytest.fixture
def old(tmp_path: Path) -> tuple[Path, Path]:
    """Music, and its library of schema 1."""
    both = put(tmp_path)
    settle()
    return both


def schema(database: Path) -> tuple[object, ...]:
    """The version, and everything that the database has, with its columns."""
    with closing(sqlite3.connect(database)) as connection:
        things = connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
        ).fetchall()
        columns = {name: connection.execute(f"PRAGMA table_xinfo({name})").fetchall() for _, name, *_ in things}
        keys = {name: connection.execute(f"PRAGMA foreign_key_list({name})").fetchall() for _, name, *_ in things}
        return connection.execute("PRAGMA user_version").fetchone(), things, columns, keys


def test_a_library_that_was_migrated_is_as_one_that_is_new(door: Door, old: tuple[Path, Path], tmp_path: Path) -> None:
    music, database = old
    assert door.index(database, [music]).code == 0
    assert door.index(tmp_path / "new.db", [music]).code == 0
    assert schema(database) == schema(tmp_path / "new.db")
    assert schema(database)[0] == (SCHEMA,)


@pytest.mark.parametrize("options", [(), ("--mode", "quick")], ids=["full", "quick"])
def test_every_file_is_read_again_once_and_keeps_its_row(
    door: Door, options: tuple[str, ...], old: tuple[Path, Path], tmp_path: Path
) -> None:
    music, database = old
    before = {row["id"]: row for row in contents(database)["tracks"]}
    rehearsal = door.index(database, [music], "--dry-run", *options)
    first = door.index(database, [music], *options)
    assert (first.code, first.message) == (0, "")
    assert Counter(row["change"] for row in first.changes) == {"reread": len(FILES)}
    assert [problem["path"] for problem in first.problems] == ["broken.mp3"]
    assert (rehearsal.changes, rehearsal.problems) == (first.changes, first.problems)
    after = {row["id"]: row for row in contents(database)["tracks"]}
    kept = ("path", "added_at", "missing_since", "size", "mtime_ns")
    assert {number: [row[name] for name in kept] for number, row in after.items()} == {
        number: [row[name] for name in kept] for number, row in before.items()
    }
    for again in ((), ("--mode", "quick")):
        assert door.index(database, [music], *again).changes == []
    assert door.index(tmp_path / "new.db", [music]).code == 0
    assert told(database) == told(tmp_path / "new.db")


def told(database: Path) -> list[dict[str, object]]:
    """What a library says of the files that are there."""
    rows = [row for row in contents(database)["tracks"] if row["missing_since"] is None]
    return [{name: value for name, value in row.items() if name not in WRITING} for row in rows]


def test_a_rehearsal_leaves_an_earlier_library_as_it_is(door: Door, old: tuple[Path, Path]) -> None:
    music, database = old
    before = database.read_bytes()
    assert door.index(database, [music], "--dry-run").code == 0
    assert database.read_bytes() == before


def test_a_migration_that_fails_changes_nothing(door: Door, old: tuple[Path, Path]) -> None:
    music, database = old
    with closing(sqlite3.connect(database)) as connection:
        # Stands in the way of a column that the migration adds at its end.
        connection.execute("ALTER TABLE scans ADD COLUMN reread INTEGER")
    before = schema(database), contents(database)
    assert "reread" in fails(door, database, music)
    assert (schema(database), contents(database)) == before


def test_the_view_for_people_shows_what_they_look_for(door: Door, old: tuple[Path, Path]) -> None:
    music, database = old
    with closing(connected(database)) as connection:
        before = [name for name, *_ in connection.execute("SELECT * FROM songs").description]
    assert door.index(database, [music]).code == 0
    with closing(connected(database)) as connection:
        songs = connection.execute("SELECT * FROM songs")
        names = [name for name, *_ in songs.description]
        tracks = {name for name, *_ in connection.execute("SELECT * FROM tracks").description}
        assert names[: len(before)] == before
        # What is shown under another name, as a list or for programs only is not asked for.
        assert {"artist_sort", "original_date", "bpm", "label", "conductor", "encoder"} <= set(names) & tracks
        encoders = {row["file"].rpartition("/")[2]: row["encoder"] for row in songs}
        assert encoders.keys() == {file.rpartition("/")[2] for file in FILES}
        assert encoders["3.m4a"] == "Lavf59.27.100"


def test_one_library_goes_from_door_to_door(old: tuple[Path, Path]) -> None:
    music, database = old
    first, *others = LIBRARIANS
    assert Counter(row["change"] for row in first.index(database, [music]).changes) == {"reread": len(FILES)}
    for door in others:
        shutil.copyfile(music / "broken.mp3", music / f"{door.name}.mp3")
        settle()
        assert [row["change"] for row in door.index(database, [music]).changes] == ["added"]
        assert door.index(database, [music], "--mode", "quick").changes == []
    with closing(connected(database)) as connection:
        assert [tuple(row) for row in connection.execute("SELECT count(*) FROM readers")] == [(1,)]
