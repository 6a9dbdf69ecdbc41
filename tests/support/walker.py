"""How the filesystem itself walks a music folder: the oracle of walking.

`walked` uses nothing but the system's own directory entries and link texts. It knows the contract's
rules (`wit/scan.wit`) and the sandbox's: a link is followed component by component, and whoever
steps above the root, if only for a moment, has left it. It judges links one at a time, each when
all that comes before it is done.
"""

from __future__ import annotations

import os
import re
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


LEFT_BEHIND = re.compile(
    r"\$recycle\.bin|system volume information|@eadir|#recycle|#snapshot|@recycle|@recently-snapshot|~snapshot"
    r"|network trash folder|lost\+found",
    re.IGNORECASE,
)


def is_audio(name: str) -> bool:
    if name.startswith("._"):
        return False
    stem, dot, extension = name.rpartition(".")
    return bool(stem) and (dot + extension).lower() in EXTENSIONS


def walked(root: Path, *, follow_links: str = "once", hidden_folders: bool = False) -> tuple[set[str], Problems]:
    """The audio files below `root`, and the problems with links, as pairs of path and outcome."""
    walk = Walk(root, follow_links, hidden_folders)
    return walk.files, walk.problems


class Walk:
    """A walk that is done. Only hidden folders are skipped: trees with patterns have an oracle of
    their own.
    """

    def __init__(self, root: Path, follow_links: str, hidden_folders: bool) -> None:
        self._root = root
        self._follow_links = follow_links
        self._hidden_folders = hidden_folders
        self._entered: set[Place] = set()
        self._links: list[tuple[int, str, Place]] = []
        self.files: set[str] = set()
        self.problems: Problems = set()
        self._folder("", (), 0)
        if follow_links == "once":
            self._entered.add(())
        while self._links:
            self._links.sort(key=lambda link: (link[0], link[1].encode()))
            self._follow(*self._links.pop(0))

    def _folder(self, shown: str, place: Place, links: int) -> None:
        for entry in os.scandir(self._root.joinpath(*place)):
            path, own = f"{shown}{entry.name}", (*place, entry.name)
            if entry.is_symlink():
                if self._follow_links != "no":
                    self._links.append((links + 1, path, place))
            elif links and own in self._entered:
                continue
            elif entry.is_dir() and not self._is_hidden(entry.name):
                self._folder(f"{path}/", own, links)
            elif entry.is_file() and is_audio(entry.name):
                self.files.add(path)

    def _follow(self, links: int, path: str, place: Place) -> None:
        name = path.rpartition("/")[2]
        target = followed(self._root, place, os.readlink(self._root.joinpath(*place, name)))
        if isinstance(target, Nowhere):
            if target != Nowhere.BROKEN or is_audio(name):
                self.problems.add((path, target.value))
            return
        is_folder = stat.S_ISDIR(os.lstat(self._root.joinpath(*target)).st_mode)
        if self._is_hidden(name) if is_folder else not is_audio(target[-1]):
            return
        if any(self._comes(target[: at + 1], target, is_folder) for at in range(-1, len(target))):
            return
        self._entered.add(target)
        if is_folder:
            self._folder(f"{path}/", target, links)
        else:
            self.files.add(path)

    def _comes(self, start: Place, target: Place, is_folder: bool) -> bool:
        """Whether a walk from a place where this one was comes to a target."""
        folders = target[len(start) :] if is_folder else target[len(start) : -1]
        return start in self._entered and not any(map(self._is_hidden, folders))

    def _is_hidden(self, folder: str) -> bool:
        hidden = re.match(r"\.(?!\.)", folder) or LEFT_BEHIND.fullmatch(folder)
        return hidden is not None and not self._hidden_folders


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
