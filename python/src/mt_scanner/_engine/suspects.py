"""Suspects: work whose step ended its instance, or did not come back. It is done again, one folder
or file at a time, so that the guilty one can be named.
"""

from typing import Any, NamedTuple

from mt_scanner._engine.instance import Ended, Hung
from mt_scanner._engine.links import path
from mt_scanner._engine.plan import Limits, Work
from mt_scanner._types.contract import LISTING_FAILED, READING_FAILED, Budget

Found = dict[str, Any]
"""An answer of `step-json`; its `work` may have suspects in it."""


class Suspect(NamedTuple):
    """A folder or files that are to be looked at alone, with the whole of the limits for each."""

    work: Work
    problem: list[str] | None = None
    """Of a file that was found guilty: it is not opened again, and gets its row from outside."""

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder to list."""
        return self.work["files"] is None

    @property
    def budget(self) -> Budget:
        """What a step does with it: the folder is listed and nothing read, or the file is read."""
        return Budget(1, 0, self.is_folder)

    def seconds(self, limits: Limits) -> float:
        """The time for it."""
        return limits.listing if self.is_folder else limits.seconds

    def split(self) -> tuple["Suspect", "Suspect | None"]:
        """The first file, and the others."""
        files = self.work["files"] or ()
        if len(files) < 2:
            return self, None
        # Nothing is taken for granted that was seen before.
        work = {**self.work, "seen": []}
        return Suspect({**work, "files": files[:1]}), Suspect({**work, "files": files[1:]})


def answered(suspect: Suspect, found: Found) -> Found:
    """The answer of its step, of which all work is under suspicion too."""
    if suspect.is_folder:
        work = found.get("work", ())
        found["work"] = [item if item["files"] is None or item.get("held") else Suspect(item) for item in work]
    if suspect.problem is not None:
        found["problems"] = [*found.get("problems", ()), suspect.problem]
    return found


def guilty(suspect: Suspect, root: str, ended: Ended) -> Found:
    """Names what has ended a step by itself. A file is looked at once more from outside: that gives
    a track with its fingerprint and nothing else. Storage that hangs is not asked again.
    """
    work = suspect.work
    if suspect.problem is not None:
        return {"problems": [suspect.problem]}
    if suspect.is_folder:
        return {"problems": [[root, work["folder"], ended.outcome, LISTING_FAILED.format(why=ended.detail)]]}
    problem = [root, path(work), ended.outcome, READING_FAILED.format(why=ended.detail)]
    if isinstance(ended, Hung):
        return {"problems": [problem]}
    return {"work": [Suspect({**work, "blind": True}, problem)]}
