"""Counting in plain Python, for when wasmtime cannot be imported.

It follows the component's rules for folders and links, and a test holds the two equal. There is no
sandbox here, but no file is opened save `.mtignore`.
"""

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from mt_scanner._plain.ignore import Patterns, covers
from mt_scanner._plain.links import Reach, follow, is_hidden, join, read_patterns


class Folder(NamedTuple):
    """A folder to look into."""

    path: str
    place: str
    """The same without links."""
    links: int
    """The number of links on the path."""
    above: list[Patterns]
    """The patterns that hold where it is."""


class Link(NamedTuple):
    """A link that waits until all else is done; links are followed in this order."""

    links: int
    path: bytes
    folder: Folder
    patterns: list[Patterns]


def count(
    root: str,
    is_audio_file: Callable[[str], bool],
    limit: int | None = None,
    goes_on: Callable[[], object] = lambda: None,
) -> int:
    """The number of files under `root` whose names `is_audio_file` takes; it stops at `limit`.
    `goes_on` is called for every entry, each of which the storage may take its time for.
    """
    files = 0
    walk = Walk(root, is_audio_file, goes_on)
    for found in walk.folders():
        files += found
        if limit is not None and files >= limit:
            return limit
    return files


class Walk:
    """A walk through a root."""

    def __init__(self, root: str, is_audio_file: Callable[[str], bool], goes_on: Callable[[], object]) -> None:
        self._root = root
        self._goes_on = goes_on
        # AppleDouble files are no tracks.
        self._is_audio_file: Callable[[str], bool] = lambda name: not name.startswith("._") and is_audio_file(name)
        self._reach = Reach(root)
        self._stack = [Folder("", "", 0, [])]
        self._links: list[Link] = []

    def folders(self) -> Iterator[int]:
        """The number of audio files of each folder, and 1 for each that only a link leads to."""
        while self._stack or self._links:
            if self._stack:
                yield self._list(self._stack.pop())
                continue
            self._links.sort(key=lambda link: link[:2], reverse=True)
            yield self._follow(self._links.pop())

    def _list(self, folder: Folder) -> int:
        entries: list[os.DirEntry[str]] = []
        try:
            with os.scandir(os.path.join(self._root, folder.path)) as listing:
                for entry in listing:
                    self._goes_on()
                    entries.append(entry)
        except OSError:
            return 0
        names = {entry.name for entry in entries if entry.is_file(follow_symlinks=False)}
        if ".nomedia" in names:
            return 0
        patterns = folder.above + read_patterns(self._root, folder.path) if ".mtignore" in names else folder.above
        return sum(self._judge(folder, entry, patterns) for entry in entries)

    def _judge(self, folder: Folder, entry: "os.DirEntry[str]", patterns: list[Patterns]) -> bool:
        """Whether an entry of a folder is an audio file. Folders and links are for later."""
        self._goes_on()
        name = entry.name
        path, place = join(folder.path, name), join(folder.place, name)
        try:
            encoded = path.encode("utf-8")
        except UnicodeEncodeError:
            # The component never learns of names that are not UTF-8.
            return False
        if entry.is_symlink():
            if not covers(patterns, path, False) and not covers(patterns, path, True):
                self._links.append(Link(folder.links + 1, encoded, folder, patterns))
            return False
        if folder.links and place in self._reach.entered:
            return False
        if entry.is_dir(follow_symlinks=False):
            if not is_hidden(name) and not covers(patterns, path, True):
                self._stack.append(Folder(path, place, folder.links, patterns))
            return False
        is_file = entry.is_file(follow_symlinks=False)
        return is_file and self._is_audio_file(name) and not covers(patterns, path, False)

    def _follow(self, link: Link) -> int:
        self._goes_on()
        path = link.path.decode("utf-8")
        name = path.rpartition("/")[2]
        target = follow(self._root, join(link.folder.place, name))
        if target is None:
            return 0
        place, is_folder = target
        if is_folder:
            adds = not is_hidden(name)
        else:
            adds = self._is_audio_file(place.rpartition("/")[2]) and os.path.isfile(os.path.join(self._root, place))
        if not adds or self._reach.covers(place, is_folder):
            return 0
        self._reach.entered[place] = path
        if is_folder:
            self._stack.append(Folder(path, place, link.links, link.patterns))
        return not is_folder
