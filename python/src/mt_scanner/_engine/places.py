"""A look at folders and files that somebody has named: where they are, links followed."""

import os
import stat
from collections.abc import Sequence
from typing import NamedTuple

from mt_scanner._engine.within import Patience
from mt_scanner._types.contract import FILE_NOT_UTF8, ROOT_NOT_UTF8
from mt_scanner._types.errors import RootUnreadable, ScanError


class Place(NamedTuple):
    """A folder, or files in it, as `arrange-roots` takes it (`wit/scan.wit`)."""

    name: str
    way: list[str]
    identity: str | None
    is_there: bool
    files: list[str] | None = None


Look = Place | str | None
"""A folder; the path of a regular file, which a link may lead to; `None`: storage does not answer."""


def places(paths: Sequence[str], patience: Patience) -> list[Place]:
    """Folders, and the files of each folder, in the order in which they were first named.

    Raises `RootUnreadable` or `ScanError` for a name that is not UTF-8.
    """
    folders: list[Place | str] = []
    files: dict[str, list[str]] = {}
    for path, seen in zip(paths, looks(paths, patience), strict=True):
        if isinstance(seen, str):
            folder, name = os.path.split(seen)
            if not is_utf8(name):
                raise ScanError(FILE_NOT_UTF8, seen)
            if folder not in files:
                files[folder] = []
                folders.append(folder)
            files[folder].append(name)
        else:
            folders.append(seen or unseen(path))
    around = dict(zip(files, found(list(files), patience), strict=True))
    return [folder if isinstance(folder, Place) else around[folder]._replace(files=files[folder]) for folder in folders]


def found(folders: Sequence[str], patience: Patience) -> list[Place]:
    """Where folders are. Raises `RootUnreadable` for a name that is not UTF-8."""
    seen = zip(folders, looks(folders, patience), strict=True)
    return [look if isinstance(look, Place) else unseen(folder) for folder, look in seen]


def unseen(folder: str) -> Place:
    """A folder that cannot be seen."""
    return Place(expressed(folder), parts(folder), None, False)


def looks(paths: Sequence[str], patience: Patience) -> list[Look]:
    """A look at each path, several at a time. Storage that does not answer for a second is left
    alone.
    """
    return [None if isinstance(seen, Exception) else seen for seen in patience.of_each(look, paths)]


def look(path: str) -> Look:
    """What is at a path. Where links lead is part of it."""
    try:
        status = os.stat(path)
        if stat.S_ISREG(status.st_mode):
            return os.path.realpath(path) if os.path.islink(path) else path
        real = os.path.realpath(path)
    except (OSError, ValueError):
        return None
    # Some filesystems number nothing.
    identity = f"{status.st_dev}:{status.st_ino}" if status.st_ino else None
    return Place(path, parts(real), identity, stat.S_ISDIR(status.st_mode))


def expressed(name: str) -> str:
    """A root's name, which a sandbox path can express."""
    if not is_utf8(name):
        raise RootUnreadable(ROOT_NOT_UTF8, name)
    return name


def parts(path: str) -> list[str]:
    """The components of a path; what is not UTF-8 in them is replaced."""
    return [os.fsencode(part).decode("utf-8", "replace") for part in path.split(os.sep) if part]


def is_utf8(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
