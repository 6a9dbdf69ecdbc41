"""The commands. Each takes the parsed arguments and gives the exit code."""

import json
import os
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import Any

from mt_scanner import (
    Change,
    EscapesRoot,
    FileFailed,
    Inspection,
    Library,
    Picture,
    Problem,
    Progress,
    RootNotAFolder,
    RootNotFound,
    ScanError,
    Scanner,
    TrackNotFound,
    is_audio_file,
)
from mt_scanner._engine.archived import folder_of
from mt_scanner._engine.roots import why
from mt_scanner._engine.words import in_words
from mt_scanner._types.contract import (
    FILE_NOT_FOUND,
    NO_PICTURE,
    OUTPUT_IS_AUDIO,
    PictureItem,
)
from mt_scanner.cli import _arguments, _manual, _shell
from mt_scanner.cli._analysing import analyse, duplicates
from mt_scanner.cli._examining import fingerprints, hashes
from mt_scanner.cli._interruption import ctrl_c
from mt_scanner.cli._library import existing
from mt_scanner.cli._loudness import loudness
from mt_scanner.cli._options import PROBLEMS, code, limits, reading, syncing, walking, watching
from mt_scanner.cli._output import dump, line, notify, tell, tell_passed_over, wanted, write
from mt_scanner.cli._screen import bar, complain
from mt_scanner.cli._summary import Kinds, added_up, changes, flat, reached
from mt_scanner.cli._validating import validate

COULD_NOT_RUN = 3


def scan(options: Namespace) -> int:
    kinds = Kinds()
    tell = partial(line, sys.stderr) if options.json else None
    with (
        Scanner(options.folders, component=options.component, **walking(options)) as scanner,
        bar(wanted(options)) as show,
    ):
        for notice in scanner.notices:
            notify(options, notice)
        for track in scanner.scan(tell):
            if options.json:
                line(sys.stdout, track)
            else:
                kinds.add(track)
            if show is not None:
                show(scanner.progress)
    progress = scanner.progress
    if not options.json and not options.quiet:
        problems = added_up(scanner.problems)
        write(in_words("scan", kinds=kinds.rows(), problems=problems, progress=reached(progress)))
    elif options.json:
        tell_passed_over(progress)
    return code(options, progress.problems)


def count(options: Namespace) -> int:
    with Scanner(options.folders, component=options.component, **walking(options)) as scanner:
        for notice in scanner.notices:
            notify(options, notice)
        files = scanner.count()
    if options.json:
        print(json.dumps({"files": files}))
        tell(scanner.problems)
        tell_passed_over(scanner.progress)
    else:
        print(files)
        if not options.quiet:
            over = {"passed_over": scanner.progress.passed_over, "playlists": scanner.progress.playlists}
            write(in_words("problems", problems=added_up(scanner.problems), **over), sys.stderr)
    return code(options, len(scanner.problems))


def index(options: Namespace) -> int:
    stop = threading.Event()
    ctrl_c.sets(stop)
    with Library(options.db, component=options.component) as library:
        lines = Lines(options)
        with bar(wanted(options)) as show:
            report = library.sync(
                options.folders,
                stop=stop,
                on_notice=partial(notify, options),
                on_progress=show,
                on_change=lines.take,
                **syncing(options),
            )
        lines.write()
        if lines.spoken and any(report[:6]):
            print()
        problems = added_up(report.problems)
        if options.json:
            tell(report.problems)
            told = {
                "scan": report.scan,
                **changes(report),
                "problems": len(report.problems),
                "progress": reached(report.progress),
            }
            dump(sys.stdout, {"report": told})
            tell_passed_over(report.progress)
        elif options.dry_run and not options.quiet:
            write(in_words("rehearsal", problems=problems, changes=changes(report)))
        elif not options.quiet:
            kinds, size = library._summary()
            told = {"problems": problems, "progress": reached(report.progress), "changes": changes(report)}
            write(in_words("index", kinds=kinds, path=library.path, size=size, **told))
    return code(options, len(report.problems))


def watch(options: Namespace) -> int:
    known: set[tuple[str, str, str]] = set()
    lines = Lines(options)
    shows: list[Callable[[Progress], None] | None] = [None]
    with Library(options.db, component=options.component) as library:
        reports = library.watch(
            options.folders,
            on_notice=partial(notify, options),
            on_progress=lambda progress: None if shows[0] is None else shows[0](progress),
            on_change=lines.take,
            **watching(options),
        )
        first = True
        try:
            # The first sync may take long; the others are not shown.
            with bar(wanted(options)) as shows[0]:
                begun = next(reports, None)
            shows[0] = None
            for report in chain(filter(None, [begun]), reports):
                lines.write()
                news = [problem for problem in report.problems if problem[:3] not in known]
                known.update(problem[:3] for problem in news)
                # Said once: later batches come to the same folders again.
                progress = report.progress if first else report.progress._replace(passed_over=0, playlists=0)
                if options.json:
                    tell(news)
                    tell_passed_over(progress)
                elif not options.quiet and (first or news or any(report[:6])):
                    told = {"problems": added_up(news), "progress": reached(progress)}
                    write(in_words("batch", changes=changes(report), **told))
                sys.stdout.flush()
                first = False
        except KeyboardInterrupt:
            # There is no other end.
            pass
    return code(options, len(known))


class Lines:
    """The lines about changes, for machines or for people, or none."""

    MANY = 1000
    """Changes that are put into words at a time."""

    def __init__(self, options: Namespace, *, always: bool = False) -> None:
        self._json = options.json
        self.spoken = (always or options.verbose) and not (options.json or options.quiet)
        """Whether people are told."""
        self.take = self.tell if self._json or self.spoken else None
        """The callback of a sync, if anybody wants to know."""
        self._waiting: list[tuple[str, str, str | None]] = []

    def tell(self, change: Change) -> None:
        """Takes a change."""
        if self._json:
            dump(sys.stdout, flat(change))
            return
        self._waiting.append((change.change, change.track.path, change.former_path))
        if len(self._waiting) >= self.MANY:
            self.write()

    def write(self) -> None:
        """Writes the lines that wait."""
        if self._waiting:
            write(in_words("changes", changes=self._waiting))
            self._waiting.clear()


def history(options: Namespace) -> int:
    lines = Lines(options, always=True)
    with existing(options) as library:
        for change in library.changes(options.since):
            lines.tell(change)
    lines.write()
    return 0


def purge(options: Namespace) -> int:
    with existing(options) as library:
        purged = library.purge(options.missing_for)
    if options.json:
        print(json.dumps({"purged": purged}))
    elif not options.quiet:
        write(in_words("purge", tracks=purged))
    return 0


def inspect(options: Namespace) -> int:
    paths = [os.path.abspath(os.path.expanduser(file)) for file in options.files]
    # One scanner, whatever folders they are in: another component is compiled once.
    how = {"component": options.component, **reading(options), **limits(options)}
    scanner = Scanner([folder_of(path) for path in paths], **how)
    problems, failed, shown = 0, False, False
    for path in paths:
        try:
            found = whole(inspected(scanner, path))
        except ScanError as error:
            failed = True
            sys.stdout.flush()
            complain(str(error))
            continue
        problems += len(found["problems"])
        if options.json:
            dump(sys.stdout, found)
        else:
            write("\n" * shown + in_words("inspect", files=[found]))
            shown = True
    return COULD_NOT_RUN if failed else code(options, problems)


def inspected(scanner: Scanner, path: str) -> Inspection:
    """All that is known of a file. An error names it as it can be found."""
    try:
        return scanner.inspect(path)
    except (RootNotFound, RootNotAFolder, TrackNotFound) as error:
        # Its folder, or the file in it.
        raise TrackNotFound(FILE_NOT_FOUND, path) from error
    except (EscapesRoot, FileFailed) as error:
        raise type(error)(error.reason, path) from error


def whole(found: Inspection) -> dict[str, Any]:
    """What was found of a file, as the contract has it."""
    lists = {name: [item._asdict() for item in getattr(found, name)] for name in Inspection._fields[1:]}
    return {"track": found.track._asdict(), **lists}


def artwork(options: Namespace) -> int:
    path = os.path.abspath(os.path.expanduser(options.file))
    scanner = Scanner(folder_of(path), component=options.component, **limits(options))
    problems: list[Problem] = []
    if options.output is None:
        found = scanner._session.artwork(path, every=options.all, data=False)
        items = found["pictures"]
        problems = [Problem(**problem) for problem in found["problems"]]
    else:
        if options.output != "-" and not options.all:
            refuse(path, options.output)
        if options.all:
            pictures = scanner.pictures(path, problems.append)
        else:
            picture = scanner.artwork(path, problems.append)
            pictures = [] if picture is None else [picture]
        save(pictures, options.output, options.all)
        items = [item_of(picture) for picture in pictures]
    if options.json:
        tell(problems)
    elif not options.quiet:
        write(in_words("problems", problems=added_up(problems)), sys.stderr)
    if not items:
        complain(f"{path}: {NO_PICTURE}")
        return PROBLEMS
    # With `-` the picture itself went where these lines go.
    if options.output != "-" and options.json:
        for item in items:
            dump(sys.stdout, item)
    elif options.output != "-" and not options.quiet:
        write(in_words("artwork", pictures=items))
    return code(options, len(problems))


def refuse(file: str, output: str) -> None:
    """Raises if a picture may not be written there."""
    if os.path.exists(output) and (is_audio_file(output) or os.path.samefile(output, file)):
        raise ScanError(OUTPUT_IS_AUDIO, output)


def save(pictures: list[Picture], output: str, every: bool) -> None:
    """Writes a picture to a file or to stdout, or all of them into a folder."""
    if output == "-":
        sys.stdout.flush()
        for picture in pictures:
            sys.stdout.buffer.write(picture.data)
        return
    path = output
    try:
        if every and pictures:
            os.makedirs(output, exist_ok=True)
        for number, picture in enumerate(pictures, 1):
            if every:
                path = os.path.join(output, f"{number:02}-{picture.kind}{picture.extension}")
            with open(path, "wb") as out:
                out.write(picture.data)
    except OSError as error:
        raise ScanError(why(error), path) from error


def item_of(picture: Picture) -> dict[str, Any]:
    """A picture without its bytes, as the contract has it."""
    values = picture._asdict() | {"bytes": len(picture.data)}
    return {name: values[name] for name in PictureItem._fields}


def benchmark(options: Namespace) -> int:
    with Scanner(options.folders, component=options.component, **walking(options)) as scanner:
        started = time.perf_counter()
        for _ in range(options.iterations):
            scanner.count()
        milliseconds = (time.perf_counter() - started) * 1000 / options.iterations
    told = {"milliseconds": milliseconds, "iterations": options.iterations}
    if options.events:
        print(json.dumps({"event": "report", **told}))
    elif options.json:
        print(json.dumps(told))
    else:
        print(f"{milliseconds:.3f}")
    return 0


def completions(options: Namespace) -> int:
    write(_shell.script(_arguments.the_parser(), options.shell))
    return 0


def man(options: Namespace) -> int:
    write(_manual.page(_arguments.the_parser(), options.about))
    return 0


def command(options: Namespace) -> Callable[[Namespace], int]:
    """What does the work of a command."""
    if getattr(options, "events", False) and options.command in TOLD:
        from mt_scanner.cli import _events

        told: Callable[[Namespace], int] = getattr(_events, TOLD[options.command])
        return told
    return COMMANDS[options.command]


TOLD = {
    "scan": "scan",
    "count": "count",
    "index": "index",
    "watch": "watch",
    "validate": "examine",
    "hash": "examine",
    "loudness": "examine",
    "fingerprint": "examine",
    "analyse": "analyse",
}
"""Commands that tell of events, and what does so."""
COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "scan": scan,
    "count": count,
    "index": index,
    "watch": watch,
    "purge": purge,
    "changes": history,
    "inspect": inspect,
    "artwork": artwork,
    "validate": validate,
    "hash": hashes,
    "loudness": loudness,
    "fingerprint": fingerprints,
    "analyse": analyse,
    "duplicates": duplicates,
    "benchmark": benchmark,
    "completions": completions,
    "man": man,
}
