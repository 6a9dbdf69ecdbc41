"""Scenarios: folders of `tests/cases` with a `scenario.json`, each a tree, what happens to it, and
what syncs do then.

`tests/README.md` says how to write one. All doors look at one and the same tree, each with a
library of its own, so that these can be compared to the last column.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from support.archives import write
from support.doors import Door, Row
from support.doors import Sync as Output
from support.golden import CASES, FIXTURES, put

UNTAGGED = FIXTURES / "formats" / "mp3-untagged.mp3"
ID3V1 = 128
"""Bytes of a tag at the end of a file: 3 of `TAG`, 30 of title, ..."""
GRAIN = 0.12
"""Time in s after which a change shows in a time of last change, whatever came before
(`guest/src/step/known.rs`).
"""
MARK = "not read again"
LONG_AGO = 1_000_000_000
KINDS = ("added", "modified", "moved", "missing", "restored", "reread")
WRITING = ("id", "folder_id", "reader_id", "added_at", "updated_at")
"""Columns that tell of the writing of a row, not of its file."""


@dataclass(frozen=True)
class Step:
    """Something happens, then comes a sync."""

    do: list[dict[str, Any]] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    roots: list[str] | None = None
    older: list[str] = field(default_factory=list)
    hasty: bool = False
    report: dict[str, int] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    tracks: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    problems: list[list[str]] = field(default_factory=list)
    error: str | None = None


@dataclass(frozen=True)
class Scenario:
    """A tree and the steps. See `tests/README.md` for the keys of a `scenario.json`."""

    folder: Path
    about: str
    steps: list[Step]
    tree: dict[str, dict[str, Any]] = field(default_factory=dict)
    roots: list[str] = field(default_factory=lambda: ["music"])
    rights: bool = True
    platforms: list[str] = field(default_factory=lambda: ["linux", "macos", "windows"])

    def build(self, place: Path) -> None:
        """Builds the tree in `place`, which is the folder around the roots."""
        for root in self.roots:
            (place / root).mkdir(parents=True, exist_ok=True)
        do(place, [{"put": self.tree}])

    def where(self, root: str, path: str) -> str:
        """What a scenario calls a track. Roots inside each other are told apart by a second slash."""
        nested = any(Path(root) in Path(other).parents or Path(other) in Path(root).parents for other in self.roots)
        return f"{root}/{'/' * nested}{path}"


def scenarios() -> list[Scenario]:
    """Every scenario, by name."""
    return [read(file) for file in sorted(CASES.glob("*/scenario.json"))]


def read(file: Path) -> Scenario:
    content = json.loads(file.read_text(encoding="utf-8"))
    steps = [Step(**step) for step in content.pop("steps")]
    return Scenario(folder=file.parent, steps=steps, **content)


def do(place: Path, operations: Sequence[dict[str, Any]]) -> None:
    """Does operations, each an object with one key, to the files in `place`."""
    for operation in operations:
        ((name, what),) = operation.items()
        OPERATIONS[name](place, *(what if isinstance(what, list) else [what]))


def settle() -> None:
    """Waits until the times of files and folders can be trusted."""
    time.sleep(GRAIN)


def song(song: int, title: str = "") -> bytes:
    """A small MP3 with an ID3v1 tag. Those with another number have other audio."""
    audio = UNTAGGED.read_bytes()
    tag = b"TAG" + title.encode("latin-1").ljust(ID3V1 - 4, b"\0") + b"\xff"
    return audio[:-4] + song.to_bytes(4, "big") + tag


def put_all(place: Path, entries: dict[str, dict[str, Any]]) -> None:
    for path, entry in entries.items():
        target = place / path
        if "song" in entry:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(song(entry["song"], entry.get("title", "")))
        elif "archive" in entry:
            write(target, {name: song(**member) for name, member in entry["archive"].items()})
        else:
            put(place, path, entry, place)
        if "mtime" in entry:
            touch(place, path, entry["mtime"])
    # A closed folder cannot be filled, so permissions come last.
    for path, entry in entries.items():
        if "mode" in entry:
            (place / path).chmod(int(entry["mode"], 8))


def touch(place: Path, path: str, mtime: str | None = None) -> None:
    """Sets the time of last change, to now if none is given."""
    if mtime is None:
        os.utime(place / path)
    else:
        at = datetime.fromisoformat(mtime).replace(tzinfo=timezone.utc)
        os.utime(place / path, ns=(0, int(at.timestamp() * 1000) * 1_000_000 + 1))


def retag(place: Path, path: str, title: str) -> None:
    """Writes another title into the file as taggers do that keep size and time."""
    with keeping_mtime(place / path), open(place / path, "r+b") as file:
        file.seek(3 - ID3V1, os.SEEK_END)
        file.write(title.encode("latin-1").ljust(30, b"\0"))


class keeping_mtime:  # noqa: N801
    def __init__(self, path: Path) -> None:
        self.path = path
        self.status = os.stat(path)

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None:
        os.utime(self.path, ns=(self.status.st_atime_ns, self.status.st_mtime_ns))


def swap(place: Path, one: str, other: str) -> None:
    aside = place / "aside"
    os.rename(place / one, aside)
    os.rename(place / other, place / one)
    os.rename(aside, place / other)


def delete(place: Path, path: str) -> None:
    target = place / path
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    else:
        target.unlink()


def copy(place: Path, one: str, other: str) -> None:
    """Copies a file or a folder, with its times."""
    if (place / one).is_dir():
        shutil.copytree(place / one, place / other)
    else:
        shutil.copy2(place / one, place / other)


def rename(place: Path, one: str, other: str) -> None:
    (place / other).parent.mkdir(parents=True, exist_ok=True)
    os.rename(place / one, place / other)


OPERATIONS: dict[str, Callable[..., None]] = {
    "put": put_all,
    "touch": touch,
    "retag": retag,
    "swap": swap,
    "delete": delete,
    "copy": copy,
    "rename": rename,
    "truncate": lambda place, path, size: os.truncate(place / path, size),
    "chmod": lambda place, path, mode: os.chmod(place / path, int(mode, 8)),
    "settle": lambda place, _: settle(),
}


@dataclass(frozen=True)
class Content:
    """What is in a library."""

    tracks: dict[int, Row]
    """By id. `where` and `since` are added: what a scenario calls the place, and the one where the
    row was added.
    """
    folders: list[Row]
    problems: list[Row]

    def present(self) -> dict[str, str]:
        return {row["where"]: row["since"] for row in self.tracks.values() if row["missing_since"] is None}

    def missing(self) -> dict[str, str]:
        return {row["where"]: row["since"] for row in self.tracks.values() if row["missing_since"] is not None}

    def read(self) -> list[str]:
        """The tracks whose files were read since the library was marked."""
        return sorted(row["where"] for row in self.tracks.values() if row["comment"] != MARK)

    def digest(self) -> str:
        """A digest of everything but ids and times of writing."""
        tracks = [plain(row) for row in self.tracks.values()]
        whole = [sorted(map(json.dumps, part)) for part in (tracks, self.folders, self.problems)]
        return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def plain(row: Row) -> Row:
    """What all libraries agree on."""
    told = {name: row[name] for name in row if name not in WRITING}
    return told | {"missing_since": row["missing_since"] is not None}


class Keeper:
    """A door with its library."""

    def __init__(self, door: Door, scenario: Scenario, place: Path) -> None:
        self.door = door
        self.scenario = scenario
        self.place = place
        self.database = place / f"{door.name}.db"
        self.before = Content({}, [], [])
        self.marked = True

    def sync(self, step: Step, *more: str) -> Output:
        roots = [self.place / root for root in step.roots or self.scenario.roots]
        return self.door.index(self.database, roots, *step.options, *more, rights=self.scenario.rights)

    def grow_old(self, tracks: list[str]) -> None:
        """Makes rows those of an older reader, which the last sync of the roots had, too."""
        if not tracks:
            return
        numbers = [number for number, row in self.before.tracks.items() if row["where"] in tracks]
        assert len(numbers) == len(tracks), tracks
        with closing(connected(self.database)) as connection, connection:
            connection.execute("INSERT OR IGNORE INTO readers (version, columns, options) VALUES (0, 0, '{}')")
            older = "(SELECT id FROM readers WHERE version = 0)"
            connection.execute(f"UPDATE roots SET reader_id = {older}")
            connection.executemany(f"UPDATE tracks SET reader_id = {older} WHERE id = ?", [(it,) for it in numbers])

    def of_older_readers(self) -> list[str]:
        """The tracks that are there whose rows the reader of their root has not written."""
        with closing(connected(self.database)) as connection:
            sql = (
                "SELECT tracks.path FROM tracks JOIN folders ON folders.id = folder_id "
                "JOIN roots ON roots.id = root_id "
                "WHERE missing_since IS NULL AND tracks.reader_id IS NOT roots.reader_id"
            )
            return [path for (path,) in connection.execute(sql)]

    def where(self, root: str, path: str) -> str:
        return self.scenario.where(Path(root).relative_to(self.place).as_posix(), path)

    def content(self) -> Content:
        """What is in the library, which is whole."""
        if not self.database.exists():
            return Content({}, [], [])
        rows = contents(self.database)
        tracks = {}
        for row in rows["tracks"]:
            where = self.where(row["root"], row["path"])
            known = self.before.tracks.get(row["id"])
            tracks[row["id"]] = row | {"where": where, "since": known["since"] if known else where}
        return Content(tracks, rows["folders"], rows["problems"])

    def finished(self) -> Row:
        """What the library says of the last sync that came to its end."""
        with closing(connected(self.database)) as connection:
            scan = connection.execute("SELECT * FROM scans WHERE finished_at IS NOT NULL ORDER BY id DESC").fetchone()
            return dict(scan)

    def remember(self, mark: bool) -> None:
        """Remembers what is there; marks every row, so that it shows which of them the next sync
        writes from a file.
        """
        self.marked = mark
        if mark and self.database.exists():
            with closing(connected(self.database)) as connection, connection:
                connection.execute("UPDATE tracks SET comment = ?, added_at = ?", (MARK, LONG_AGO))
        self.before = self.content()


def connected(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    return connection


def contents(database: Path) -> dict[str, list[Row]]:
    """Tracks, folders and problems with their roots. Fails if the library is not whole."""
    with closing(connected(database)) as connection:
        assert [tuple(row) for row in connection.execute("PRAGMA integrity_check")] == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return {name: [dict(row) for row in connection.execute(sql)] for name, sql in TABLES.items()}


TABLES = {
    "tracks": "SELECT roots.path AS root, tracks.* FROM tracks JOIN folders ON folders.id = folder_id "
    "JOIN roots ON roots.id = root_id ORDER BY root, tracks.path",
    "folders": "SELECT roots.path AS root, folders.path, parent, mtime_ns, present FROM folders "
    "JOIN roots ON roots.id = root_id ORDER BY root, folders.path",
    "problems": "SELECT roots.path AS root, problems.path, outcome, detail FROM problems "
    "JOIN roots ON roots.id = root_id ORDER BY root, problems.path, outcome",
}
