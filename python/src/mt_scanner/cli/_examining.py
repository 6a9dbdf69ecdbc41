"""The commands that look into the audio of files: `hash`, `loudness`, `fingerprint`, and what they
have in common with `validate`.
"""

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from typing import Any, TextIO

from mt_scanner import Scanner
from mt_scanner._engine.question import Question
from mt_scanner._engine.roots import native_path
from mt_scanner._engine.words import in_words
from mt_scanner.cli._options import code, going, limits
from mt_scanner.cli._output import dump, line, notify, tell_passed_over, wanted, write
from mt_scanner.cli._screen import bar, shown
from mt_scanner.cli._summary import added_up

NO_HASH = 64 * "-"
"""The hash of what has no audio."""
NO_FINGERPRINT = "-"
"""The fingerprint of what has none."""
Report = dict[str, Any]
"""A report as the component gives it, with its root."""


def hashes(options: Namespace) -> int:
    key = "file_hash" if options.file else "payload_hash"
    return listed(options, lambda report: report[key] or NO_HASH)


def fingerprints(options: Namespace) -> int:
    return listed(options, lambda report: report["fingerprint"] or NO_FINGERPRINT)


def listed(options: Namespace, value: Callable[[Report], str]) -> int:
    """Writes a line with the value and the path of each file."""
    scanner = examined(options, lambda report: f"{value(report)}  {path_of(report)}")
    tell_people(options, scanner, sys.stderr)
    return code(options, scanner.progress.problems)


def question_of(options: Namespace) -> Question:
    """What a command asks of each file."""
    asked = {
        "validate": lambda: Question(options.depth),
        "hash": lambda: Question(hashes=True),
        "loudness": lambda: Question(loudness=True),
        "fingerprint": lambda: Question(fingerprint=True),
    }
    return asked[options.command]()


def scanner_of(options: Namespace) -> Scanner:
    """The scanner that finds the files."""
    return Scanner(options.folders, workers=options.workers, **going(options), **limits(options))


def examined(options: Namespace, in_a_line: Callable[[Report], str]) -> Scanner:
    """Looks into every file. With `--json` the reports are lines of stdout; otherwise those that
    `in_a_line` makes of them, which is asked in any case. The scanner knows the problems and the
    progress then.
    """
    tell = partial(line, sys.stderr) if options.json else None
    with scanner_of(options) as scanner, bar(wanted(options)) as show:
        for notice in scanner.notices:
            notify(options, notice)
        move = None if show is None else lambda: show(scanner.progress)
        for report in scanner._examine(question_of(options), tell, options.component, move):
            said = in_a_line(report)
            if options.json:
                dump(sys.stdout, report)
            elif said:
                print(said)
    if options.json:
        tell_passed_over(scanner.progress)
    return scanner


def tell_people(options: Namespace, scanner: Scanner, stream: TextIO | None = None) -> None:
    """Tells people of problems and of what was passed over."""
    if not options.json and not options.quiet:
        progress = scanner.progress
        over = {"passed_over": progress.passed_over, "playlists": progress.playlists}
        write(in_words("problems", problems=added_up(scanner.problems), **over), stream)


def file_of(report: Report) -> str:
    """The file of a report."""
    return os.path.join(report["root"], native_path("", report["path"]))


def path_of(report: Report) -> str:
    """The file of a report, for a terminal."""
    return shown(file_of(report))
