"""The data sets of a run: made when a row first needs one, and read once so that all of it is in
memory.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import datasets
from encoders import ToolError

from measure.group import Data
from measure.tell import tell

READ_WHOLE = ("tags", "pathological", *datasets.RECORDED, *(f"long-{codec}" for codec in datasets.LONG))
"""Sets whose files are read; the others are empty."""


@dataclass
class Trees:
    """Gives the folder of a data set and its number of audio files, or why there is none."""

    folder: Path
    """The cache folder."""
    music: Path | None = None
    """The user's own recordings."""
    quick: bool = False
    _made: dict[Data, tuple[Path, int] | str] = field(default_factory=dict)

    def __call__(self, data: Data) -> tuple[Path, int] | str:
        if data not in self._made:
            self._made[data] = self._make(data)
        return self._made[data]

    def _make(self, data: Data) -> tuple[Path, int] | str:
        files = data.quick if self.quick and data.quick else data.files
        tell(f"data set {data.name}{f' of {files:,} files' if files else ''}")
        try:
            base = self.music if data.name in datasets.RECORDED else None
            tree = datasets.build(data.name, self.folder, files=files, base=base)
        except (datasets.DatasetError, ToolError) as error:
            tell(str(error))
            return f"the data set {data.name} cannot be made here"
        found = warm(tree, whole=data.name in READ_WHOLE)
        # Those in archives are not to be seen from outside.
        return tree, datasets.IN_ARCHIVES if data.name in datasets.ARCHIVED else found


def warm(tree: Path, *, whole: bool) -> int:
    """Gives the number of audio files, after their names, fingerprints and, if `whole`, contents
    were read.
    """
    seen: set[int] = set()
    count = 0
    # Not `os.walk`, which calls itself for every level of a deep tree.
    pending = [os.fspath(tree)]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                    continue
                count += os.path.splitext(entry.name)[1].lower() in datasets.AUDIO_ENDINGS
                inode = entry.stat().st_ino
                if whole and inode not in seen:
                    seen.add(inode)
                    Path(entry.path).read_bytes()
    return count
