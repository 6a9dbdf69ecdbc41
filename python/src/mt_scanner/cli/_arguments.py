"""The words of the command line. They are those of `mt-scan`: a test compares the two."""

import argparse
import sys
from collections.abc import Sequence
from importlib import metadata
from typing import TYPE_CHECKING, Any, get_args

from mt_scanner._engine.extensions import extension_of
from mt_scanner._types.contract import (
    FILE_TIMEOUT,
    FOLLOW_LINKS,
    LEGACY_CHARSET,
    MEMORY,
    OUTPUT_TO_TERMINAL,
    FollowLinks,
)
from mt_scanner._types.report import Depth
from mt_scanner.cli import _help
from mt_scanner.cli._parser import Parser

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Parser]

SHELLS = ("bash", "fish", "powershell", "tcsh", "zsh")
MIB = 1 << 20


class Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
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

    validate = command(
        commands,
        "validate",
        "Look for damage in audio files (exit code 1 if one is damaged or truncated)",
        "Archives are not looked into.",
    )
    validate.add_argument("folders", nargs="+", metavar="PATH", help="Folders, or files")
    validate.add_argument(
        "--depth",
        choices=get_args(Depth),
        default="stream",
        help="How closely to look: header, at the beginning, the end and the tables; stream, at every frame and "
        "checksum; audio decodes too [default: %(default)s]",
    )
    validate.add_argument(
        "--workers",
        type=positive,
        metavar="N",
        help="The most instances of the component at a time [default: as many as cores]",
    )
    going(validate)
    limits(validate, "The most time for one file without progress")


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


def bare(commands: "Commands", name: str, purpose: str, more: str = "") -> Parser:
    """A command, and the words around its options."""
    described = f"{purpose}.\n\n{more}" if more else f"{purpose}."
    return commands.add_parser(
        name,
        help=purpose,
        description=_help.wrapped(described),
        epilog=_help.behind(name),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def command(commands: "Commands", name: str, purpose: str, more: str = "") -> Parser:
    """A command with the options of every command that looks at something."""
    parser = bare(commands, name, purpose, more)
    parser.add_argument("--json", action="store_true", help="JSON lines: tracks on stdout, problems on stderr")
    parser.add_argument("--quiet", action="store_true", help="No progress bar and no summary")
    parser.add_argument("--strict", action="store_true", help="Exit with 1 if there was a problem")
    return parser


def library(parser: Parser) -> None:
    parser.add_argument("--db", default="library.db", metavar="FILE", help="The library [default: %(default)s]")


def syncing(parser: Parser, mode: str, confirm: str) -> None:
    parser.add_argument("--mode", choices=("full", "quick"), default="full", help=f"{mode} [default: %(default)s]")
    parser.add_argument("--confirm-empty", action="store_true", help=confirm)
    parser.add_argument("--verbose", "-v", action="store_true", help="Name every track that was changed")


def folders(parser: Parser) -> None:
    """Folders to scan, and how."""
    parser.add_argument(
        "folders",
        nargs="+",
        metavar="PATH",
        help="Folders, or files: those are read wherever they lie. A folder inside another one that is named owns its "
        "files",
    )
    parser.add_argument(
        "--events",
        action="store_true",
        help="JSON lines of all that happens, on stdout: progress ten to twenty times a second, tracks or changes, "
        "problems, notices, and the report",
    )
    parser.add_argument(
        "--workers",
        type=positive,
        metavar="N",
        help="The most instances of the component at a time; more than cores only work while storage is slow "
        "[default: 64]",
    )
    parser.add_argument(
        "--archives", action="store_true", help="Look into archives: .zip, .7z, .rar, .tar, .tar.gz, .tgz"
    )
    going(parser)
    limits(parser)
    reading(parser)


def going(parser: Parser) -> None:
    """Which files are found."""
    parser.add_argument(
        "--hidden",
        action="store_true",
        help="Enter hidden folders, and what systems leave behind, such as recycle bins",
    )
    links = parser.add_mutually_exclusive_group()
    links.add_argument(
        "--follow-links",
        choices=get_args(FollowLinks),
        default=FOLLOW_LINKS,
        help="Symbolic links to follow: once, where they lead to music that is not reached without them; all; or no "
        "[default: %(default)s]",
    )
    links.add_argument(
        "--no-follow-links", dest="follow_links", action="store_const", const="no", help="The same as --follow-links no"
    )
    parser.add_argument("--include-ignored", action="store_true", help="Enter what .nomedia or .mtignore exclude")
    parser.add_argument(
        "--extension",
        dest="extensions",
        action="append",
        default=[],
        type=extension,
        metavar="EXTENSION",
        help="Look for files with this extension too, .aiff for one; may be given several times. A library's later "
        "syncs need it too: without it the tracks of such files are marked missing",
    )


def limits(parser: Parser, time: str = "The most time for one file") -> None:
    parser.add_argument("--component", metavar="FILE", help="Run another component of the same world")
    parser.add_argument(
        "--file-timeout",
        type=seconds,
        default=FILE_TIMEOUT,
        metavar="SECONDS",
        help=f"{time} in s [default: {FILE_TIMEOUT:g}]",
    )
    parser.add_argument(
        "--memory-limit",
        type=mebibytes,
        default=MEMORY,
        metavar="MIB",
        help=f"The most memory of an instance in MiB [default: {MEMORY // MIB}]",
    )


def reading(parser: Parser) -> None:
    parser.add_argument(
        "--legacy-charset",
        default=LEGACY_CHARSET,
        metavar="NAME",
        help="What texts are in that are not UTF-8 and whose charset nothing says: off, for ISO 8859-1; auto, to judge "
        "by the texts of each file; or a name, such as windows-1251 or shift_jis [default: %(default)s]",
    )
    parser.add_argument(
        "--no-cue",
        action="store_true",
        help="Leave albums in one file whole: no tracks of their own by their cue sheets",
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


def mebibytes(text: str) -> int:
    """Mebibytes as bytes."""
    return positive(text) * MIB


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
