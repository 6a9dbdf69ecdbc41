"""The file that a step is reading and that does not answer, as the system tells (`proc(5)`, Linux).

A second call must not find it out: whoever opens a file once more while a read of it hangs may wait
for that read where no signal reaches, not even the end of the process. Storage is not asked.
"""

import os
from collections.abc import Sequence

from mt_scanner._engine.beneath import OPEN
from mt_scanner._engine.plan import Work
from mt_scanner._engine.seen import name_of

PATTERNS = ".mtignore"


def parted(place: str, items: Sequence[Work]) -> tuple[Work, list[Work]] | None:
    """Parts the one file that is open, or the folder whose patterns are, from the rest of a step's
    items; `None` if there is none. `place`: that of their root.
    """
    is_open = opened_below(place)
    for number, item in enumerate(items):
        others = [*items[:number], *items[number + 1 :]]
        if item["files"] is None:
            if joined(item["folder"], PATTERNS) in is_open:
                return item, others
            continue
        for file in item["files"]:
            if joined(item["folder"], name_of(file)) in is_open:
                rest = [other for other in item["files"] if other is not file]
                left = [{**item, "files": rest, "seen": []}] if rest else []
                return {**item, "files": [file], "seen": []}, left + others
    return None


def opened_below(place: str) -> set[str]:
    """The paths below a root of all that this process has open."""
    start = os.path.join(place, "")
    found = set()
    try:
        for name in os.listdir(OPEN):
            try:
                path = os.readlink(f"{OPEN}/{name}")
            except OSError:
                # Closed meanwhile.
                continue
            if path.startswith(start):
                found.add(path[len(start) :])
    except OSError:
        pass
    return found


def joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
