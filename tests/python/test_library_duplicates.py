"""`Library.duplicates`: which tracks are the same, what is read to tell, and what is kept."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from mt_scanner import AnalysisStopped, DuplicateGroup, Library, Progress
from support.trees import FIXTURES, Tree

pytestmark = pytest.mark.usefixtures("backend")

FORMATS = FIXTURES / "formats"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(Library(tmp_path / "library.db")) as library:
        yield library


@pytest.fixture
def music(tree: Tree, library: Library) -> Tree:
    """Two copies, one of them with another tag, one other file."""
    tree.copy(FORMATS / "mp3-cbr.mp3", "a/one.mp3").copy(FORMATS / "mp3-cbr.mp3", "b/one.mp3")
    tree.copy(FORMATS / "mp3-cbr.mp3", "c/retagged.mp3").copy(FORMATS / "flac-24-96.flac", "other.flac")
    with (tree.root / "c" / "retagged.mp3").open("ab") as file:
        file.write(b"TAG" + b"Other title".ljust(125, b"\0"))
    library.sync(tree)
    return tree


def hashed(library: Library) -> int:
    with closing(sqlite3.connect(library.path)) as database:
        return int(database.execute("SELECT count(*) FROM analyses WHERE hashed").fetchone()[0])


def paths(group: DuplicateGroup) -> set[str]:
    return {track.path for track in group.tracks}


def test_copies_and_files_with_the_same_audio_are_told_apart(music: Tree, library: Library) -> None:
    groups = {group.kind: group for group in library.duplicates(kinds=["copy", "same-audio"])}
    copy, same = groups["copy"], groups["same-audio"]
    assert paths(copy) == {"a/one.mp3", "b/one.mp3"}
    assert "c/retagged.mp3" in paths(same) and len(same.tracks) == 2
    kept, *others = copy.tracks
    assert kept.keep and not any(track.keep for track in others) and others == copy.others
    # Rows of one sync are as old as their ids: workers bring them in any order.
    assert (kept.id, kept.why) == (min(track.id for track in copy.tracks), ["older-row"])
    assert copy.spare_bytes == (music.root / "b" / "one.mp3").stat().st_size
    ids = {track.path: track.id for track in library.tracks()}
    assert all(ids[track.path] == track.id for group in groups.values() for track in group.tracks)


def test_only_what_may_be_a_copy_is_read_and_only_once(music: Tree, library: Library) -> None:
    seen: list[Progress] = []
    before = music.state()
    library.duplicates(on_progress=seen.append)
    assert (seen[0].total_files, seen[-1].done, seen[-1].phase) == (3, 3, "done")
    assert hashed(library) == 3 and music.state() == before
    seen.clear()
    library.duplicates(on_progress=seen.append)
    assert seen[0].total_files == 0


def test_without_hashing_what_is_known_tells(music: Tree, library: Library) -> None:
    assert library.duplicates(hashing=False, kinds=["copy", "same-audio"]) == []
    assert hashed(library) == 0
    library.analyse(depth=None, loudness=False, fingerprint=False)
    assert len(library.duplicates(hashing=False, kinds=["copy"])) == 1


def test_kinds_are_those_asked_for(music: Tree, library: Library) -> None:
    assert {group.kind for group in library.duplicates(kinds=["copy"])} == {"copy"}
    assert {group.kind for group in library.duplicates()} >= {"copy", "same-audio"}


def test_files_of_a_root_that_is_away_are_told_from_what_is_known(
    music: Tree, library: Library, tmp_path: Path
) -> None:
    library.duplicates()
    music.root.rename(tmp_path / "away")
    told: list[Any] = []
    assert len(library.duplicates(kinds=["copy"], on_problem=told.append)) == 1
    assert [(problem.path, problem.outcome) for problem in told] == [("", "vanished")]


def test_it_can_be_stopped(music: Tree, library: Library) -> None:
    stop = threading.Event()
    stop.set()
    for hashing in (True, False):
        with pytest.raises(AnalysisStopped):
            library.duplicates(stop=stop, hashing=hashing)
