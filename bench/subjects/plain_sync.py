"""A library without us, kept in step with a folder as a Python programmer would: os.walk, os.stat,
mutagen, sqlite3.

    python plain_sync.py FOLDER --db FILE

A file with the size and the time of last change that it had is not read again. Prints the time of
the sync and the number of files.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import time
from typing import Any

import mutagen  # noqa: F401  (before the time begins)
import peers

INFO = ("length", "bitrate", "sample_rate", "channels", "bits_per_sample")
COLUMNS = ("path", "size", "mtime", *INFO, *peers.EASY)
SCHEMA = f"CREATE TABLE IF NOT EXISTS tracks ({', '.join(COLUMNS)}, missing_since INTEGER, PRIMARY KEY (path))"
# What was there before goes, its `missing_since` too.
INSERT = f"INSERT OR REPLACE INTO tracks ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
MISSING = "UPDATE tracks SET missing_since = unixepoch() WHERE path = ?"


def sync(folder: str, database: sqlite3.Connection) -> int:
    """Brings the library up to date, in one transaction; gives the number of audio files."""
    database.execute(SCHEMA)
    known = {
        path: (size, mtime)
        for path, size, mtime in database.execute("SELECT path, size, mtime FROM tracks WHERE missing_since IS NULL")
    }
    found = 0
    changed = []
    for path in peers.paths(folder):
        found += 1
        status = os.stat(path)
        if known.pop(path, None) != (status.st_size, status.st_mtime_ns):
            changed.append(row(peers.mutagen(path)))
    with database:
        database.executemany(INSERT, changed)
        # What is left was not found.
        database.executemany(MISSING, [(path,) for path in known])
    return found


def row(track: dict[str, Any]) -> list[Any]:
    """The track as a row; a tag with several values as one text."""
    cells = [track.get(name) for name in COLUMNS]
    return ["; ".join(map(str, cell)) if isinstance(cell, list) else cell for cell in cells]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--db", required=True)
    chosen = parser.parse_args()
    start = time.perf_counter()
    database = sqlite3.connect(chosen.db)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    found = sync(chosen.folder, database)
    database.close()
    print(json.dumps({"seconds": [time.perf_counter() - start], "found": found}))


if __name__ == "__main__":
    main()
