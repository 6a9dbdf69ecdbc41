"""How the filesystem itself walks a music folder: the oracle of walking.

`walked` uses nothing but the system's own directory entries and link texts. It knows the contract's rules
(`wit/scan.wit`) and the sandbox's: a link is followed component by component, and whoever steps above the root, if only
for a moment, has left it.
"""

from __future__ import annotations

import os
import stat
from enum import Enum
from pathlib import Path

EXTENSIONS = (".mp3", ".flac", ".m4a", ".ogg", ".wav", ".wma", ".aac", ".opus", ".m4p", ".mp4")
MOST_LINKS = 40
"""Links that Linux follows in one path."""

Problems = set[tuple[str, str]]

Place = tuple[str, ...]
"""A file or folder by its real components below the root, none of them a link."""


class Nowhere(Enum):
    """What a link leads to when that is neither file nor folder of the root."""

    BROKEN = "vanished"
    OUTSIDE = "escapes-root"
    LOOP = "link-loop"


def is_audio(name: str) -> bool:
    stem, dot, extension = name.rpartition(".")
    return bool(stem) and (dot + extension).lower() in EXTENSIONS


def walked(root: Path, *, follow_links: bool = True, hidden_folders: bool = False) -> tuple[set[str], Problems]:
    """The audio files below `root`, and the problems with links, as pairs of path and outcome."""
    files: set[str] = set()
    problems: Problems = set()

    def folder(shown: str, place: Place, around: list[Place]) -> None:
        for entry in os.scandir(root.joinpath(*place)):
            path = f"{shown}{entry.name}"
            hidden = entry.name.startswith(".") and not hidden_folders
            if not entry.is_symlink():
                if entry.is_dir() and not hidden:
                    folder(f"{path}/", (*place, entry.name), [*around, (*place, entry.name)])
                elif entry.is_file() and is_audio(entry.name):
                    files.add(path)
                continue
            if not follow_links:
                continue
            target = followed(root, place, os.readlink(entry.path))
            if isinstance(target, Nowhere):
                if target != Nowhere.BROKEN or is_audio(entry.name):
                    problems.add((path, target.value))
            elif not stat.S_ISDIR(os.lstat(root.joinpath(*target)).st_mode):
                if is_audio(target[-1]):
                    files.add(path)
            elif target in around:
                problems.add((path, Nowhere.LOOP.value))
            elif not hidden:
                folder(f"{path}/", target, [*around, target])

    folder("", (), [()])
    return files, problems


def followed(root: Path, place: Place, text: str) -> Place | Nowhere:
    """Where a link with this text in the folder `place` leads to in the end."""
    if text.startswith("/"):
        return Nowhere.OUTSIDE
    ahead = text.split("/")
    at = place
    links = 1
    while ahead:
        component = ahead.pop(0)
        if component == "..":
            if not at:
                return Nowhere.OUTSIDE
            at = at[:-1]
        elif component not in ("", "."):
            here = root.joinpath(*at, component)
            try:
                mode = os.lstat(here).st_mode
            except (FileNotFoundError, NotADirectoryError):
                return Nowhere.BROKEN
            if stat.S_ISLNK(mode):
                links += 1
                target = os.readlink(here)
                if links > MOST_LINKS:
                    return Nowhere.LOOP
                if target.startswith("/"):
                    return Nowhere.OUTSIDE
                ahead = [*target.split("/"), *ahead]
                continue
            at = (*at, component)
        # Only a folder has something behind its slash.
        if ahead and not stat.S_ISDIR(os.lstat(root.joinpath(*at)).st_mode):
            return Nowhere.BROKEN
    return at
