"""Output for a terminal: text that cannot harm it, and a progress bar."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mt_scanner import Progress

BETWEEN_UPDATES = 0.1
"""Least time between two updates of the bar in s."""
JOINER = "\u200d"
"""Holds emoji together; no other character without a shape of its own is let through."""


def shown(text: str) -> str:
    """Text from a file or a file's name, for a terminal: control characters, marks of direction and
    halves of surrogate pairs are written as escapes.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == JOINER else ascii(char)[1:-1] for char in text)


@contextmanager
def bar(wanted: bool) -> Iterator[Callable[[Progress], None] | None]:
    """A progress bar on stderr, and the function that moves it; `None` if there is none."""
    if not wanted:
        yield None
        return
    # Loading it takes longer than a small scan.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    counts = (
        "files, {task.fields[folders]:,} folders, {task.fields[speed]:,.0f} files/s, {task.fields[problems]:,} problems"
    )
    columns = (SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TextColumn(counts), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as live:
        task = live.add_task("", total=None, folders=0, speed=0.0, problems=0)
        updated = 0.0

        def show(progress: Progress) -> None:
            nonlocal updated
            now = time.monotonic()
            if now - updated < BETWEEN_UPDATES:
                return
            updated = now
            live.update(
                task,
                completed=progress.tracks,
                total=progress.files,
                folders=progress.folders,
                speed=progress.files_per_second,
                problems=progress.problems,
            )

        yield show
