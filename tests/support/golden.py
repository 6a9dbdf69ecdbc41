"""Golden cases: folders of `tests/cases`, each a tree to scan and what comes of it.

`tests/README.md` says how to write one.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support import sheets
from support.doors import Row, Scan, fields

TESTS = Path(__file__).resolve().parents[1]
FIXTURES = TESTS / "fixtures"
CASES = TESTS / "cases"
PLATFORM = {"linux": "linux", "darwin": "macos", "win32": "windows"}.get(sys.platform, sys.platform)

TRACK = fields("track")
PROBLEM = fields("problem")
SONG = {"copy": "formats/mp3-untagged.mp3"}
TIMES = ("mtime_ns", "ctime_ns")
"""Fields of a track that no case can know."""


@dataclass(frozen=True)
class Case:
    """A tree, how to scan it, and what is expected. See `tests/README.md` for the keys of a
    `case.json`.
    """

    folder: Path
    about: str
    songs: list[str] = field(default_factory=list)
    tree: dict[str, dict[str, Any]] = field(default_factory=dict)
    beside: dict[str, dict[str, Any]] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)
    root: str = "music"
    rights: bool = True
    platforms: list[str] = field(default_factory=lambda: ["linux", "macos", "windows"])

    def build(self, place: Path) -> Path:
        """Builds the tree in `place` and gives the root to scan."""
        music = place / "music"
        music.mkdir()
        for path, entry in self.beside.items():
            put(place, path, entry, place)
        for path in self.songs:
            put(music, path, SONG, place)
        for path, entry in self.tree.items():
            put(music, path, entry, place)
        # A closed folder cannot be filled, so permissions come last.
        for path, mode in self._modes():
            (music / path).chmod(mode)
        return place / self.root

    def reopen(self, place: Path) -> None:
        """Gives permissions back, so that the tree can be deleted."""
        for path, _ in self._modes():
            (place / "music" / path).chmod(0o755)

    def _modes(self) -> list[tuple[str, int]]:
        return [(path, int(entry["mode"], 8)) for path, entry in self.tree.items() if "mode" in entry]

    @property
    def expected(self) -> Path:
        return self.folder / "expected.json"

    @property
    def error(self) -> Path:
        return self.folder / "error.txt"


def cases() -> list[Case]:
    """Every case, by name."""
    files = sorted(CASES.glob("*/case.json"))
    return [Case(folder=file.parent, **json.loads(file.read_text(encoding="utf-8"))) for file in files]


def put(base: Path, path: str, entry: dict[str, Any], place: Path) -> None:
    """Puts one entry of a tree at `path` below `base`. In links, `{place}` is the folder around the
    root.
    """
    if "below" in entry:
        base = base.joinpath(*entry["below"]["times"] * [entry["below"]["folder"]])
    target = base / os.fsdecode(path.encode("utf-8", "surrogateescape"))
    target.parent.mkdir(parents=True, exist_ok=True)
    if "text" in entry:
        target.write_text(entry["text"], encoding=entry.get("charset", "utf-8"), newline="\n")
    elif "link" in entry:
        target.symlink_to(entry["link"].replace("{place}", str(place)))
    elif "hard" in entry:
        target.hardlink_to(place / "music" / entry["hard"])
    elif "pipe" in entry:
        os.mkfifo(target)
    elif "copy" not in entry:
        target.mkdir(exist_ok=True)
    elif (source := FIXTURES / entry["copy"]).is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, target)
    if "comment" in entry:
        sheets.comment(target, entry["comment"])
    if "block" in entry:
        sheets.block(target, entry["block"])


def settled(scan: Scan) -> dict[str, list[Row]]:
    """The rows of a scan in one order, without what no case can know and without what is not set."""

    def is_set(value: Any) -> bool:
        return value is not None and value is not False and value not in ([], "none")

    tracks = [{name: row[name] for name in row if name not in TIMES and is_set(row[name])} for row in scan.tracks]
    return {
        "tracks": sorted(tracks, key=lambda row: str(row["path"])),
        "problems": sorted(scan.problems, key=lambda row: (row["path"], row["outcome"])),
    }


def written(rows: dict[str, list[Row]]) -> str:
    """Rows as an `expected.json`. Combining characters are escaped, lest an editor composes them."""
    text = json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    return re.sub(r"[\u0300-\u036f]", lambda found: f"\\u{ord(found[0]):04x}", text)
