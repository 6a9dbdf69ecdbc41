"""Folders and empty files, made fast."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

ALBUMS_OF_AN_ARTIST = 5
FILES_OF_AN_ALBUM = 20


def touch(path: str, at: int | None = None) -> None:
    """Makes an empty file, relative to the folder descriptor `at` when there is one."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=at))


def albums(root: Path, files: int, each: int = FILES_OF_AN_ALBUM) -> Iterator[tuple[str, range]]:
    """Makes artist/album folders for `files` files, `each` in an album. Gives each album with the
    numbers of its files."""
    for album, start in enumerate(range(0, files, each)):
        artist = album // ALBUMS_OF_AN_ARTIST
        folder = f"{root}/Artist {artist:04}/{1960 + album % 65} - Album {album:05}"
        os.makedirs(folder)
        yield folder, range(start, min(start + each, files))


def nest(root: Path, levels: int, fill: Callable[[int, int], None]) -> None:
    """Makes `levels` folders inside each other and calls `fill(depth, descriptor)` in each.

    Each is made relative to its parent's descriptor, because the whole path may be longer than
    the system takes.
    """
    here = os.open(root, os.O_RDONLY)
    try:
        for depth in range(levels):
            os.mkdir("d", dir_fd=here)
            inner = os.open("d", os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
            fill(depth, here)
    finally:
        os.close(here)


def flush() -> None:
    """Waits until all that was written is on the disk: a library that is committed would wait for
    it as well.
    """
    if hasattr(os, "sync"):
        os.sync()


def remove(tree: Path) -> None:
    if os.name == "posix":
        # shutil.rmtree recurses and holds a descriptor a level: some trees are too deep for it.
        subprocess.run(["rm", "-rf", "--", tree], check=True)
    else:
        shutil.rmtree(tree)
