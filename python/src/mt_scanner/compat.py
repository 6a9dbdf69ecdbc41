"""The MT player's old native extension `core._scan`, under its own names and with its own answers.

    from mt_scanner.compat import *

is all that a `core/_scan.py` needs. In two things it differs from the functions of `mt_scanner`: a
root that cannot be opened counts 0 and raises nothing, and a benchmark of no iterations takes 0.0
ms. Files are counted by the rules of this package. The old extension counted files below hidden
folders, and `scan_music_directory` those of sub-folders twice.
"""

import os

from mt_scanner import _functions
from mt_scanner._engine.extensions import audio_extensions
from mt_scanner._engine.roots import StrPath
from mt_scanner._types.errors import RootNotAFolder, RootNotFound, RootUnreadable

__all__ = [
    "benchmark_directory",
    "count_audio_files",
    "get_supported_extensions",
    "get_supported_extensions_count",
    "is_audio_file",
    "scan_music_directory",
]


def scan_music_directory(root_path: StrPath) -> int:
    """The number of audio files under `root_path`; 0 if it cannot be opened.

    >>> scan_music_directory("/no/such/folder")
    0
    """
    return count_audio_files(root_path)


def count_audio_files(root_path: StrPath) -> int:
    """The number of audio files under `root_path`; 0 if it cannot be opened."""
    try:
        return _functions.count_audio_files(root_path)
    except (RootNotFound, RootNotAFolder, RootUnreadable):
        return 0


def is_audio_file(filename: StrPath) -> bool:
    """Whether `filename` ends in one of the extensions of audio files, in any case. Unlike
    `mt_scanner.is_audio_file` it takes a name that is nothing but an extension for one.

    >>> is_audio_file("song.MP3"), is_audio_file(".mp3"), is_audio_file("notes.txt")
    (True, True, False)
    """
    _, dot, extension = os.fspath(filename).rpartition(".")
    return f"{dot}{extension}".lower() in audio_extensions()


def get_supported_extensions() -> list[str]:
    """The extensions of audio files, in lower case, with their dot."""
    return audio_extensions()


def get_supported_extensions_count() -> int:
    """How many extensions of audio files there are."""
    return len(audio_extensions())


def benchmark_directory(root_path: StrPath, iterations: int) -> float:
    """The mean time of one count of `root_path` in ms, over `iterations` counts; 0.0 if there are
    none.

    Raises `OverflowError` for a negative number of iterations.
    """
    if iterations < 0:
        raise OverflowError(f"iterations is at least 0, not {iterations}")
    if iterations == 0:
        return 0.0
    try:
        return _functions.benchmark_directory(root_path, iterations)
    except (RootNotFound, RootNotAFolder, RootUnreadable):
        # The old extension timed how long it took to find nothing.
        return 0.0
