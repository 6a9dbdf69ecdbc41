"""The words of the command line. They are those of `mt-scan`: a test compares the two."""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mt_scanner._types.contract import OUTPUT_TO_TERMINAL
from mt_scanner.cli import _audio, _help
from mt_scanner.cli._groups import bare, command, days, folders, library, limits, positive, reading, seconds, syncing
from mt_scanner.cli._parser import Parser

if TYPE_CHECKING:
    from mt_scanner.cli._groups import Commands

SHELLS = ("bash", "fish", "powershell", "tcsh", "zsh")


class Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib import metadata

        print(f"{_help.PROGRAM} {metadata.version('mt-scanner')}")
        parser.exit()


class Help(argparse.Action):
    """Shows the help of the command that it is given, or of all."""

    def __init__(self, *, parser: Parser, **options: Any) -> None:
        super().__init__(**options)
        self.parser = parser

    def __call__(self, parser: argparse.ArgumentParser, _: object, value: object, *__: object) -> None:
        self.parser.parsed(["--help"] if value is None else [str(value), "--help"])


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parses the arguments; exits with code 2 and a message if they are wrong."""
    parser = the_parser()
    options = parser.parsed(arguments)
    if getattr(options, "events", False) and (options.json or options.quiet):
        parser.asked(options).error("--events cannot be used with --json or --quiet")
    if options.command == "artwork" and options.output == "-":
        artwork = parser.asked(options)
        if options.all:
            artwork.error("--all takes a folder as --output, and not stdout")
        if sys.stdout.isatty():
            artwork.error(OUTPUT_TO_TERMINAL)
    return options


def the_parser() -> Parser:
    """The parser of the whole command line."""
    parser = Parser(
        prog=_help.PROGRAM,
        description="Scans music folders inside a WebAssembly sandbox.",
        epilog=_help.behind(None),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", "-V", action=Version, nargs=0, help="Print version")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    scanning(commands)
    keeping(commands)
    showing(commands)
    _audio.looking(commands)
    _audio.keeping(commands)
    about_itself(commands, parser)
    return parser


def scanning(commands: "Commands") -> None:
    """Commands that look at folders and keep nothing."""
    scan = command(commands, "scan", "Read every audio file: a summary, or with --json the tracks")
    folders(scan)

    count = command(commands, "count", "Print the number of audio files")
    folders(count)

    benchmark = command(commands, "benchmark", "Print the mean time of a count in ms")
    folders(benchmark)
    benchmark.add_argument(
        "--iterations", type=positive, default=10, metavar="N", help="How often to count [default: %(default)s]"
    )


def keeping(commands: "Commands") -> None:
    """Commands that keep a library."""
    index = command(commands, "index", "Bring an SQLite library up to date with what is in the folders")
    folders(index)
    library(index)
    syncing(
        index,
        mode="full looks at every file; quick trusts folders whose time of last change is as it was, and does not see "
        "files that were changed in place",
        confirm="The folders may have lost all their music. Without it that is an error: a disk may not be mounted",
    )
    index.add_argument("--dry-run", action="store_true", help="Leave the library as it is, and tell what would be done")

    watch = command(
        commands,
        "watch",
        "Keep an SQLite library up to date while the folders change, until Ctrl-C (exit code 0)",
        "A batch of changes is one sync. Folders that tell of no changes, on a network for one, are looked at from "
        "time to time.",
    )
    folders(watch)
    library(watch)
    syncing(
        watch,
        mode="What to begin with: full looks at every file, quick only at folders whose time of last change is another "
        "one",
        confirm="The folders may have lost all their music when this begins",
    )
    watch.add_argument("--poll", action="store_true", help="Look at every folder from time to time, whatever it tells")
    watch.add_argument(
        "--poll-interval",
        type=seconds,
        default=30.0,
        metavar="SECONDS",
        help="Least time between two such looks in s [default: 30]",
    )

    purge = command(commands, "purge", "Forget tracks whose files have been missing")
    library(purge)
    purge.add_argument(
        "--missing-for",
        type=days,
        default=0.0,
        metavar="DAYS",
        help="Only tracks that have been missing for this many days or longer [default: 0]",
    )

    changes = command(commands, "changes", "Print what syncs have changed, of the last 100 that have changed something")
    library(changes)
    changes.add_argument(
        "--since",
        type=int,
        metavar="SCAN",
        help="Only what was changed after the sync with this number: the scan of an earlier change or report",
    )


def showing(commands: "Commands") -> None:
    """Commands about what is in files."""
    inspect = command(commands, "inspect", "Everything about files")
    inspect.add_argument("files", nargs="+", metavar="FILE")
    limits(inspect)
    reading(inspect)

    artwork = command(
        commands,
        "artwork",
        "The picture of a file: the embedded front cover, another embedded picture, or one in its folder (exit code 1 "
        "if there is none)",
        "Without --output it is told and not written, whatever stdout is.",
    )
    artwork.add_argument("file", metavar="FILE")
    artwork.add_argument(
        "--output",
        "-o",
        metavar="PATH",
        help="Write the picture to this file, or to stdout (-). With --all: every picture, into this folder. It may be "
        "anywhere, but no audio file is written over",
    )
    artwork.add_argument(
        "--all",
        action="store_true",
        help="Every picture, and not only the first: embedded ones, then those in the folder",
    )
    limits(artwork)


def about_itself(commands: "Commands", parser: Parser) -> None:
    """Commands about the command line."""
    completions = bare(commands, "completions", "Print a script that completes these words in a shell")
    completions.add_argument("shell", choices=SHELLS, metavar="SHELL")

    man = bare(commands, "man", "Print the manual as a page for man(1): of one command, or of all")
    man.add_argument("about", nargs="?", choices=list(commands.choices), metavar="COMMAND")

    about = commands.add_parser(
        "help", help="Print this message or the help of the given subcommand(s)", add_help=False
    )
    about.add_argument(
        "about", nargs="?", action=Help, parser=parser, choices=list(commands.choices), metavar="COMMAND"
    )
