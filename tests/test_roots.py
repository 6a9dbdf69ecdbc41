"""Roots inside roots, roots with several names, and files: what a scan and a library make of them,
through every door that takes several paths.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.doors import LIBRARIANS, Door, Row
from support.scenarios import connected, contents, do, settle

SONGS = {"music/a.mp3": {"song": 1}, "music/in/b.mp3": {"song": 2}, "music/in/deep/c.mp3": {"song": 3}}
LINKS = pytest.mark.skipif(os.name == "nt", reason="links take rights there")


class Told:
    """What a command wrote."""

    def __init__(self, door: Door, verb: str, *arguments: object) -> None:
        run = door.ask(verb, *door.flags, *arguments)
        self.code = run.returncode
        self.stderr = run.stderr
        rows = [json.loads(line) for line in run.stdout.splitlines()]
        self.rows: list[Any] = [row for row in rows if "report" not in row]
        told = [json.loads(line) for line in run.stderr.splitlines() if line.startswith("{")]
        self.notices = [(line["notice"], line["detail"]) for line in told if "notice" in line]
        self.problems = [line for line in told if "notice" not in line]

    def places(self) -> list[tuple[str, str]]:
        return sorted((row["root"], row["path"]) for row in self.rows)


def rows(database: Path) -> dict[int, Row]:
    return {row["id"]: row for row in contents(database)["tracks"]}


def places(database: Path) -> list[tuple[str, str]]:
    return sorted((row["root"], row["path"]) for row in rows(database).values() if row["missing_since"] is None)


@pytest.fixture
def music(tmp_path: Path) -> Path:
    do(tmp_path, [{"put": SONGS}])
    settle()
    return tmp_path / "music"


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_root_inside_another_is_scanned_once_and_named(door: Door, music: Path) -> None:
    told = Told(door, "scan", music, music / "in")
    assert (told.code, told.problems) == (0, [])
    inner = str(music / "in")
    assert told.places() == [(str(music), "a.mp3"), (inner, "b.mp3"), (inner, "deep/c.mp3")]
    ((kind, detail),) = told.notices
    assert kind == "root-inside"
    assert detail.startswith(f"{inner}: ")
    assert str(music) in detail
    assert Told(door, "count", music / "in", music, music / "in" / "deep").rows == [{"files": 3}]


@LINKS
@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_root_with_several_names_has_the_first(door: Door, music: Path) -> None:
    link = music.parent / "link"
    link.symlink_to(music)
    told = Told(door, "scan", link, f"{music}/", music)
    assert {root for root, _ in told.places()} == {str(link)}
    assert len(told.rows) == 3
    assert [kind for kind, _ in told.notices] == ["same-root", "same-root"]


@LINKS
@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_links_into_a_root_inside_add_nothing(door: Door, music: Path) -> None:
    (music / ".hidden").mkdir()
    os.rename(music / "in", music / ".hidden" / "in")
    (music / "to-inner").symlink_to(".hidden/in")
    (music / "around-inner").symlink_to(".hidden")
    (music / "song.mp3").symlink_to(".hidden/in/b.mp3")
    told = Told(door, "scan", music, music / ".hidden" / "in")
    inner = str(music / ".hidden" / "in")
    assert told.places() == [(str(music), "a.mp3"), (inner, "b.mp3"), (inner, "deep/c.mp3")]
    assert told.problems == []


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_files_are_scanned_alone_and_with_others_of_their_folder(door: Door, music: Path) -> None:
    given = [music / "in" / "b.mp3", music / "a.mp3", music / "in" / "b.mp3"]
    told = Told(door, "scan", *given)
    assert (told.code, told.problems, told.notices) == (0, [], [])
    assert told.places() == [(str(music), "a.mp3"), (str(music / "in"), "b.mp3")]
    assert Told(door, "count", *given).rows == [{"files": 2}]


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_file_in_a_folder_that_is_scanned_is_scanned_there(door: Door, music: Path) -> None:
    told = Told(door, "scan", music / "in" / "b.mp3", music)
    assert told.places() == [(str(music), path) for path in ("a.mp3", "in/b.mp3", "in/deep/c.mp3")]


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_file_that_is_no_audio_is_named(door: Door, music: Path) -> None:
    (music / "cover.jpg").write_bytes(b"\xff\xd8")
    told = Told(door, "scan", music / "cover.jpg", music / "a.mp3")
    assert told.places() == [(str(music), "a.mp3")]
    ((problem),) = told.problems
    assert (problem["path"], problem["outcome"]) == ("cover.jpg", "unsupported")
    assert "extension" in problem["detail"]
    asked = Told(door, "scan", music / "cover.jpg", "--extension", "jpg")
    assert asked.places() == [(str(music), "cover.jpg")]


@LINKS
@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_link_to_a_file_stands_for_the_file(door: Door, music: Path) -> None:
    link = music.parent / "elsewhere.mp3"
    link.symlink_to(music / "a.mp3")
    told = Told(door, "scan", link)
    assert (told.places(), told.problems) == ([(str(music), "a.mp3")], [])


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_many_files_of_a_folder_are_read_like_the_folder(door: Door, tmp_path: Path) -> None:
    do(tmp_path, [{"put": {f"music/{number}.mp3": {"song": number} for number in range(300)}}])
    whole = Told(door, "scan", tmp_path / "music")
    single = Told(door, "scan", *(tmp_path / "music").iterdir())
    assert sorted(map(str, single.rows)) == sorted(map(str, whole.rows))
    assert len(single.rows) == 300


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_file_cannot_be_watched(door: Door, music: Path) -> None:
    told = Told(door, "watch", music / "a.mp3", "--db", music.parent / "library.db")
    assert told.code == door.could_not_run
    assert "a.mp3: the root is not a folder" in told.stderr


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_file_is_synced_alone_and_read_whatever_its_times_say(door: Door, music: Path) -> None:
    database = music.parent / "library.db"
    assert door.index(database, [music]).code == 0
    do(music.parent, [{"put": {"music/in/new.mp3": {"song": 9}}}])
    file = music / "in" / "b.mp3"
    # The change cannot be seen, as if it were within the grain of the clock.
    do(music.parent, [{"retag": ["music/in/b.mp3", "Other"]}])
    with closing(connected(database)) as connection, connection:
        connection.execute("UPDATE tracks SET ctime_ns = ? WHERE path = 'in/b.mp3'", (os.stat(file).st_ctime_ns,))
    assert counted(door.index(database, [music]).changes) == {"added": 1}
    told = Told(door, "index", "--db", database, file)
    assert (told.code, told.problems) == (0, [])
    assert [(row["change"], row["path"], row["title"]) for row in told.rows] == [("modified", "in/b.mp3", "Other")]
    assert len(places(database)) == 4


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_new_file_in_a_new_folder_is_synced_alone(door: Door, music: Path) -> None:
    database = music.parent / "library.db"
    assert door.index(database, [music]).code == 0
    do(music.parent, [{"put": {f"music/new/er/{name}.mp3": {"song": number} for number, name in enumerate("xy", 7)}}])
    settle()
    told = Told(door, "index", "--db", database, music / "new" / "er" / "x.mp3")
    assert [(row["change"], row["path"]) for row in told.rows] == [("added", "new/er/x.mp3")]
    for mode in ("quick", "full"):
        changes = door.index(database, [music], "--mode", mode).changes
        assert [row["path"] for row in changes] == (["new/er/y.mp3"] if mode == "quick" else [])
    fresh = music.parent / "fresh.db"
    assert door.index(fresh, [music]).code == 0
    assert contents(fresh)["folders"] == contents(database)["folders"]


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_file_in_no_root_of_the_library_is_an_error_that_says_what_to_do(door: Door, music: Path) -> None:
    database = music.parent / "library.db"
    assert door.index(database, [music / "in"]).code == 0
    told = Told(door, "index", "--db", database, music / "a.mp3")
    assert told.code == door.could_not_run
    assert f"{music / 'a.mp3'}: no root of the library holds this file: sync its folder" in told.stderr
    assert len(places(database)) == 2


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
@pytest.mark.parametrize("older", ["outer", "inner"])
def test_rows_that_are_doubled_become_one_and_the_older_stays(door: Door, music: Path, older: str) -> None:
    database = music.parent / "library.db"
    assert door.index(database, [music if older == "outer" else music / "in"]).code == 0
    before = rows(database)
    if older == "outer":
        double(database, music, "in", music / "in", before)
    else:
        double(database, music / "in", "", music, before, below="in/")
    assert len(rows(database)) == len(before) + 2
    told = door.index(database, [music])
    assert (told.code, told.message) == (0, "")
    kept = rows(database)
    inner = str(music / "in")
    assert places(database) == [(str(music), "a.mp3"), (inner, "b.mp3"), (inner, "deep/c.mp3")]
    moved = {number: row for number, row in kept.items() if number in before and row["root"] == inner}
    assert len(moved) == 2, "the younger rows went"
    assert {row["added_at"] for row in moved.values()} == {1}
    expected = {"moved": 2} if older == "outer" else {"added": 1}
    assert counted(told.changes) == expected
    assert door.index(database, [music, music / "in"]).changes == []


@LINKS
@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_roots_that_are_one_folder_become_one(door: Door, music: Path) -> None:
    database, link = music.parent / "library.db", music.parent / "link"
    link.symlink_to(music)
    assert door.index(database, [music]).code == 0
    before = rows(database)
    double(database, music, "", link, before)
    assert len(rows(database)) == 6
    assert door.index(database, [link]).changes == []
    assert rows(database).keys() == before.keys()
    assert {root for root, _ in places(database)} == {str(music)}
    with closing(connected(database)) as connection:
        assert [tuple(row) for row in connection.execute("SELECT path FROM roots")] == [(str(music),)]


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_a_root_of_the_library_that_is_gone_keeps_its_rows(door: Door, music: Path) -> None:
    database = music.parent / "library.db"
    assert door.index(database, [music, music / "in"]).code == 0
    os.rename(music / "in", music.parent / "unmounted")
    told = Told(door, "index", "--db", database, music)
    assert (told.code, told.rows) == (0, [])
    assert [kind for kind, _ in told.notices] == ["root-gone"]
    assert len(places(database)) == 3


def counted(changes: Sequence[Row]) -> dict[str, int]:
    kinds = [change["change"] for change in changes]
    return {kind: kinds.count(kind) for kind in kinds}


def double(database: Path, root: Path, folder: str, other: Path, tracks: dict[int, Row], below: str = "") -> None:
    """Gives another root rows of the tracks in a folder of a root, as earlier versions did; `below`:
    what their paths begin with there.
    """
    cut = len(folder) + 1 if folder else 0
    with closing(connected(database)) as connection, connection:
        connection.execute("UPDATE tracks SET added_at = 1")
        (reader,) = connection.execute("SELECT reader_id FROM roots").fetchone()
        new = connection.execute("INSERT INTO roots (path, reader_id) VALUES (?, ?)", (str(other), reader)).lastrowid
        for number, row in tracks.items():
            if row["root"] != str(root) or not row["path"].startswith(folder):
                continue
            path = below + row["path"][cut:]
            place = folder_row(connection, new, os.path.dirname(path))
            names = [name for name in row if name not in ("root", "id", "folder_id", "path", "added_at")]
            connection.execute(
                f"INSERT INTO tracks (folder_id, path, {', '.join(names)}) SELECT ?, ?, {', '.join(names)} "
                "FROM tracks WHERE id = ?",
                (place, path, number),
            )


def folder_row(connection: sqlite3.Connection, root: int | None, path: str) -> int:
    """The id of a folder's row, which is made with those above it if there is none."""
    found = connection.execute("SELECT id FROM folders WHERE root_id = ? AND path = ?", (root, path)).fetchone()
    if found:
        return int(found[0])
    parent = os.path.dirname(path) if path else None
    if parent is not None:
        folder_row(connection, root, parent)
    sql = "INSERT INTO folders (root_id, path, parent) VALUES (?, ?, ?)"
    return int(connection.execute(sql, (root, path, parent)).lastrowid or 0)
