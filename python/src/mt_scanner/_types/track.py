"""What a scan finds. The records are those of the contract; see `contract.py` here, which is generated."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mt_scanner._types.contract import Inspection, Problem, Tag, Track

if TYPE_CHECKING:
    from mt_scanner._engine.answer import Answer

__all__ = ["Inspection", "Problem", "Tag", "Track", "problems_of"]


def problems_of(answer: "Answer") -> Iterator[Problem]:
    """The problems of a step. A folder of broken files says the same of each: what repeats is kept once."""
    for _, path, outcome, detail in answer.problems:
        yield Problem(answer.root, path, sys.intern(outcome), sys.intern(detail))
