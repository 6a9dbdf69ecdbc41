"""Trees of files that tests build, and digests of them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURES = REPOSITORY / "tests" / "fixtures"
EXTENSIONS = ("mp3", "flac", "m4a", "ogg", "wav", "wma", "aac", "opus", "m4p", "mp4")


class Tree:
    """A folder to put things in: `tree.files("a/b.mp3", "a/cover.jpg")`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def __fspath__(self) -> str:
        return str(self.root)

    def files(self, *paths: str, content: bytes = b"") -> Tree:
        for path in paths:
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        return self

    def folders(self, *paths: str) -> Tree:
        for path in paths:
            (self.root / path).mkdir(parents=True, exist_ok=True)
        return self

    def link(self, path: str, to: str) -> Tree:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(to)
        return self

    def copy(self, source: Path, path: str) -> Tree:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
        return self

    def walked(self) -> set[str]:
        """What `os.walk` and a set of extensions make of it: the oracle for trees without hidden
        folders and links.
        """
        return {
            os.path.join(folder, name)
            for folder, _, names in os.walk(self.root)
            for name in names
            if os.path.splitext(name)[1].lower().lstrip(".") in EXTENSIONS
        }

    def state(self) -> str:
        """A digest of everything that writing would change."""
        seen = hashlib.sha256()
        for folder, folders, names in os.walk(self.root):
            folders.sort()
            for name in (".", *sorted(names)):
                place = os.path.join(folder, name)
                status = os.lstat(place)
                seen.update(f"{place}\0{status.st_mode}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
                if os.path.isfile(place) and not os.path.islink(place):
                    seen.update(Path(place).read_bytes())
        return seen.hexdigest()


def digest(rows: Iterable[tuple[object, ...]]) -> str:
    """A digest of rows, whatever their order."""
    return hashlib.sha256("\n".join(sorted(json.dumps(row) for row in rows)).encode()).hexdigest()
