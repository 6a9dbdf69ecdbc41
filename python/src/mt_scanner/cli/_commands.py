"""The commands. Each takes the parsed arguments and gives the exit code."""

import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from typing import Any, TextIO

from mt_scanner import Library, Problem, Scanner, Track, benchmark_directory
from mt_scanner.cli._screen import bar, shown
from mt_scanner.cli._summary import Summary, size

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
            report = library.sync(options.folders, on_progress=show, **walking(options))
        roots = Scanner(options.folders).roots
        if options.json:
            for track in library.tracks():
                if track.root in roots:
                    line(sys.stdout, track)
            tell(report.problems)
        elif not options.quiet:
            summary = Summary()
            for track in library.tracks():
                if track.root in roots:
                    summary.add(track)
            summary.show(report.problems, report.progress)
            changes = f"{report.added:,} new, {report.modified:,} changed, {report.unchanged:,} as before"
            print(f"\n{shown(library.path)}: {changes} ({size(os.path.getsize(library.path))})")
    return code(options, len(report.problems))


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
                text = "; ".join(value) if isinstance(value, list) else str(value)
                print(f"{key.replace('_', ' '):{width}}  {shown(text)}")
        for problem in found.problems:
            print(f"\n{problem.outcome}: {shown(problem.detail)}")
        if found.tags:
            print("\ntags as in the file")
        for tag in found.tags:
            print(f"  {shown(tag.key)} = {shown(tag.value)}")
    return code(options, len(found.problems))


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
