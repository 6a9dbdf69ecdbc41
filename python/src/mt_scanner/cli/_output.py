"""What commands write, and where."""

import json
import sys
from argparse import Namespace
from typing import Any, TextIO

from mt_scanner import Notice, Problem, Progress, Track
from mt_scanner._types.contract import (
    AND_PLAYLIST,
    AND_PLAYLISTS,
    PASSED_OVER,
    PASSED_OVER_ONE,
    PLAYLIST_PASSED_OVER,
    PLAYLISTS_PASSED_OVER,
)
from mt_scanner.cli._screen import complain


def notify(options: Namespace, notice: Notice) -> None:
    if options.json:
        dump(sys.stderr, {"notice": notice.kind, "detail": str(notice)})
    else:
        complain(str(notice))


def wanted(options: Namespace) -> bool:
    """Whether to show a progress bar."""
    return not (options.quiet or options.json) and sys.stderr.isatty()


def tell(problems: list[Problem]) -> None:
    for problem in problems:
        line(sys.stderr, problem)


def tell_passed_over(progress: Progress) -> None:
    """Writes the notice of files that were passed over, if there are some."""
    files, playlists = progress.passed_over, progress.playlists
    detail = ""
    if files:
        detail = PASSED_OVER_ONE if files == 1 else PASSED_OVER.format(files=f"{files:,}")
    if playlists:
        one, many = (AND_PLAYLIST, AND_PLAYLISTS) if files else (PLAYLIST_PASSED_OVER, PLAYLISTS_PASSED_OVER)
        detail += one if playlists == 1 else many.format(playlists=f"{playlists:,}")
    if detail:
        dump(sys.stderr, {"notice": "passed-over", "detail": detail, "files": files, "playlists": playlists})


def line(stream: TextIO, row: Track | Problem) -> None:
    dump(stream, row._asdict())


def write(text: str, stream: TextIO | None = None) -> None:
    (stream or sys.stdout).write(text)


def dump(stream: TextIO, value: dict[str, Any]) -> None:
    stream.write(json.dumps(value, ensure_ascii=False) + "\n")
