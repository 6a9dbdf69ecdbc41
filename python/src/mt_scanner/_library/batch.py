"""Events of the system, put together to folders of a library."""

import json
import os
from bisect import bisect_left
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mt_scanner._library.database import Database

ADDED = 1
"""The number of `watchfiles.Change.added`: what was made, or has got this name."""

Event = tuple[int, str]


def folders(events: Iterable[Event], real: str, known: set[str]) -> set[str]:
    """The folders in which something has changed, as the library knows them.

    What it does not know is found from the nearest folder above that it does. Nothing is judged by its name: what is an
    audio file is for the component to know. `real`: the root, links followed.
    """
    order = sorted(known)
    found: set[str] = set()

    def add(folder: str, below: bool) -> None:
        found.add(folder)
        if below and folder == "":
            found.update(known)
        elif below:
            # `0` is the character after `/`.
            found.update(order[bisect_left(order, folder + "/") : bisect_left(order, folder + "0")])

    followed: dict[str, str] = {}
    for kind, path in events:
        for below in places(path, real, followed):
            folder, _, name = below.rpartition("/")
            nearest = folder
            while nearest and nearest not in known:
                nearest = nearest.rpartition("/")[0]
            # A hidden file may say what is to be skipped, in its folder and below.
            add(nearest, name.startswith(".") and nearest == folder)
            if below in known and os.path.isdir(path):
                # What has got this name may have brought other folders.
                add(below, kind == ADDED)
    return found


def places(path: str, real: str, followed: dict[str, str]) -> list[str]:
    """Where a path is below a root, as the contract writes paths: as it was told, and with the links in it followed,
    since of several names for a folder the system tells one. `followed`: what is known of links so far.
    """
    told = relative(path, real)
    if not told:
        return [] if told is None else [told]
    folder, name = os.path.split(path)
    if folder not in followed:
        followed[folder] = os.path.realpath(folder)
    other = relative(os.path.join(followed[folder], name), real)
    return [told] if other is None or other == told else [told, other]


def relative(path: str, real: str) -> str | None:
    """A path below a root; `None` if it is not there."""
    if path == real:
        return ""
    start = os.path.join(real, "")
    return path[len(start) :].replace(os.sep, "/") if path.startswith(start) else None


def known(database: "Database", root: str) -> set[str]:
    """The folders of a root that the library knows."""
    return {json.loads(work)["folder"] for (work,) in database.query("folders", root)} | {""}
