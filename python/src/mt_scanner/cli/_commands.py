"""The commands. Each takes the parsed arguments and gives the exit code."""

import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from typing import Any, TextIO

from mt_scanner import (
    Change,
    Library,
    LibraryError,
    Notice,
    Problem,
    Scanner,
    SyncReport,
    Track,
    benchmark_directory,
)
from mt_scanner.cli._screen import bar, shown
from mt_scanner.cli._summary import Summary, number, size

PROBLEMS = 1


def scan(options: Namespace) -> int:
    summary = Summary()
    tell = partial(line, sys.stderr) if options.json else None
    with Scanner(options.folders, **walking(options)) as scanner, bar(wanted(options)) as show:
        for track in scanner.scan(tell):
            if options.json:
                line(sys.stdout, track)
            else:
                summary.add(track)
            if show is not None:
                show(scanner.progress)
    progress = scanner.progress
    if not options.json and not options.quiet:
        summary.show(scanner.problems, progress)
    return code(options, progress.problems)


def count(options: Namespace) -> int:
    with Scanner(options.folders, **walking(options)) as scanner:
        files = scanner.count()
    if options.json:
        print(json.dumps({"files": files}))
        tell(scanner.problems)
    else:
        print(files)
        if not options.quiet:
            Summary.show_problems(scanner.problems, sys.stderr)
    return code(options, len(scanner.problems))


def index(options: Namespace) -> int:
    with Library(options.db) as library:
        with bar(wanted(options)) as show:
            report = library.sync(
                options.folders,
                mode=options.mode,
                dry_run=options.dry_run,
                confirm_empty=options.confirm_empty,
                on_progress=show,
                on_change=told(options),
                **walking(options),
            )
        if options.verbose and not (options.json or options.quiet) and any(report[:5]):
            print()
        if options.json:
            tell(report.problems)
        elif options.dry_run and not options.quiet:
            Summary.show_problems(report.problems, sys.stdout)
            print(f"nothing was written; a sync would find: {counts(report)}")
        elif not options.quiet:
            roots = Scanner(options.folders).roots
            summary = Summary()
            for track in library.tracks():
                if track.root in roots:
                    summary.add(track)
            summary.show(report.problems, report.progress)
            print(f"\n{shown(library.path)}: {counts(report)} ({size(library._open().size())})")
    return code(options, len(report.problems))


def watch(options: Namespace) -> int:
    known: set[tuple[str, str, str]] = set()
    with Library(options.db) as library:
        reports = library.watch(
            options.folders,
            mode=options.mode,
            confirm_empty=options.confirm_empty,
            poll=options.poll,
            poll_interval=options.poll_interval,
            on_notice=partial(notify, options),
            on_change=told(options),
            **walking(options),
        )
        first = True
        try:
            for report in reports:
                news = [problem for problem in report.problems if problem[:3] not in known]
                known.update(problem[:3] for problem in news)
                if options.json:
                    tell(news)
                elif not options.quiet and (first or news or any(report[:5])):
                    Summary.show_problems(news, sys.stdout)
                    progress = report.progress
                    print(f"{counts(report)} ({number(progress.tracks, 'file')} read, {progress.seconds:.2f} s)")
                sys.stdout.flush()
                first = False
        except KeyboardInterrupt:
            # There is no other end.
            pass
    return code(options, len(known))


def notify(options: Namespace, notice: Notice) -> None:
    if options.json:
        dump(sys.stderr, {"notice": notice.kind, "detail": str(notice)})
    else:
        print(f"mt-scanner: {shown(str(notice))}", file=sys.stderr)


def told(options: Namespace) -> Callable[[Change], None] | None:
    """The function that prints a change, for machines or for people; `None` to print none."""
    if options.json:
        return lambda change: dump(sys.stdout, flat(change))
    return (lambda change: print(sentence(change))) if options.verbose and not options.quiet else None


def flat(change: Change) -> dict[str, Any]:
    kind, track, former_root, former_path = change
    return {"change": kind, "former_root": former_root, "former_path": former_path, **track._asdict()}


def sentence(change: Change) -> str:
    path = shown(change.track.path)
    if change.change == "moved" and change.former_path is not None:
        return f"moved     {shown(change.former_path)} -> {path}"
    return f"{change.change:8}  {path}"


def counts(report: SyncReport) -> str:
    """The counts of a report, in the words of the summary."""
    several = [
        (report.added, "new"),
        (report.modified, "changed"),
        (report.moved, "moved"),
        (report.restored, "back again"),
        (report.missing, "missing"),
        (report.unchanged, "as before"),
    ]
    always = ("new", "changed", "as before")
    return ", ".join(f"{count:,} {what}" for count, what in several if count or what in always)


def purge(options: Namespace) -> int:
    # Not to make one just to find it empty.
    if not os.path.exists(options.db):
        raise LibraryError("there is no library", os.path.abspath(options.db))
    with Library(options.db) as library:
        purged = library.purge(options.missing_for)
    if options.json:
        print(json.dumps({"purged": purged}))
    elif not options.quiet:
        print(f"{number(purged, 'track')} forgotten")
    return 0


def inspect(options: Namespace) -> int:
    path = os.path.abspath(os.path.expanduser(options.file))
    found = Scanner(os.path.dirname(path)).inspect(path)
    if options.json:
        tags = [tag._asdict() for tag in found.tags]
        problems = [problem._asdict() for problem in found.problems]
        dump(sys.stdout, {"track": found.track._asdict(), "problems": problems, "tags": tags})
    else:
        width = max(map(len, Track._fields))
        for key, value in found.track._asdict().items():
            if value is not None and value != []:
                text = "; ".join(value) if isinstance(value, list) else plain(value)
                print(f"{key.replace('_', ' '):{width}}  {shown(text)}")
        for problem in found.problems:
            print(f"\n{problem.outcome}: {shown(problem.detail)}")
        if found.tags:
            print("\ntags as in the file")
        for tag in found.tags:
            print(f"  {shown(tag.key)} = {shown(tag.value)}")
    return code(options, len(found.problems))


def plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def benchmark(options: Namespace) -> int:
    milliseconds = benchmark_directory(options.folders[0], options.iterations)
    if options.json:
        print(json.dumps({"milliseconds": milliseconds, "iterations": options.iterations}))
    else:
        print(f"{milliseconds:.3f}")
    return 0


COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "scan": scan,
    "count": count,
    "index": index,
    "watch": watch,
    "purge": purge,
    "inspect": inspect,
    "benchmark": benchmark,
}


def walking(options: Namespace) -> dict[str, Any]:
    """The options of a `Scanner`."""
    return {
        "workers": options.workers,
        "hidden_folders": options.hidden,
        "follow_links": not options.no_follow_links,
        "ignored_folders": options.include_ignored,
    }


def wanted(options: Namespace) -> bool:
    """Whether to show a progress bar."""
    return not (options.quiet or options.json) and sys.stderr.isatty()


def code(options: Namespace, problems: int) -> int:
    return PROBLEMS if options.strict and problems else 0


def tell(problems: list[Problem]) -> None:
    for problem in problems:
        line(sys.stderr, problem)


def line(stream: TextIO, row: Track | Problem) -> None:
    dump(stream, row._asdict())


def dump(stream: TextIO, value: dict[str, Any]) -> None:
    stream.write(json.dumps(value, ensure_ascii=False) + "\n")
