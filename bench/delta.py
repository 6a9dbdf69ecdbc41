"""A private copy of a music tree, and what became of it some days later: what a sync finds
unchanged, and changed.

The files of most trees are links to recordings that other trees share. None of them is changed, and
no further link is made to them, which would change them too: each recording is copied once, and
private trees are links to the copies.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

from datasets import AUDIO_ENDINGS
from trees import albums

ADDED = TOUCHED = 200
DELETED = 10


def make(tree: Path, before: Path, after: Path) -> None:
    """Makes `before`, which is as `tree`, and `after`, where files were added, touched and deleted.

    The new files are in new folders. Those that are touched were replaced by a copy, as by a tagger
    that writes a new file and renames it, and are spread over the tree. In small trees they are a
    quarter of the files at most. A folder that holds the same files in both has the same time of
    last change in both.
    """
    plant(tree, before, copier())
    paths = sorted(
        Path(here, name).relative_to(before)
        for here, _, names in os.walk(before)
        for name in names
        if os.path.splitext(name)[1].lower() in AUDIO_ENDINGS
    )
    touched = spread(paths, TOUCHED)
    # Audio that is gone in one place and new in another would count as moved.
    new = {os.stat(before / path).st_ino for path in touched}
    deleted = spread([path for path in paths if os.stat(before / path).st_ino not in new], DELETED)
    plant(before, after, os.link, without={*touched, *deleted})
    for path in touched:
        shutil.copyfile(before / path, after / path)
    for album, numbers in albums(after / "New", min(ADDED, len(touched))):
        for number in numbers:
            source = before / touched[number]
            shutil.copyfile(source, f"{album}/Song {number:06}{source.suffix}")
    changed = {path.parent for path in (*touched, *deleted)} | {Path()}
    for here, _, _ in os.walk(before):
        folder = Path(here).relative_to(before)
        if folder not in changed:
            status = os.stat(here)
            os.utime(after / folder, ns=(status.st_atime_ns, status.st_mtime_ns))


def plant(tree: Path, to: Path, put: Callable[[str, str], object], without: Collection[Path] = ()) -> None:
    """Makes the same folders, and in them each file but some by `put(source, target)`."""
    for here, _, names in os.walk(tree):
        folder = Path(here).relative_to(tree)
        (to / folder).mkdir()
        for name in names:
            if folder / name not in without:
                put(os.path.join(here, name), os.path.join(to, folder, name))


def copier() -> Callable[[str, str], None]:
    """Copies the first of the links to a file, and makes links to the copy of the others."""
    copies: dict[int, str] = {}

    def put(source: str, target: str) -> None:
        copy = copies.setdefault(os.stat(source).st_ino, target)
        if copy == target:
            shutil.copy2(source, target)
        else:
            os.link(copy, target)

    return put


def spread(paths: list[Path], most: int) -> list[Path]:
    """Some of them at equal distances, a quarter at most."""
    count = min(most, len(paths) // 4)
    return [paths[number * len(paths) // count] for number in range(count)]
