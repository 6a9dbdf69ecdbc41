"""The commands `analyse` and `duplicates`: what a library knows of its audio."""

import sys
import threading
from argparse import Namespace
from functools import partial
from typing import Any

from mt_scanner import AnalysisReport, Library, Problem
from mt_scanner._engine.question import Question
from mt_scanner._engine.words import in_words
from mt_scanner._library.audio import Looking, kinds_of
from mt_scanner._library.control import Control
from mt_scanner._library.watcher import Watcher
from mt_scanner._types.report import VERDICTS
from mt_scanner.cli._audio import PARTS
from mt_scanner.cli._interruption import ctrl_c
from mt_scanner.cli._library import existing
from mt_scanner.cli._options import code
from mt_scanner.cli._output import dump, line, wanted, write
from mt_scanner.cli._screen import bar
from mt_scanner.cli._summary import added_up, reached


def analyse(options: Namespace) -> int:
    with existing(options) as library, bar(wanted(options)) as show:
        tell = partial(line, sys.stderr) if options.json else None
        report = analysed(options, library, Watcher(show, None, tell, stopped_by_ctrl_c()))
    if options.json:
        dump(sys.stdout, {"report": in_numbers(report)})
    elif not options.quiet:
        told = {"analysed": report.analysed, "seconds": report.progress.seconds, "library": known(report)}
        write(in_words("analysis", **told, problems=added_up(report.problems)))
    return code(options, len(report.problems))


def analysed(options: Namespace, library: Library, watcher: Watcher) -> AnalysisReport:
    """Analyses a library as the command line says."""
    return library._analyse(options.folders or None, question_of(options), options.seconds, watcher, looking(options))


def question_of(options: Namespace) -> Question:
    """What is asked of each file."""
    parts = options.only or PARTS
    return Question(
        options.depth if "damage" in parts else None, "hashes" in parts, "loudness" in parts, "fingerprints" in parts
    )


def in_numbers(report: AnalysisReport) -> dict[str, Any]:
    """The report of an analysis for machines."""
    done = {"analysed": report.analysed, "albums": report.albums, "problems": len(report.problems)}
    return {**done, **known(report), "progress": reached(report.progress)}


def known(report: AnalysisReport) -> dict[str, int]:
    """What is known of the library's files."""
    return {name: getattr(report, name) for name in (*VERDICTS, "unreported", "left")}


def duplicates(options: Namespace) -> int:
    problems: list[Problem] = []

    def tell(problem: Problem) -> None:
        problems.append(problem)
        if options.json:
            line(sys.stderr, problem)

    with existing(options) as library, bar(wanted(options)) as show:
        watcher = Watcher(show, None, tell, stopped_by_ctrl_c())
        found, unfingerprinted = library._duplicates(
            options.folders or None, not options.no_hashing, watcher, looking(options)
        )
    wanted_kinds = set(kinds_of(options.kinds))
    groups = [group for group in found if group["kind"] in wanted_kinds]
    if options.json:
        for group in groups:
            dump(sys.stdout, group)
    else:
        write(in_words("duplicates", groups=groups, unfingerprinted=unfingerprinted))
        if not options.quiet:
            write(in_words("problems", problems=added_up(problems)))
    return code(options, len(problems))


def looking(options: Namespace) -> Looking:
    """How to look into files."""
    return Looking(
        workers=options.workers,
        file_timeout=options.file_timeout,
        memory_limit=options.memory_limit,
        analyser=options.component,
    )


def stopped_by_ctrl_c() -> Control:
    """A control that the first Ctrl-C stops."""
    stop = threading.Event()
    ctrl_c.sets(stop)
    return Control(stop)
