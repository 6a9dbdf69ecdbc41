"""The words of the command line."""

import argparse
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import get_args

from mt_scanner._engine.extensions import extension_of
from mt_scanner._types.contract import FILE_TIMEOUT, FOLLOW_LINKS, LEGACY_CHARSET, OUTPUT_TO_TERMINAL, FollowLinks

EPILOG = """\
exit codes:
  0  done
  1  done, with problems, under --strict; no picture (artwork)
  2  wrong usage
  3  could not run: a folder or the library could not be opened (the message names it)
  130 interrupted; 141 the reader of the output left
"""


class Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"mt-scanner {metadata.version('mt-scanner')}")
        parser.exit()


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parses the arguments; exits with code 2 and a message if they are wrong."""
    parser = argparse.ArgumentParser(
        prog="mt-scanner",
        description="Scans music folders inside a WebAssembly sandbox.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    scan = command(commands, "scan", "read every audio file: a summary, or with --json the tracks")
    folders(scan)
    walking(scan)

    count = command(commands, "count", "print the number of audio files")
    folders(count)
    walking(count)

    index = command(commands, "index", "bring an SQLite library up to date with what is in the folders")
    folders(index)
    library(index)
    syncing(
        index,
        mode="full looks at every file; quick trusts folders whose time of last change is as it was, and does not see "
        "files that were changed in place",
        confirm="the folders may have lost all their music; without it that is an error: a disk may not be mounted",
    )
    index.add_argument("--dry-run", action="store_true", help="leave the library as it is, and tell what would be done")
    walking(index)

    watch = command(
        commands, "watch", "keep an SQLite library up to date while the folders change, until Ctrl-C (code 0)"
    )
    folders(watch)
    library(watch)
    syncing(
        watch,
        mode="what to begin with: full looks at every file, quick only at folders whose time of last change is another "
        "one",
        confirm="the folders may have lost all their music when this begins",
    )
    watch.add_argument("--poll", action="store_true", help="look at every folder from time to time, whatever it tells")
    watch.add_argument(
        "--poll-interval",
        type=seconds,
        default=30.0,
        metavar="SECONDS",
        help="least time between two such looks in s [default: 30]",
    )
    walking(watch)

    purge = command(commands, "purge", "forget tracks whose files have been missing")
    library(purge)
    purge.add_argument(
        "--missing-for",
        type=days,
        default=0.0,
        metavar="DAYS",
        help="only those that have been missing for DAYS or longer [default: 0]",
    )

    inspect = command(commands, "inspect", "everything about one file")
    inspect.add_argument("file", metavar="FILE")
    limits(inspect)
    reading(inspect)

    artwork = command(
        commands,
        "artwork",
        "the picture of a file: the embedded front cover, another embedded picture, or one in its folder (exit code 1 "
        "if there is none); without --output it is told and not written, whatever stdout is",
    )
    artwork.add_argument("file", metavar="FILE")
    artwork.add_argument(
        "--output",
        "-o",
        metavar="PATH",
        help="write the picture to this file, or to stdout (-); with --all: every picture, into this folder; it may be "
        "anywhere, but no audio file is written over",
    )
    artwork.add_argument(
        "--all",
        action="store_true",
        help="every picture, and not only the first: embedded ones, then those in the folder",
    )
    limits(artwork)

    benchmark = command(commands, "benchmark", "print the mean time of a count in ms")
    benchmark.add_argument("folders", nargs=1, metavar="FOLDER")
    benchmark.add_argument(
        "--iterations", type=positive, default=10, metavar="N", help="how often to count [default: 10]"
    )
    options = parser.parse_args(arguments)
    if options.command == "artwork" and options.output == "-":
        if options.all:
            artwork.error("--all takes a folder as --output, and not stdout")
        if sys.stdout.isatty():
            artwork.error(OUTPUT_TO_TERMINAL)
    return options


def command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, purpose: str
) -> argparse.ArgumentParser:
    """A command, with the options that every command has."""
    parser = commands.add_parser(name, help=purpose, description=purpose[0].upper() + purpose[1:] + ".")
    parser.add_argument("--json", action="store_true", help="JSON lines: tracks on stdout, problems on stderr")
    parser.add_argument("--quiet", action="store_true", help="no progress bar and no summary")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if there was a problem")
    return parser


def library(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--db", default="library.db", metavar="FILE", help="the library [default: library.db]")


def syncing(parser: argparse.ArgumentParser, mode: str, confirm: str) -> None:
    parser.add_argument("--mode", choices=("full", "quick"), default="full", help=f"{mode} [default: full]")
    parser.add_argument("--confirm-empty", action="store_true", help=confirm)
    parser.add_argument("--verbose", "-v", action="store_true", help="name every track that was changed")


def folders(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folders",
        nargs="+",
        metavar="PATH",
        help="folders, or files: those are read wherever they lie; a folder inside another one that is named owns its "
        "files",
    )


def walking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", type=positive, metavar="N", help="the most instances of the component at a time")
    parser.add_argument(
        "--hidden",
        action="store_true",
        help="enter hidden folders, and what systems leave behind, such as recycle bins",
    )
    links = parser.add_mutually_exclusive_group()
    links.add_argument(
        "--follow-links",
        choices=get_args(FollowLinks),
        default=FOLLOW_LINKS,
        help="symbolic links to follow: once, where they lead to music that is not reached without them; all; or no "
        "[default: once]",
    )
    links.add_argument(
        "--no-follow-links", dest="follow_links", action="store_const", const="no", help="the same as --follow-links no"
    )
    parser.add_argument("--include-ignored", action="store_true", help="enter what .nomedia or .mtignore exclude")
    parser.add_argument(
        "--extension",
        dest="extensions",
        action="append",
        default=[],
        type=extension,
        metavar="EXTENSION",
        help="look for files with this extension too, .aiff for one; may be given several times; a library's later "
        "syncs need it too: without it the tracks of such files are marked missing",
    )
    limits(parser)
    reading(parser)


def limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--file-timeout",
        type=seconds,
        default=FILE_TIMEOUT,
        metavar="SECONDS",
        help=f"the most time for one file in s [default: {FILE_TIMEOUT:g}]",
    )


def reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--legacy-charset",
        default=LEGACY_CHARSET,
        metavar="NAME",
        help="what texts are in that are not UTF-8 and whose charset nothing says: off, for ISO 8859-1; auto, to judge "
        "by the texts of each file; or a name, such as windows-1251 or shift_jis [default: off]",
    )


def extension(text: str) -> str:
    try:
        return extension_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return number


def seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is no number of seconds")
    return number


def days(text: str) -> float:
    """Days as seconds."""
    number = float(text)
    if not 0 <= number < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is no number of days")
    return number * 86400
