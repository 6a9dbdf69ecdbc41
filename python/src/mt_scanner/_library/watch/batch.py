"""Events of the system, as paths of the contract. The component puts them together to folders of a
library.
"""

import os
from collections.abc import Iterable
from itertools import takewhile

from mt_scanner._engine.places import is_utf8

ADDED = 1
"""The number of `watchfiles.Change.added`: a path that was made, or has got this name."""
OTHER = 2
"""That of `modified`. What else has happened makes no difference."""
SILENCE = 0.15
"""A batch ends when nothing has happened for this long, or twice as long, in s."""
LONGEST = 2.0
"""It ends so long after its first event, at the latest."""

Event = tuple[int, str]
Events = set[Event]


def told(events: Iterable[Event], real: str) -> list[tuple[str, str]]:
    """The events below a root as `folders-of-events` takes them: each path below the root, with its
    kind.

    `real`: the root, links followed.
    """
    followed: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for kind, path in events:
        for place in places(path, real, followed):
            below = expressible(place)
            if kind == ADDED or below not in kinds:
                kinds[below] = "made" if kind == ADDED else "changed"
    return list(kinds.items())


def places(path: str, real: str, followed: dict[str, str]) -> list[str]:
    """Where a path is below a root, as the contract writes paths: as it was told, and with the
    links in it followed, since of several names for a folder the system tells one. `followed`: what
    is known of links so far.
    """
    told = relative(path, real)
    if not told:
        return [] if told is None else [told]
    folder, name = os.path.split(path)
    if folder not in followed:
        followed[folder] = os.path.realpath(folder)
    other = relative(os.path.join(followed[folder], name), real)
    return [told] if other is None or other == told else [told, other]


def expressible(path: str) -> str:
    """A path that the contract can express. From a name on that is not UTF-8 it is left out:
    something in the folder above, whose path then ends in `/`.
    """
    return path if is_utf8(path) else "/".join([*takewhile(is_utf8, path.split("/")), ""])


def relative(path: str, real: str) -> str | None:
    """A path below a root; `None` if it is not there."""
    if path == real:
        return ""
    start = os.path.join(real, "")
    return path[len(start) :].replace(os.sep, "/") if path.startswith(start) else None
