"""`--events`: what happens, as JSON lines on stdout for programs. The lines are those of `mt-scan`."""

import json
import sys
import threading
import time
from argparse import Namespace
from collections import Counter
from typing import Any

from mt_scanner import Change, Library, Notice, Problem, Progress, Scanner, ScanResult, SyncReport, Track
from mt_scanner._library.watcher import Watcher
from mt_scanner._types.progress import BETWEEN_REPORTS
from mt_scanner._types.report import VERDICTS
from mt_scanner.cli._analysing import analysed, in_numbers, stopped_by_ctrl_c
from mt_scanner.cli._examining import Report, question_of, scanner_of
from mt_scanner.cli._interruption import ctrl_c
from mt_scanner.cli._library import existing
from mt_scanner.cli._options import code, syncing, walking, watching
from mt_scanner.cli._summary import flat, reached, report_of
from mt_scanner.cli._validating import verdict_code


def scan(options: Namespace) -> int:
    with Scanner(options.folders, component=options.component, **walking(options)) as scanner:
        tell_of_roots(scanner)
        # Both are called by the thread of the job, so that progress and tracks keep their order.
        job = scanner.start(progress, lambda tracks: emit(*map(track_event, tracks)))
        try:
            for event in job.events():
                if isinstance(event, Problem):
                    problem(event)
                elif isinstance(event, ScanResult):
                    scanned(event.progress, len(event.problems))
        except BaseException:
            # Ctrl-C, or nobody reads any more.
            job.cancel()
            raise
        return code(options, len(job.result().problems))


def count(options: Namespace) -> int:
    with Scanner(options.folders, component=options.component, **walking(options)) as scanner:
        tell_of_roots(scanner)
        scanner.count(on_progress=progress)
        for each in scanner.problems:
            problem(each)
        scanned(scanner.progress, len(scanner.problems))
        return code(options, len(scanner.problems))


def examine(options: Namespace) -> int:
    """The commands that look into the audio of files."""
    verdicts: Counter[str] = Counter()
    told_at = time.monotonic()
    with scanner_of(options) as scanner:
        tell_of_roots(scanner)

        def move() -> None:
            nonlocal told_at
            if time.monotonic() - told_at >= BETWEEN_REPORTS:
                told_at = time.monotonic()
                progress(scanner.progress)

        progress(Progress(is_estimated=True))
        for report in scanner._examine(question_of(options), problem, options.component, move):
            verdicts[report["verdict"]] += 1
            file(report)
        over = scanner.progress
        progress(over)
        counts = {"verdicts": {verdict: verdicts[verdict] for verdict in VERDICTS}}
        of_damage = counts if options.command == "validate" else {}
        told = {"files": over.tracks, "problems": over.problems, **of_damage, "progress": reached(over)}
        emit({"event": "report", **told})
    return verdict_code(options, verdicts, over.problems)


def index(options: Namespace) -> int:
    stop = threading.Event()
    ctrl_c.sets(stop)
    with Library(options.db, component=options.component) as library:
        report = library.sync(
            options.folders,
            stop=stop,
            on_notice=notice,
            on_progress=progress,
            on_change=change,
            **syncing(options),
        )
    for each in report.problems:
        problem(each)
    synced(report)
    return code(options, len(report.problems))


def watch(options: Namespace) -> int:
    known: set[tuple[str, str, str]] = set()
    with Library(options.db, component=options.component) as library:
        reports = library.watch(
            options.folders,
            on_notice=notice,
            on_progress=progress,
            on_change=change,
            **watching(options),
        )
        try:
            for report in reports:
                for each in report.problems:
                    if each[:3] not in known:
                        known.add(each[:3])
                        problem(each)
                synced(report)
        except KeyboardInterrupt:
            # There is no other end.
            pass
    return code(options, len(known))


def analyse(options: Namespace) -> int:
    with existing(options) as library:
        report = analysed(options, library, Watcher(progress, file, problem, stopped_by_ctrl_c()))
    emit({"event": "report", **in_numbers(report)})
    return code(options, len(report.problems))


def progress(progress: Progress) -> None:
    emit(
        {
            "event": "progress",
            "phase": progress.phase,
            "folders": progress.folders,
            "files": progress.files,
            "done": progress.done,
            "tracks": progress.tracks,
            "problems": progress.problems,
            "passed_over": progress.passed_over,
            "playlists": progress.playlists,
            "total_files": progress.total_files,
            "total_folders": progress.total_folders,
            "done_bytes": progress.done_bytes,
            "total_bytes": progress.total_bytes,
            "is_estimated": progress.is_estimated,
            "folder": progress.folder,
            "seconds": progress.seconds,
            "files_per_second": progress.files_per_second,
            "fraction": progress.fraction,
            "seconds_left": progress.seconds_left,
        }
    )


def file(report: Report) -> None:
    emit({"event": "file", **report})


def track_event(track: Track) -> dict[str, Any]:
    return {"event": "track", **track._asdict()}


def change(change: Change) -> None:
    emit({"event": "change", **flat(change)})


def problem(problem: Problem) -> None:
    emit({"event": "problem", **problem._asdict()})


def notice(notice: Notice) -> None:
    emit({"event": "notice", "notice": notice.kind, "detail": str(notice)})


def tell_of_roots(scanner: Scanner) -> None:
    """Tells what should be known of the roots."""
    for each in scanner.notices:
        notice(each)


def scanned(progress: Progress, problems: int) -> None:
    emit({"event": "report", "files": progress.files, "problems": problems, "progress": reached(progress)})


def synced(report: SyncReport) -> None:
    emit({"event": "report", **report_of(report)})


_lock = threading.Lock()


def emit(*events: dict[str, Any]) -> None:
    """Writes events, whichever thread tells of them."""
    lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
    with _lock:
        sys.stdout.write(lines)
        sys.stdout.flush()
