"""Counting in plain Python, for when wasmtime cannot be imported.

It follows the component's rules for folders, and a test holds the two equal. There is no sandbox here, but no file is
opened save `.mtignore`.
"""

import os
import stat
from collections.abc import Callable

from mt_scanner._plain.ignore import Patterns, covers, parse

LONGEST_PATTERNS = 64 * 1024
"""The most bytes of a `.mtignore` that are read."""
CHAIN = 40
"""The most symbolic links that are followed in one path."""
FILE, FOLDER = "file", "folder"


def count(root: str, is_audio_file: Callable[[str], bool], limit: int | None = None) -> int:
    """The number of files under `root` whose names `is_audio_file` takes; it stops at `limit`."""
    files = 0
    # Folders to look into, with the patterns that hold there.
    stack: list[tuple[str, list[Patterns]]] = [("", [])]
    while stack and (limit is None or files < limit):
        folder, above = stack.pop()
        try:
            entries = list(os.scandir(os.path.join(root, folder)))
        except OSError:
            continue
        names = {entry.name for entry in entries if entry.is_file(follow_symlinks=False)}
        if ".nomedia" in names:
            continue
        patterns = above + read_patterns(root, folder) if ".mtignore" in names else above
        for entry in entries:
            found = judge(root, folder, entry, patterns, is_audio_file)
            if found == FILE:
                files += 1
            elif found == FOLDER:
                stack.append((join(folder, entry.name), patterns))
    return files if limit is None else min(files, limit)


def judge(
    root: str, folder: str, entry: "os.DirEntry[str]", patterns: list[Patterns], is_audio_file: Callable[[str], bool]
) -> str | None:
    """The part of an entry in a scan: a file, a folder, or none."""
    name = entry.name
    path = join(folder, name)
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        # The component never learns of names that are not UTF-8.
        return None
    if entry.is_symlink():
        if covers(patterns, path, False) or covers(patterns, path, True):
            return None
        target = follow(root, path)
        if target is None:
            return None
        found, is_folder = target
        if not is_folder:
            return FILE if is_audio_file(found) and os.path.isfile(os.path.join(root, found)) else None
        return None if name.startswith(".") or is_around(root, path) else FOLDER
    if entry.is_dir(follow_symlinks=False):
        return None if name.startswith(".") or covers(patterns, path, True) else FOLDER
    if entry.is_file(follow_symlinks=False) and is_audio_file(name) and not covers(patterns, path, False):
        return FILE
    return None


def join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def follow(root: str, path: str) -> tuple[str, bool] | None:
    """Where a link leads to, relative to the root, and whether that is a folder. `None`: nowhere, or outside."""
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


def is_around(root: str, path: str) -> bool:
    """Whether the folder at a path is one of those that the path goes through."""
    target = os.stat(os.path.join(root, path))
    while path:
        path = path.rpartition("/")[0]
        above = os.stat(os.path.join(root, path))
        if (above.st_dev, above.st_ino) == (target.st_dev, target.st_ino):
            return True
    return False


def read_patterns(root: str, folder: str) -> list[Patterns]:
    """The `.mtignore` of a folder."""
    try:
        with open(os.path.join(root, folder, ".mtignore"), "rb") as file:
            text = file.read(LONGEST_PATTERNS).decode("utf-8", "replace")
    except OSError:
        return []
    return [Patterns(folder, list(parse(text)))]
