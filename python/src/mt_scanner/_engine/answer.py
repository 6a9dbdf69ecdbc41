"""The answer of one step of a scan."""

import sys
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from mt_scanner._types.contract import Outcome
from mt_scanner._types.track import Problem


class Answer(NamedTuple):
    """The answer of one step, but for its counts."""

    root: str
    paths: list[str]
    """Absolute, as this system writes paths."""
    tracks: list[list[Any]]
    """The fields of `Track`, in its order."""
    problems: list[list[str]]
    """The fields of `Problem`, in its order."""
    changes: dict[str, list[list[Any]]]
    """Of a sync: rows for the library's statements, by their names."""


def problems_of(answer: Answer) -> Iterator[Problem]:
    """The problems of a step. A folder of broken files says the same of each: texts that repeat are
    kept once.
    """
    for _, path, outcome, detail in answer.problems:
        yield Problem(answer.root, path, cast(Outcome, sys.intern(outcome)), sys.intern(detail))
