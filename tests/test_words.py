"""What people read is the same through every door, word for word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from support.doors import LIBRARIANS, Door
from support.golden import CASES
from support.scenarios import do, settle

STEPS: list[tuple[list[dict[str, Any]], list[str]]] = [
    (
        [
            {"put": {f"music/{name}.mp3": {"song": number} for number, name in enumerate("abcde")}},
            {"put": {"music/album/one.flac": {"copy": "formats/flac-16-44.flac"}}},
            {"put": {"music/album/two.m4a": {"copy": "formats/m4a-alac-24.m4a"}}},
            {"put": {"music/album/bad.mp3": {"text": "no music"}}},
        ],
        ["--dry-run"],
    ),
    ([], []),
    ([], ["--mode", "quick", "--verbose"]),
    (
        [
            {"put": {"music/new.mp3": {"song": 10}}},
            {"retag": ["music/a.mp3", "Other"]},
            {"rename": ["music/b.mp3", "music/moved.mp3"]},
            {"rename": ["music/c.mp3", "aside.mp3"]},
            {"put": {f"music/bad {number}.mp3": {"text": "no music"} for number in range(6)}},
        ],
        ["--dry-run", "--verbose"],
    ),
    ([], ["--verbose"]),
    ([{"rename": ["aside.mp3", "music/c.mp3"]}, {"delete": "music/d.mp3"}], []),
]
"""What happens, and the options of the `index` that follows."""


@pytest.mark.parametrize("door", LIBRARIANS, ids=str)
def test_what_index_says_is_the_same_everywhere(door: Door, tmp_path: Path) -> None:
    database, music = tmp_path / "library.db", tmp_path / "music"
    music.mkdir()
    said = []
    for happens, options in STEPS:
        do(tmp_path, happens)
        settle()
        text = door.index_for_people(database, [music], *options)
        size = re.search(rf"^{re.escape(str(database))}: .* \(([\d.]+) kB\)$", text, re.MULTILINE)
        assert "--dry-run" in options or (size and size[1] == f"{database.stat().st_size / 1000:.1f}"), text
        said.append(f"$ {' '.join(['index', *options])}\n{text.replace(str(database), 'DATABASE')}")
    assert masked("\n".join(said)) == (CASES / "index-for-people" / "expected.txt").read_text(encoding="utf-8")


def masked(text: str) -> str:
    """Without what differs from run to run: the time, and what SQLite takes for the library."""
    text = re.sub(r"\d+\.\d s, [\d,]+ files/s", "SECONDS, SPEED", text)
    return re.sub(r"\([\d.,]+ (bytes|[kMGT]B)\)$", "(SIZE)", text, flags=re.MULTILINE)
