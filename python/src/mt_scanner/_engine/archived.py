"""Archives: each is a folder that is not on the disk, named as its file is with a mark behind
(`walking.archives` in `wit/scan.wit`).
"""

import os
from collections.abc import Iterator

from mt_scanner._types.contract import ARCHIVE_MARK


def files_of(path: str) -> Iterator[str]:
    """The files that may be the archive that a path below a root leads into, the outermost first."""
    parts = path.split("/")
    for number, part in enumerate(parts):
        if part.endswith(ARCHIVE_MARK):
            yield "/".join([*parts[:number], part.rstrip(ARCHIVE_MARK)])


def folder_of(file: str) -> str:
    """The folder that a file is in; of a member of an archive that of the archive."""
    folder = os.path.dirname(file)
    parts = file.split(os.sep)
    for number, part in enumerate(parts[:-1]):
        path = os.sep.join(parts[: number + 1])
        if part.endswith(ARCHIVE_MARK) and os.path.isfile(path.rstrip(ARCHIVE_MARK)) and not os.path.isdir(path):
            return os.path.dirname(path)
    return folder
