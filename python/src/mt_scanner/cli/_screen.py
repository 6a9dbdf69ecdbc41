"""Output for a terminal: text that cannot harm it, and a progress bar."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mt_scanner import Progress
from mt_scanner.cli._help import PROGRAM

BETWEEN_UPDATES = 0.1
"""Least time between two updates of the bar in s."""
NARROW, WIDE = 68, 100
"""Columns below which a terminal shows only the files, and below which it shows files and problems.
"""
JOINER = "\u200d"
"""Holds emoji together; no other character without a shape of its own is let through."""


def shown(text: str) -> str:
    """Text from a file or a file's name, for a terminal: control characters, marks of direction and
    halves of surrogate pairs are written as escapes.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == JOINER else ascii(char)[1:-1] for char in text)


def complain(text: str) -> None:
    """Says on stderr what went wrong."""
    print(f"{PROGRAM}: {shown(text)}", file=sys.stderr)


class Fraction:
    """The part of a scan that is done, between 0 and 1. It never runs backwards, although files are
    still found while others are read.
    """

    def __init__(self) -> None:
        self.reached = 0.0

    def at(self, progress: Progress) -> float:
        self.reached = max(self.reached, progress.fraction or 0.0)
        return self.reached


def counts(progress: Progress, width: int) -> str:
    """The counts beside the bar, as many as a terminal of `width` columns has room for."""
    done = reached(progress)
    if width < NARROW:
        return done
    rest = f"{progress.problems:,} problems, {remaining(progress)}"
    if width < WIDE:
        return f"{done}, {rest}"
    return f"{done}, {progress.folders:,} folders, {progress.files_per_second:,.0f} files/s, {rest}"


def reached(progress: Progress) -> str:
    """What is done of the whole. An estimate is marked."""
    if progress.phase == "waiting":
        return "waiting for another sync"
    if progress.phase == "finishing":
        return "finishing"
    about = "~" if progress.is_estimated else ""
    if progress.total_files:
        return f"{progress.done:,}/{about}{progress.total_files:,} files"
    return f"{progress.folders:,}/{about}{progress.total_folders:,} folders"


def remaining(progress: Progress) -> str:
    """The time that is left; that since the start while it is not known."""
    left = progress.seconds_left
    return clock(progress.seconds) if left is None else f"{clock(left)} left"


def clock(seconds: float) -> str:
    """A time as `1:02:03` or `2:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@contextmanager
def bar(wanted: bool) -> Iterator[Callable[[Progress], None] | None]:
    """A progress bar on stderr, and the function that moves it; `None` if there is none."""
    if not wanted:
        yield None
        return
    # Loading it takes longer than a small scan.
    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, TextColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    # A terminal that lacks the dots of Braille would show their escapes.
    columns: list[ProgressColumn] = [SpinnerColumn("line" if console.options.ascii_only else "dots")]
    columns += [BarColumn(bar_width=10 if console.width < WIDE else 40), TextColumn("{task.description}")]
    # What is written to stdout meanwhile goes above the bar, but not if it goes elsewhere.
    with Bar(*columns, console=console, transient=True, redirect_stdout=sys.stdout.isatty()) as live:
        task = live.add_task("", total=None)
        fraction = Fraction()
        updated = 0.0

        def show(progress: Progress) -> None:
            nonlocal updated
            now = time.monotonic()
            if now - updated < BETWEEN_UPDATES:
                return
            updated = now
            total = None if progress.fraction is None else 1.0
            live.update(task, completed=fraction.at(progress), total=total, description=counts(progress, console.width))

        yield show
