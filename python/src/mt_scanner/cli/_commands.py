"""The commands. Each takes the parsed arguments and gives the exit code."""

import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from itertools import groupby
from typing import Any, TextIO

from mt_scanner import (
    Change,
    Library,
    LibraryError,
    Notice,
    Picture,
    Problem,
    Progress,
    ScanError,
    Scanner,
    Track,
    benchmark_directory,
    is_audio_file,
)
from mt_scanner._engine.roots import why
from mt_scanner._engine.words import in_words
from mt_scanner._types.contract import NO_PICTURE, OUTPUT_IS_AUDIO, PASSED_OVER, PASSED_OVER_ONE, PictureItem
from mt_scanner.cli._screen import bar, shown
from mt_scanner.cli._summary import Kinds, added_up, changes, reached

PROBLEMS = 1


def scan(options: Namespace) -> int:
    kinds = Kinds()
    tell = partial(line, sys.stderr) if options.json else None
    with Scanner(options.folders, **walking(options)) as scanner, bar(wanted(options)) as show:
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
    with Scanner(options.folders, **walking(options)) as scanner:
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
            told = {"problems": added_up(scanner.problems), "passed_over": scanner.progress.passed_over}
            write(in_words("problems", **told), sys.stderr)
    return code(options, len(scanner.problems))


def index(options: Namespace) -> int:
    with Library(options.db) as library:
        lines = Lines(options)
        with bar(wanted(options)) as show:
            report = library.sync(
                options.folders,
                mode=options.mode,
                dry_run=options.dry_run,
                confirm_empty=options.confirm_empty,
                on_notice=partial(notify, options),
                on_progress=show,
                on_change=lines.take,
                **walking(options),
            )
        lines.write()
        if lines.spoken and any(report[:6]):
            print()
        problems = added_up(report.problems)
        if options.json:
            tell(report.problems)
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
    with Library(options.db) as library:
        reports = library.watch(
            options.folders,
            mode=options.mode,
            confirm_empty=options.confirm_empty,
            poll=options.poll,
            poll_interval=options.poll_interval,
            on_notice=partial(notify, options),
            on_change=lines.take,
            **walking(options),
        )
        first = True
        try:
            for report in reports:
                lines.write()
                news = [problem for problem in report.problems if problem[:3] not in known]
                known.update(problem[:3] for problem in news)
                # Said once: later batches come to the same folders again.
                progress = report.progress if first else report.progress._replace(passed_over=0)
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


def notify(options: Namespace, notice: Notice) -> None:
    if options.json:
        dump(sys.stderr, {"notice": notice.kind, "detail": str(notice)})
    else:
        print(f"mt-scanner: {shown(str(notice))}", file=sys.stderr)


class Lines:
    """The lines about changes, for machines or for people, or none."""

    MANY = 1000
    """Changes that are put into words at a time."""

    def __init__(self, options: Namespace) -> None:
        self._json = options.json
        self.spoken = options.verbose and not (options.json or options.quiet)
        """Whether people are told."""
        self.take = self._take if self._json or self.spoken else None
        """The callback of a sync, if anybody wants to know."""
        self._waiting: list[tuple[str, str, str | None]] = []

    def _take(self, change: Change) -> None:
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


def flat(change: Change) -> dict[str, Any]:
    kind, track, former_root, former_path = change
    return {"change": kind, "former_root": former_root, "former_path": former_path, **track._asdict()}


def purge(options: Namespace) -> int:
    # Not to make one just to find it empty.
    if not os.path.exists(options.db):
        raise LibraryError("there is no library", os.path.abspath(options.db))
    with Library(options.db) as library:
        purged = library.purge(options.missing_for)
    if options.json:
        print(json.dumps({"purged": purged}))
    elif not options.quiet:
        write(in_words("purge", tracks=purged))
    return 0


def inspect(options: Namespace) -> int:
    path = os.path.abspath(os.path.expanduser(options.file))
    reading = {"file_timeout": options.file_timeout, "legacy_charset": options.legacy_charset}
    found = Scanner(os.path.dirname(path), **reading).inspect(path)
    if options.json:
        dump(
            sys.stdout,
            {
                "track": found.track._asdict(),
                "problems": [problem._asdict() for problem in found.problems],
                "tags": [tag._asdict() for tag in found.tags],
                "lyrics": [lyrics._asdict() for lyrics in found.lyrics],
                "chapters": [chapter._asdict() for chapter in found.chapters],
            },
        )
    else:
        width = max(map(len, Track._fields))
        for key, value in found.track._asdict().items():
            if value is not None and value != []:
                text = "; ".join(value) if isinstance(value, list) else plain(value)
                print(f"{key.replace('_', ' '):{width}}  {shown(text)}")
        for problem in found.problems:
            print(f"\n{problem.outcome}: {shown(problem.detail)}")
        for block, tags in groupby(found.tags, lambda tag: tag.block):
            print(f"\ntags as in the file: {shown(block)}")
            for tag in tags:
                print(f"  {shown(tag.key)} = {shown(tag.value)}")
        for lyrics in found.lyrics:
            about = ", ".join(filter(None, (lyrics.form, lyrics.language, lyrics.description)))
            print(f"\nlyrics: {shown(about)}")
            words = lyrics.text.replace("\r\n", "\n").replace("\r", "\n")
            for sung in words.removesuffix("\n").split("\n"):
                print(f"  {shown(sung)}".rstrip())
        if found.chapters:
            print("\nchapters")
        for chapter in found.chapters:
            print(f"  {clock(chapter.start_ms)}  {shown(chapter.title or '')}".rstrip())
    return code(options, len(found.problems))


def clock(milliseconds: int) -> str:
    """A time as `1:02:03.450`."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def artwork(options: Namespace) -> int:
    path = os.path.abspath(os.path.expanduser(options.file))
    scanner = Scanner(os.path.dirname(path), file_timeout=options.file_timeout)
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
        print(f"mt-scanner: {shown(path)}: {NO_PICTURE}", file=sys.stderr)
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
    "artwork": artwork,
    "benchmark": benchmark,
}


def walking(options: Namespace) -> dict[str, Any]:
    """The options of a `Scanner`."""
    return {
        "workers": options.workers,
        "hidden_folders": options.hidden,
        "follow_links": options.follow_links,
        "ignored_folders": options.include_ignored,
        "file_timeout": options.file_timeout,
        "legacy_charset": options.legacy_charset,
        "extensions": options.extensions,
    }


def wanted(options: Namespace) -> bool:
    """Whether to show a progress bar."""
    return not (options.quiet or options.json) and sys.stderr.isatty()


def code(options: Namespace, problems: int) -> int:
    return PROBLEMS if options.strict and problems else 0


def tell(problems: list[Problem]) -> None:
    for problem in problems:
        line(sys.stderr, problem)


def tell_passed_over(progress: Progress) -> None:
    """Writes the notice of files that were passed over, if there are some."""
    files = progress.passed_over
    if files:
        detail = PASSED_OVER_ONE if files == 1 else PASSED_OVER.format(files=f"{files:,}")
        dump(sys.stderr, {"notice": "passed-over", "detail": detail, "files": files})


def line(stream: TextIO, row: Track | Problem) -> None:
    dump(stream, row._asdict())


def write(text: str, stream: TextIO | None = None) -> None:
    (stream or sys.stdout).write(text)


def dump(stream: TextIO, value: dict[str, Any]) -> None:
    stream.write(json.dumps(value, ensure_ascii=False) + "\n")
