"""What the tests of libraries in trouble share: a tree, a library of it as it was once, and what is
in a library.

A plugin of pytest, for its fixtures.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.doors import LIBRARIANS, Door
from support.scenarios import WRITING, contents, do, settle, song

FOLDERS, FILES = 30, 10
"""Folders of the tree, and files in each; there is one more."""

Content = dict[str, list[object]]


@pytest.fixture(params=LIBRARIANS, ids=str)
def door(request: pytest.FixtureRequest) -> Door:
    chosen: Door = request.param
    return chosen


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree that nobody changes."""
    root = tmp_path_factory.mktemp("tree") / "music"
    for folder in range(FOLDERS):
        (root / f"{folder:02}").mkdir(parents=True)
        for file in range(FILES):
            place = root / f"{folder:02}" / f"{file:02}.mp3"
            place.write_bytes(song(folder * FILES + file, f"Song {folder}.{file}"))
    (root / "malformed.mp3").write_text("not music")
    settle()
    return root


@pytest.fixture(scope="session")
def before(music: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the tree as it was once: much has happened since, of every kind."""
    place = tmp_path_factory.mktemp("before")
    # The library is of the tree's own path, so the tree is put there for a while.
    aside = music.with_name("aside")
    music.rename(aside)
    shutil.copytree(aside, music)
    do(
        music,
        [
            *({"rename": [f"{folder:02}", f"old {folder:02}"]} for folder in range(10)),
            *({"rename": [f"{folder:02}/00.mp3", f"{folder:02}/old.mp3"]} for folder in range(10, 20)),
            *({"retag": [f"{folder:02}/01.mp3", "Other"]} for folder in range(10, 20)),
            *({"swap": [f"{folder:02}/02.mp3", f"{folder:02}/03.mp3"]} for folder in range(10, 20)),
            *({"copy": [f"{folder:02}", f"gone {folder:02}"]} for folder in range(15, 18)),
            *({"delete": f"{folder:02}"} for folder in range(25, 30)),
        ],
    )
    settle()
    database = place / "library.db"
    assert LIBRARIANS[-1].index(database, [music]).code == 0
    shutil.rmtree(music)
    aside.rename(music)
    return database


def content(database: Path, among: set[int] | None = None) -> Content:
    """What is in a whole library. Of ids only those that are `among` these: others are given as
    rows are added.
    """
    rows = contents(database)
    tracks = [
        {name: row[name] for name in row if name not in WRITING}
        | {"missing_since": row["missing_since"] is not None, "id": row["id"] if row["id"] in (among or ()) else None}
        for row in rows["tracks"]
    ]
    return {"tracks": sorted(tracks, key=repr), "folders": [*rows["folders"]], "problems": [*rows["problems"]]}


def ids(database: Path) -> set[int]:
    return {row["id"] for row in contents(database)["tracks"]}


def unfinished(database: Path) -> tuple[int, int]:
    """How many syncs have not come to their end, and how many tracks they have added."""
    with closing(sqlite3.connect(database)) as connection:
        (scans,) = connection.execute("SELECT count(*) FROM scans WHERE finished_at IS NULL").fetchone()
        (arrivals,) = connection.execute("SELECT count(*) FROM arrivals").fetchone()
    return scans, arrivals


def copied(database: Path | None, to: Path) -> Path:
    if database is not None:
        shutil.copyfile(database, to)
    return to


def fails(door: Door, database: Path, music: Path, *options: str, rights: bool = True) -> str:
    """A sync that could not be done says of which library, and why."""
    sync = door.index(database, [music], *options, rights=rights)
    assert sync.code == door.could_not_run, sync
    assert sync.changes == []
    path, _, reason = sync.message.partition(": ")
    assert path == str(database), sync.message
    assert reason.startswith("the library"), sync.message
    return reason
