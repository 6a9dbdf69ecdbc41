"""Golden cases: every case through every door. Scanning behaviour is tested here, once for all
hosts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.doors import DOORS, Door, Scan
from support.golden import PLATFORM, PROBLEM, TRACK, Case, cases, settled
from support.trees import Tree


@pytest.fixture
def built(case: Case, tmp_path: Path) -> Iterator[Path]:
    """The root of the case's tree."""
    if PLATFORM not in case.platforms:
        pytest.skip(f"this case cannot be built on {PLATFORM}")
    yield case.build(tmp_path)
    case.reopen(tmp_path)


@pytest.mark.parametrize("door", DOORS, ids=str)
@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case.folder.name))
def test_every_door_gives_what_the_case_expects(case: Case, door: Door, built: Path) -> None:
    scan = door.scan(built, *case.options, rights=case.rights)
    if case.error.exists():
        # A host may add why, in the system's own words.
        assert scan.message.startswith(case.error.read_text(encoding="utf-8").rstrip("\n"))
        assert (scan.code, scan.tracks, scan.problems) == (door.could_not_run, [], [])
        return
    assert (scan.code, scan.message) == (0, "")
    check_form(scan)
    assert settled(scan) == json.loads(case.expected.read_text(encoding="utf-8"))


def check_form(scan: Scan) -> None:
    """Rows have the fields of the contract, all of them and in its order."""
    assert all(list(track) == TRACK for track in scan.tracks)
    assert all(list(problem) == PROBLEM for problem in scan.problems)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_times_are_those_of_the_file(door: Door, tree: Tree, song: Path) -> None:
    """To the nanosecond, and of the target when a link is followed."""
    os.utime(tree.copy(song, "song.mp3").root / "song.mp3", ns=(0, 1_234_567_890_123_456_700))
    tree.copy(song, "now.mp3")
    if os.name != "nt":
        tree.link("link", to="song.mp3")
    for track in door.scan(tree.root).tracks:
        status = os.stat(tree.root / track["path"])
        assert track["mtime_ns"] == status.st_mtime_ns, track["path"]
        # The time of birth, which some call so, is another.
        assert track["ctime_ns"] == (status.st_ctime_ns if door.knows_ctime else 0), track["path"]


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_a_time_before_1970_is_that_of_the_file_or_unknown(door: Door, tree: Tree, song: Path) -> None:
    """Stock wasmtime cannot say it."""
    os.utime(tree.copy(song, "old.mp3").root / "old.mp3", ns=(0, -86_400_000_000_000))
    (track,) = door.scan(tree.root).tracks
    assert track["mtime_ns"] in (-86_400_000_000_000, 0)


def test_every_case_is_whole() -> None:
    for case in cases():
        assert case.expected.exists() != case.error.exists(), f"{case.folder.name}: run python tests/bless.py"
        assert case.about.endswith("."), case.folder.name
