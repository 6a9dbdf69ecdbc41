"""The command `loudness`."""

import os
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from mt_scanner._engine.words import in_words
from mt_scanner.cli._examining import Report, examined, file_of, tell_people
from mt_scanner.cli._options import code
from mt_scanner.cli._output import write

if TYPE_CHECKING:
    from mt_scanner._engine.reckoner import Measured

Row = tuple[str, dict[str, Any] | None]
"""A file or folder, and its loudness."""


def loudness(options: Namespace) -> int:
    tracks: list[Row] = []
    folders: dict[str, list[Measured]] = {}

    def kept(report: Report) -> str:
        """Nothing is said before the table."""
        if not options.json:
            path, measured = file_of(report), report["loudness"]
            tracks.append((path, measured))
            if measured is not None:
                folders.setdefault(os.path.dirname(path), []).append((measured["blocks"], measured["true_peak"]))
        return ""

    scanner = examined(options, kept)
    if tracks:
        # With it comes the analyser, which no other command waits for.
        from mt_scanner._engine.reckoner import loudness_of

        albums = {folder: some for folder, some in folders.items() if len(some) > 1}
        measured = sorted(zip(albums, loudness_of(albums.values(), options.component), strict=True), key=path_of)
        write(in_words("loudness", tracks=sorted(tracks, key=path_of), albums=measured))
    tell_people(options, scanner)
    return code(options, scanner.progress.problems)


def path_of(row: Row) -> str:
    return row[0]
