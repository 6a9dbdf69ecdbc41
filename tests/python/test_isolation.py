"""Isolation: a file that ends the component costs itself and a named problem, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from mt_scanner import FileFailed, Library, Scanner
from mt_scanner._engine import suspects
from mt_scanner._engine.instance import Ended
from support.archives import write
from support.trees import Tree

pytestmark = [pytest.mark.usefixtures("backend"), pytest.mark.alone]

SIGN = b"MT-MISBEHAVE "
SECONDS = 0.5


@pytest.fixture
def hostile(tree: Tree, song: Path) -> Tree:
    """Three hostile files among a hundred ordinary ones."""
    for number in range(100):
        tree.copy(song, f"{number % 7}/{number:03}.mp3")
    tree.files("3/loops.mp3", content=SIGN + b"loop").files("4/hoards.mp3", content=SIGN + b"allocate")
    return tree.files("panics.mp3", content=SIGN + b"panic")


def scanner(tree: Tree, component: Path, workers: int | None = None) -> Scanner:
    return Scanner(tree, component=component, file_timeout=SECONDS, memory_limit=64 << 20, workers=workers)


@pytest.mark.parametrize("workers", [1, None])
def test_hostile_files_are_named_and_every_other_file_is_scanned(
    hostile: Tree, misbehaving: Path, workers: int | None
) -> None:
    scan = scanner(hostile, misbehaving, workers)
    tracks = {track.path: track for track in scan.scan()}
    assert {problem.path: problem.outcome for problem in scan.problems} == {
        "3/loops.mp3": "timeout",
        "4/hoards.mp3": "memory",
        "panics.mp3": "trap",
    }
    assert len(scan.problems) == 3
    assert len(tracks) == scan.progress.tracks == scan.progress.files == 103
    assert sum(track.format == "mp3" for track in tracks.values()) == 100


def test_a_hostile_file_is_a_track_with_its_fingerprint(hostile: Tree, misbehaving: Path) -> None:
    tracks = {track.path: track for track in scanner(hostile, misbehaving).scan()}
    for path in ("3/loops.mp3", "4/hoards.mp3", "panics.mp3"):
        status = (hostile.root / path).stat()
        track = tracks[path]
        assert (track.root, track.size, track.mtime_ns) == (str(hostile.root), status.st_size, status.st_mtime_ns)
        assert (track.format, track.title, track.artists, track.has_artwork) == (None, None, [], False)


def test_the_details_say_what_happened(hostile: Tree, misbehaving: Path) -> None:
    scan = scanner(hostile, misbehaving)
    list(scan.scan())
    details = {problem.outcome: problem.detail for problem in scan.problems}
    assert all(detail.startswith("reading ") for detail in details.values())
    assert details["timeout"].endswith("it took longer than 0.5 s and was stopped")
    assert details["memory"].endswith("it took more than 64 MiB of memory and was stopped")
    assert "it crashed the component: " in details["trap"] and "asked to panic" in details["trap"]
    assert "\n" not in details["trap"]


def test_a_hundred_hostile_files_do_not_add_up(tree: Tree, misbehaving: Path) -> None:
    tree.files(*(f"{number}.mp3" for number in range(100)), content=SIGN + b"panic")
    scan = scanner(tree, misbehaving)
    assert len(list(scan.scan())) == 100
    assert [problem.outcome for problem in scan.problems] == ["trap"] * 100


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_a_hostile_member_of_an_archive_costs_no_other(
    name: str, tree: Tree, song: Path, misbehaving: Path, tmp_path: Path
) -> None:
    members = {f"{number}.mp3": song.read_bytes() for number in range(6)}
    write(tree.root / name, {**members, "panics.mp3": SIGN + b"panic", "x.mp3": song.read_bytes()})
    scan = Scanner(tree, component=misbehaving, archives=True)
    tracks = {track.path: track for track in scan.scan()}
    guilty = [(f"{name}!/panics.mp3", "trap")]
    assert [(problem.path, problem.outcome) for problem in scan.problems] == guilty
    assert len(tracks) == 8 and sum(track.format == "mp3" for track in tracks.values()) == 7
    with Library(tmp_path / "library.db", component=misbehaving) as library:
        report = library.sync(tree, archives=True)
        assert [(problem.path, problem.outcome) for problem in report.problems] == guilty
        assert report.added == 8


def test_a_library_has_hostile_files_too(hostile: Tree, misbehaving: Path, tmp_path: Path) -> None:
    with Library(tmp_path / "library.db", component=misbehaving) as library:
        report = library.sync(hostile, file_timeout=SECONDS, memory_limit=64 << 20)
        assert (report.added, len(report.problems)) == (103, 3)
        again = library.sync(hostile, file_timeout=SECONDS, memory_limit=64 << 20)
        assert (again.added, again.unchanged) == (0, 103)


def test_counting_and_listing_read_no_file_and_have_nothing_to_fear(hostile: Tree, misbehaving: Path) -> None:
    scan = scanner(hostile, misbehaving)
    assert scan.count() == len(list(scan.paths())) == 103
    assert not scan.problems


def test_inspecting_a_hostile_file_is_an_error(hostile: Tree, misbehaving: Path) -> None:
    for path, outcome in (("3/loops.mp3", "timeout"), ("4/hoards.mp3", "memory"), ("panics.mp3", "trap")):
        with pytest.raises(FileFailed, match=f"{path}: {outcome}: it "):
            scanner(hostile, misbehaving).inspect(path)


def test_the_time_limit_holds_for_a_file_and_not_for_a_scan(tree: Tree, song: Path, misbehaving: Path) -> None:
    for number in range(8000):
        tree.copy(song, f"{number}.mp3")
    scan = Scanner(tree, component=misbehaving, file_timeout=0.1, workers=1)
    started = time.monotonic()
    assert sum(track.format == "mp3" for track in scan.scan()) == 8000
    assert not scan.problems
    assert time.monotonic() - started > 0.1


def test_a_folder_that_cannot_be_listed_is_a_problem_of_its_own() -> None:
    folder = suspects.Suspect({"folder": "a/b", "files": None, "ignored_by": []})
    found = suspects.guilty(folder, "/music", Ended("trap", "it crashed the component"))
    assert found == {"problems": [["/music", "a/b", "trap", "listing the folder: it crashed the component"]]}
