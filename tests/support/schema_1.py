"""A library of schema 1, as mt-scanner wrote it before there was schema 2."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from support.trees import FIXTURES

DUMP = FIXTURES / "schema-1.sql"
FILES = {
    "Album/1.mp3": "formats/mp3-id3v24-multi.mp3",
    "Album/2.flac": "formats/flac-16-44.flac",
    "Album/3.m4a": "formats/m4a-cover.m4a",
    "Other/4.opus": "formats/opus-r128.opus",
    "broken.mp3": "malformed/text.mp3",
}
"""The files that the library has, but for `gone.mp3`, which is missing."""


def put(place: Path) -> tuple[Path, Path]:
    """Puts the music and its library into a folder, as if the one had been made from the other."""
    music, database = place / "music", place / "library.db"
    for path, file in FILES.items():
        (music / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(FIXTURES / file, music / path)
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(DUMP.read_text(encoding="utf-8"))
        with connection:
            connection.execute("UPDATE roots SET path = ?", (str(music),))
            for path in FILES:
                stat = os.stat(music / path)
                times = (stat.st_mtime_ns, stat.st_ctime_ns if os.name != "nt" else 0)
                connection.execute("UPDATE tracks SET mtime_ns = ?, ctime_ns = ? WHERE path = ?", (*times, path))
            for folder in ("", "Album", "Other"):
                mtime = os.stat(music / folder).st_mtime_ns
                connection.execute("UPDATE folders SET mtime_ns = ? WHERE path = ?", (mtime, folder))
    return music, database
