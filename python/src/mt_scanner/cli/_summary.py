"""Tracks and problems, added up for the reports that the component puts into words."""

from collections import Counter
from heapq import nsmallest
from typing import Any

from mt_scanner import Change, Problem, Progress, SyncReport, Track

NAMED = 5
"""Problems that are named one by one."""


class Kinds:
    """Tracks by format and codec, in the order in which they come."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str | None, str | None], list[int]] = {}

    def add(self, track: Track) -> None:
        # Tracks of a cue sheet are in the file that is counted.
        if track.audio_file is not None:
            return
        sums = self._sums.setdefault((track.format, track.codec), [0, 0, 0])
        sums[0] += 1
        sums[1] += track.duration_ms or 0
        sums[2] += track.size

    def rows(self) -> list[list[Any]]:
        """As the statement `kinds` has them."""
        return [[*kind, *sums] for kind, sums in self._sums.items()]


def added_up(problems: list[Problem]) -> dict[str, Any]:
    """Problems as reports have them."""
    counts = list(Counter(problem.outcome for problem in problems).items())
    return {"counts": counts, "first": nsmallest(NAMED, problems)}


def reached(progress: Progress) -> dict[str, float]:
    """Counts and time of a scan as reports have them."""
    folders, tracks, seconds = progress.folders, progress.tracks, progress.seconds
    over = {"passed_over": progress.passed_over, "playlists": progress.playlists}
    counts = {"folders": folders, "tracks": tracks, **over}
    return {**counts, "seconds": seconds, "files_per_second": progress.files_per_second}


def changes(report: SyncReport) -> dict[str, int]:
    """The changes of a sync as reports have them."""
    return {
        "added": report.added,
        "modified": report.modified,
        "moved": report.moved,
        "restored": report.restored,
        "reread": report.reread,
        "missing": report.missing,
        "unchanged": report.unchanged,
    }


def flat(change: Change) -> dict[str, Any]:
    """A change as one object, as the library writes it."""
    kind, track, former_root, former_path, scan = change
    told = {"scan": scan, "id": track.id, "change": kind, "former_root": former_root, "former_path": former_path}
    return told | track._asdict()


def report_of(report: SyncReport) -> dict[str, Any]:
    """The report of a sync for machines."""
    told = {"problems": len(report.problems), "progress": reached(report.progress)}
    return {"scan": report.scan, **changes(report), **told}
