"""The summary of a scan, for people."""

import sys
from collections import Counter
from typing import TextIO

from mt_scanner import Problem, Progress, Track
from mt_scanner.cli._screen import shown

NAMED = 5
"""Problems that are named one by one."""


class Summary:
    """Adds up tracks."""

    def __init__(self) -> None:
        self._tracks: Counter[str] = Counter()
        self._milliseconds: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()

    def add(self, track: Track) -> None:
        kind = track.format or "unknown"
        if track.codec and track.codec != track.format:
            kind += f" ({track.codec})"
        self._tracks[kind] += 1
        self._milliseconds[kind] += track.duration_ms or 0
        self._bytes[kind] += track.size

    def show(self, problems: list[Problem], progress: Progress) -> None:
        total, time = self._tracks.total(), length(self._milliseconds.total())
        print(f"{number(total, 'track')}, {time}, {size(self._bytes.total())}")
        took = f"{progress.seconds:.1f} s, {progress.files_per_second:,.0f} files/s"
        print(f"{number(progress.folders, 'folder')} in {took}")
        if total:
            rows = [
                (kind, f"{tracks:,}", length(self._milliseconds[kind]), size(self._bytes[kind]))
                for kind, tracks in self._tracks.most_common()
            ]
            table([("format", "tracks", "length", "size"), *rows])
        self.show_problems(problems, sys.stdout)

    @staticmethod
    def show_problems(problems: list[Problem], stream: TextIO) -> None:
        if not problems:
            return
        counts = ", ".join(
            f"{count:,} {outcome}" for outcome, count in Counter(p.outcome for p in problems).most_common()
        )
        print(f"\n{number(len(problems), 'problem')}: {counts}", file=stream)
        for problem in sorted(problems)[:NAMED]:
            print(f"  {shown(problem.path) or '.'}: {problem.outcome}: {shown(problem.detail)}", file=stream)
        if len(problems) > NAMED:
            print(f"  and {len(problems) - NAMED:,} more; --json names them all", file=stream)


def table(rows: list[tuple[str, ...]]) -> None:
    """Columns, the first to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    print()
    for first, *others in rows:
        cells = [f"{first:{widths[0]}}", *(f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True))]
        print("  " + "   ".join(cells).rstrip())


def number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def length(milliseconds: int) -> str:
    seconds = milliseconds / 1000
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:,.1f} hours"


def size(count: int) -> str:
    amount = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"
