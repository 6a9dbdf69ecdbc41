"""Roots as they are scanned: each folder once, and none inside another twice. The component decides
(`arrange-roots` in `wit/scan.wit`).
"""

import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

from mt_scanner._engine.places import Place, expressed, found
from mt_scanner._engine.within import Patience
from mt_scanner._types.notice import Notice


class Root(NamedTuple):
    """One root."""

    name: str
    """Its absolute path."""
    files: list[str] | None = None
    """The paths of files that are meant; `None`: all that is there."""
    inside: Sequence[str] = ()
    """The folders in it that are roots of their own."""


class Arranged(NamedTuple):
    """The roots of a session."""

    roots: tuple[Root, ...]
    notices: tuple[Notice, ...] = ()
    """What people should know of them."""
    adopted: Sequence[Sequence[str]] = ()
    """The parameters of the statement `adopt`: what of other roots of a library becomes theirs."""
    strangers: Sequence[Sequence[str]] = ()
    """Files that are in no root of the library: each its folder and its name."""


def arranged(
    given: Sequence[Place], known: Sequence[str] | None, ask: Callable[[str], str], patience: Patience
) -> Arranged:
    """The roots for places that were named. `known`: the roots of a library, oldest first; `None`:
    there is none. `ask`: a backend's `arrange_roots`. `patience`: what storage is waited for with.
    """
    names = [place.name for place in given]
    # The usual case needs no component.
    if len(given) == 1 and (known is None or (given[0].files is None and set(known) <= set(names))):
        return Arranged((Root(names[0], given[0].files),))
    for name in names:
        expressed(name)
    there = None
    if known is not None:
        # Nothing is looked at twice: storage may take its time.
        seen = {place.name: place for place in given if place.files is None}
        seen |= {place.name: place for place in found([root for root in known if root not in seen], patience)}
        there = [seen[root]._asdict() for root in known]
    answer = json.loads(ask(json.dumps({"given": [place._asdict() for place in given], "known": there})))
    return Arranged(
        tuple(Root(**root) for root in answer["roots"]),
        tuple(Notice(*notice) for notice in answer["notices"]),
        answer["adopted"],
        answer["strangers"],
    )
