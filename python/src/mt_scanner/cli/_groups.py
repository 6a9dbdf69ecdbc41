"""Groups of options that several commands take, and the values that they hold."""

import argparse
from typing import TYPE_CHECKING, get_args

from mt_scanner._engine.extensions import extension_of
from mt_scanner._types.contract import FILE_TIMEOUT, FOLLOW_LINKS, LEGACY_CHARSET, MEMORY, FollowLinks
from mt_scanner.cli import _help
from mt_scanner.cli._parser import Parser

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Parser]

MIB = 1 << 20


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


def workers(parser: Parser) -> None:
    """How many files are worked on at a time."""
    parser.add_argument(
        "--workers",
        type=positive,
        metavar="N",
        help="The most instances of the component at a time [default: as many as cores]",
    )


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
