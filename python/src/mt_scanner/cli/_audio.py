"""The words of the commands that look into audio."""

import argparse
import re
from typing import TYPE_CHECKING, get_args

from mt_scanner._types.report import Depth
from mt_scanner.cli._groups import command, going, library, limits, workers
from mt_scanner.cli._parser import Parser

if TYPE_CHECKING:
    from mt_scanner.cli._groups import Commands

WITHOUT_PROGRESS = "The most time for one file without progress"
NO_ARCHIVES = "Archives are not looked into."
PARTS = ("damage", "hashes", "loudness", "fingerprints")
"""What an analysis finds out."""
KINDS = ("copy", "same-audio", "same-recording", "same-song")
"""Kinds of groups of duplicates, from the surest."""
UNITS = {"h": 3600, "m": 60, "s": 1}
"""Units of time in s."""


def looking(commands: "Commands") -> None:
    """Commands that look into files and keep nothing."""
    validate = command(
        commands,
        "validate",
        "Look for damage in audio files (exit code 1 if one is damaged or truncated)",
        NO_ARCHIVES,
    )
    files(validate)
    depth(validate)

    hash_ = command(
        commands,
        "hash",
        "Print a hash of the audio of each file, which is the same whatever its tags and its container",
        "It is BLAKE3 of the coded audio, 64 hexadecimal digits; as many dashes where there is no audio. "
        f"{NO_ARCHIVES}",
    )
    files(hash_)
    hash_.add_argument("--file", action="store_true", help="The hash of the whole file in place of it")

    loudness = command(
        commands,
        "loudness",
        "Print how loud audio files are, and the albums that folders are",
        "Integrated loudness, range and true peak by EBU R 128, and the gain of ReplayGain 2.0, which leads to -18 "
        f"LUFS. {NO_ARCHIVES}",
    )
    files(loudness)

    fingerprint = command(
        commands,
        "fingerprint",
        "Print the acoustic fingerprint of each file, in the form of AcoustID",
        f"It is of the first two minutes; a dash where there is none. {NO_ARCHIVES}",
    )
    files(fingerprint)


def keeping(commands: "Commands") -> None:
    """Commands that keep in a library what they find."""
    analyse = command(
        commands,
        "analyse",
        "Look into the audio of a library's files, and keep in it what is found",
        "Files that have changed since, or were never analysed, in low priority. Ended at any time, the next one goes "
        "on from there.",
    )
    roots(analyse)
    events(analyse)
    depth(analyse)
    analyse.add_argument(
        "--only",
        action="append",
        choices=PARTS,
        metavar="PART",
        help="Find out only damage, hashes, loudness or fingerprints; may be given several times [default: all]",
    )
    analyse.add_argument(
        "--for",
        dest="seconds",
        type=duration,
        metavar="TIME",
        help="Begin no file after this time, such as 90s, 10m or 1h30m",
    )

    duplicates = command(
        commands,
        "duplicates",
        "List tracks of a library that are the same, and which of them to keep; nothing is deleted",
        "Files that may be copies are hashed first, if they have not been.",
    )
    roots(duplicates)
    duplicates.add_argument(
        "--kind",
        dest="kinds",
        action="append",
        choices=KINDS,
        metavar="KIND",
        help="Only copies (copy), files with the same audio (same-audio), recordings that sound the same "
        "(same-recording), or the same by their tags (same-song); may be given several times [default: all]",
    )
    duplicates.add_argument("--no-hashing", action="store_true", help="Read no file: only what is known already")


def files(parser: Parser) -> None:
    """Files to look into, and how."""
    parser.add_argument("folders", nargs="+", metavar="PATH", help="Folders, or files")
    events(parser)
    workers(parser)
    going(parser)
    limits(parser, WITHOUT_PROGRESS)


def roots(parser: Parser) -> None:
    """A library, and which of its files are meant."""
    parser.add_argument("folders", nargs="*", metavar="PATH", help="Roots of the library [default: all]")
    library(parser)
    workers(parser)
    limits(parser, WITHOUT_PROGRESS)


def events(parser: Parser) -> None:
    parser.add_argument(
        "--events",
        action="store_true",
        help="JSON lines of all that happens, on stdout: progress ten to twenty times a second, what was found in each "
        "file, problems, notices, and the report",
    )


def depth(parser: Parser) -> None:
    parser.add_argument(
        "--depth",
        choices=get_args(Depth),
        default="stream",
        help="How closely to look: header, at the beginning, the end and the tables; stream, at every frame and "
        "checksum; audio decodes too [default: %(default)s]",
    )


def duration(text: str) -> float:
    """A time such as `90s`, `10m` or `1h30m`, in s."""
    if not re.fullmatch(r"(\d+h)?(\d+m)?(\d+s)?", text) or not text:
        raise argparse.ArgumentTypeError(f"{text} is no time, such as 90s, 10m or 1h30m")
    return float(sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)([hms])", text)))
