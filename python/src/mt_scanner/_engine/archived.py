"""Files that paths go into, with a mark behind: archives (`walking.archives` in `wit/scan.wit`), and
albums that a cue sheet divides.
"""

import os
from collections.abc import Iterator

from mt_scanner._types.contract import ARCHIVE_MARK


def files_of(path: str) -> Iterator[str]:
    """The files that a path below a root may lead into, the outermost first."""
    parts = path.split("/")
    for number, part in enumerate(parts):
        if part.endswith(ARCHIVE_MARK):
            yield "/".join([*parts[:number], part.rstrip(ARCHIVE_MARK)])


def folder_of(file: str) -> str:
    """The folder that a file is in. A path may go on inside of a file (`Album.zip!/01.mp3`,
    `Album.flac!/03`): then it is the folder of that file.
    """
    inside = folder = os.path.dirname(file)
    while os.path.dirname(inside) != inside:
        if inside.endswith(ARCHIVE_MARK) and not os.path.isdir(inside):
            folder = os.path.dirname(inside)
        inside = os.path.dirname(inside)
    return folder
