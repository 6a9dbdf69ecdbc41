"""Symbolic links in plain Python, for `fallback.py` alone: their ends, and whether a walk reaches
these by itself.
"""

import os
import stat

from mt_scanner._plain.ignore import Patterns, covers, parse

LONGEST_PATTERNS = 64 * 1024
"""The most bytes of a `.mtignore` that are read."""
CHAIN = 40
"""The most symbolic links that are followed in one path."""


LEFT_BEHIND = (
    *("$recycle.bin", "system volume information", "@eadir", "#recycle", "#snapshot", "@recycle"),
    *("@recently-snapshot", "~snapshot", "network trash folder", "lost+found"),
)
"""Folders that systems make beside people's own."""


def is_hidden(folder: str) -> bool:
    """Whether a folder of this name is skipped. A dot that another follows hides nothing."""
    return (folder.startswith(".") and not folder.startswith("..")) or folder.lower() in LEFT_BEHIND


def join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and name else folder or name


def follow(root: str, path: str) -> tuple[str, bool] | None:
    """Where a link leads to, relative to the root, and whether that is a folder. `None`: nowhere,
    or outside.
    """
    at: list[str] = []
    rest = path.split("/")
    links = 0
    while rest:
        name = rest.pop(0)
        if name in ("", "."):
            continue
        if name == "..":
            if not at:
                return None
            at.pop()
            continue
        here = os.path.join(root, *at, name)
        try:
            mode = os.lstat(here).st_mode
            if not stat.S_ISLNK(mode):
                at.append(name)
                continue
            text = os.readlink(here)
        except OSError:
            return None
        links += 1
        if links > CHAIN or os.path.isabs(text):
            return None
        rest = text.replace(os.sep, "/").split("/") + rest
    return "/".join(at), os.path.isdir(os.path.join(root, *at))


def read_patterns(root: str, folder: str) -> list[Patterns]:
    """The `.mtignore` of a folder."""
    try:
        with open(os.path.join(root, folder, ".mtignore"), "rb") as file:
            text = file.read(LONGEST_PATTERNS).decode("utf-8", "replace")
    except OSError:
        return []
    return [Patterns(folder, list(parse(text)))]


class Reach:
    """The places that a walk comes to: by their own names, and from those that links have led to."""

    def __init__(self, root: str) -> None:
        self._root = root
        # Of folders the patterns that hold in them; `None` for one that is not entered.
        self._folders: dict[str, list[Patterns] | None] = {}
        self.entered = {"": ""}
        """Places that were entered, each with the path that it has in the walk; first of all the
        root.
        """

    def covers(self, place: str, is_folder: bool) -> bool:
        """Whether the walk comes to a place without one more link."""
        above = place
        while True:
            if above in self.entered:
                path = join(self.entered[above], place[len(above) :].lstrip("/"))
                if above == place or self._comes_to(path, is_folder):
                    return True
            if not above:
                return False
            above = above.rpartition("/")[0]

    def _comes_to(self, path: str, is_folder: bool) -> bool:
        folder, _, name = path.rpartition("/")
        patterns = self._patterns_in(folder)
        hidden = is_folder and is_hidden(name)
        return patterns is not None and not hidden and not covers(patterns, path, is_folder)

    def _patterns_in(self, folder: str) -> list[Patterns] | None:
        # From the root down, however deep it is.
        path = ""
        for name in ["", *folder.split("/")]:
            path = join(path, name)
            if path not in self._folders:
                self._folders[path] = self._enter(path)
        return self._folders[folder]

    def _enter(self, folder: str) -> list[Patterns] | None:
        if os.path.lexists(os.path.join(self._root, folder, ".nomedia")):
            return None
        above: list[Patterns] = []
        if folder:
            if not self._comes_to(folder, True):
                return None
            above = self._patterns_in(folder.rpartition("/")[0]) or []
        return above + read_patterns(self._root, folder)
