"""How long it takes until a burst of new files is in a library that is being watched.

    python burst.py FOLDER --db FILE -- WATCHER ARGUMENT...

Starts the watcher, waits until it follows the folder, moves 500 files into new albums there, and
prints the time from the last of them until all are committed. The folder is as before in the end.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import cycle, islice
from pathlib import Path

import peers

FILES, ALBUM = 500, 20
FIRST, BURST = "Burst, to begin with", "Burst"
"""Artists that no library has."""
BETWEEN_LOOKS = 0.005
"""In s: what the time may be wrong by."""
QUIET = 3.0
"""In s: the syncs of what was there and of the first file are over by then."""
PATIENCE = 60.0
"""How long to wait for anything, in s."""
WORDS = 30
"""What is told of a watcher that has ended."""
COUNT = """
    SELECT count(*) FROM folders JOIN tracks ON tracks.folder_id = folders.id
    WHERE folders.path > ?1 || '/' AND folders.path < ?1 || '0' AND missing_since IS NULL
"""


class BurstError(Exception):
    """There is nothing to measure; the text says why."""


class Watcher:
    """A watcher at work, until the end of the `with`."""

    def __init__(self, words: list[str], said: Path) -> None:
        self._said = said
        quiet = subprocess.DEVNULL
        # No pipe: somebody would have to read it.
        with said.open("wb") as file:
            self._process = subprocess.Popen(words, stdin=quiet, stdout=quiet, stderr=file)

    def __enter__(self) -> Watcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def check(self) -> None:
        """Raises `BurstError` if it has ended."""
        code = self._process.poll()
        if code is not None:
            said = self._said.read_text(encoding="utf-8", errors="replace").split()
            raise BurstError(f"the watcher has ended, with exit code {code}: {' '.join(said[-WORDS:])}")


def measure(folder: Path, db: str, words: list[str]) -> float:
    """The time in s. Raises `BurstError`."""
    # Beside the folder: moving a file there is one event, and comes when the file is whole.
    with tempfile.TemporaryDirectory(prefix="burst-", dir=folder.parent) as staging, restored(folder):
        first, *burst = copies(folder, Path(staging))
        with Watcher(words, Path(staging, "stderr")) as watcher, closing(sqlite3.connect(db)) as library:
            # What was there before the watcher was is no event.
            move([first], folder / FIRST)
            wait(watcher, library, FIRST, 1)
            time.sleep(QUIET)
            move(burst, folder / BURST)
            start = time.perf_counter()
            wait(watcher, library, BURST, FILES)
            return time.perf_counter() - start


def copies(folder: Path, staging: Path) -> list[Path]:
    """Copies of files of the folder, one more than a burst has."""
    made = []
    for number, source in enumerate(islice(cycle(peers.paths(str(folder))), FILES + 1)):
        made.append(staging / f"{number:03}{os.path.splitext(source)[1]}")
        shutil.copyfile(source, made[-1])
    if hasattr(os, "sync"):
        # Else the library's first commit would wait for all of this.
        os.sync()
    return made


def move(files: list[Path], artist: Path) -> None:
    """Moves files into new albums of an artist."""
    for number, file in enumerate(files):
        album = artist / f"Album {number // ALBUM:02}"
        album.mkdir(parents=True, exist_ok=True)
        file.rename(album / file.name)


def wait(watcher: Watcher, library: sqlite3.Connection, artist: str, files: int) -> None:
    """Waits until the files of an artist are committed."""
    end = time.monotonic() + PATIENCE
    while (there := library.execute(COUNT, (artist,)).fetchone()[0]) < files:
        watcher.check()
        if time.monotonic() > end:
            raise BurstError(f"after {PATIENCE:g} s {there} of {files} files of {artist} are in the library")
        time.sleep(BETWEEN_LOOKS)


@contextmanager
def restored(folder: Path) -> Iterator[None]:
    """Takes away in the end what was moved into a folder."""
    status = folder.stat()
    try:
        yield
    finally:
        for artist in (FIRST, BURST):
            shutil.rmtree(folder / artist, ignore_errors=True)
        os.utime(folder, ns=(status.st_atime_ns, status.st_mtime_ns))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--db", required=True)
    parser.add_argument("watcher", nargs="+")
    chosen = parser.parse_args()
    try:
        seconds = measure(chosen.folder, chosen.db, chosen.watcher)
    except BurstError as error:
        sys.exit(str(error))
    print(json.dumps({"seconds": [seconds]}))


if __name__ == "__main__":
    main()
