"""Roots and files of the Python API; what becomes of them is tested in `tests/test_roots.py` for all
hosts.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from mt_scanner import (
    Change,
    Library,
    LibraryError,
    Notice,
    RootNotAFolder,
    RootUnreadable,
    ScanError,
    Scanner,
    count_audio_files,
)
from mt_scanner._engine import backends
from support.scenarios import do, settle
from support.trees import Tree
from support.watched import OTHER, Watch

pytestmark = pytest.mark.usefixtures("backend")


@pytest.fixture
def music(tmp_path: Path) -> Path:
    do(tmp_path, [{"put": {"music/a.mp3": {"song": 1}, "music/in/b.mp3": {"song": 2, "title": "Two"}}}])
    settle()
    return tmp_path / "music"


def test_a_scanner_takes_files_and_names_their_folders(music: Path) -> None:
    with Scanner([music / "a.mp3", music / "in"]) as scanner:
        assert scanner.roots == (str(music / "in"), str(music))
        assert scanner.count() == 2
        assert sorted(scanner.paths()) == [str(music / "a.mp3"), str(music / "in" / "b.mp3")]
        assert scanner.inspect(music / "a.mp3").track.path == "a.mp3"
    job = Scanner(music / "a.mp3").start()
    assert [track.path for track in job.result().tracks] == ["a.mp3"]


def test_roots_inside_roots_are_noticed(music: Path) -> None:
    scanner = Scanner([music, music / "in"])
    (notice,) = scanner.notices
    assert (notice.kind, notice.root) == ("root-inside", str(music / "in"))
    assert Scanner(music).notices == ()
    told: list[Notice] = []
    with Library(music.parent / "library.db") as library:
        library.sync([music, music / "in"], on_notice=told.append)
        assert told == [notice]
        library.start(music, on_notice=told.append).result()
        assert told == [notice, notice]


def test_the_simple_functions_take_folders_alone(music: Path) -> None:
    with pytest.raises(RootNotAFolder):
        count_audio_files(music / "a.mp3")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_that_no_sandbox_can_express_are_said(music: Path) -> None:
    for name in (b"music/\xff.mp3", b"music/\xff/x.mp3"):
        path = os.path.join(os.fsencode(music.parent), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb"):
            pass
    with pytest.raises(ScanError, match="the file's name is not valid UTF-8"):
        Scanner([os.fsdecode(os.fsencode(music) + b"/\xff.mp3")]).count()
    for roots in ([os.fsdecode(os.fsencode(music) + b"/\xff")], [os.fsdecode(os.fsencode(music) + b"/\xff"), music]):
        with pytest.raises(RootUnreadable, match="not valid UTF-8"):
            Scanner(roots).count()
    with Library(music.parent / "library.db") as library:
        library.sync(music)
        with pytest.raises(ScanError, match="the file's name is not valid UTF-8"):
            library.rescan(os.fsdecode(os.fsencode(music) + b"/\xff.mp3"))


@pytest.mark.parametrize("name", ["no such charset", "\udcff"])
def test_a_charset_that_is_none_is_said(name: str, music: Path) -> None:
    with pytest.raises(ScanError, match="no charset has this name"):
        Scanner(music, legacy_charset=name).count()
    with pytest.raises(ScanError, match="no charset has this name"):
        list(Scanner(music, legacy_charset=name).scan())


@pytest.mark.skipif(os.name == "nt", reason="links take rights there")
def test_a_root_that_does_not_answer_is_taken_by_its_name(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    whole = os.stat

    def stat(path: object, **options: object) -> os.stat_result:
        if str(path).endswith("in"):
            ended.wait()
        return whole(path, **options)  # type: ignore[arg-type,call-overload,no-any-return]

    monkeypatch.setattr("mt_scanner._engine.within.STEP_OVERDUE", 0.05)
    monkeypatch.setattr("mt_scanner._engine.places.os.stat", stat)
    try:
        scanner = Scanner([music, music / "in"])
        assert scanner.roots == (str(music), str(music / "in"))
    finally:
        ended.set()


def test_a_request_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ScanError):
        backends.get().arrange_roots("{}")


def test_a_file_is_read_again_though_it_seems_to_be_as_it_was(music: Path) -> None:
    file = music / "in" / "b.mp3"
    changes: list[Change] = []
    with Library(music.parent / "library.db") as library:
        library.sync(music)
        assert library.rescan(file).progress.tracks == 1
        do(music.parent, [{"retag": ["music/in/b.mp3", "Dos"]}])
        report = library.rescan([file], on_change=changes.append)
        assert (report.modified, report.unchanged, report.progress.tracks) == (1, 1, 1)
        assert [(change.change, change.track.path, change.track.title) for change in changes] == [
            ("modified", "in/b.mp3", "Dos")
        ]


def test_a_file_that_is_gone_is_marked_missing_and_comes_back(music: Path) -> None:
    file = music / "in" / "b.mp3"
    with Library(music.parent / "library.db") as library:
        library.sync(music)
        os.rename(music / "in", music / "aside")
        assert library.rescan(file).missing == 1
        os.rename(music / "aside", music / "in")
        assert library.rescan(file).restored == 1
        file.unlink()
        assert library.rescan(file).missing == 1
        assert [track.path for track in library.tracks()] == ["a.mp3"]


def test_a_file_in_no_root_of_the_library_is_an_error(music: Path) -> None:
    with Library(music.parent / "library.db") as library:
        library.sync(music / "in")
        for sync in (library.rescan, library.sync):
            with pytest.raises(LibraryError, match="no root of the library holds this file: sync its folder"):
                sync(music / "a.mp3")


def test_a_link_of_a_library_is_no_second_root(music: Path) -> None:
    if os.name == "nt":
        pytest.skip("links take rights there")
    link = music.parent / "link"
    link.symlink_to(music)
    told: list[Notice] = []
    with Library(music.parent / "library.db") as library:
        assert library.sync(link).added == 2
        report = library.sync(music, mode="quick", on_notice=told.append)
        assert (report.added, report.unchanged) == (0, 2)
        assert library.rescan(music / "a.mp3").unchanged == 2
        assert {track.root for track in library.tracks()} == {str(link)}
    assert [(notice.kind, notice.root) for notice in told] == [("same-root", str(link))]


def test_a_watch_follows_the_roots_of_the_library_inside_its_own(artists: Tree, watch: Watch) -> None:
    with Library(artists.root.parent / "library.db") as library:
        library.sync([artists.root, artists.root / "A"])
    watched = watch(artists.root)
    assert (watched.first.added, watched.first.unchanged) == (0, 2)
    artists.copy(OTHER, "A/Album/new.mp3")
    watched.until("added Album/new.mp3")
    (artists.root / "A" / "Album" / "new.mp3").rename(artists.root / "B" / "new.mp3")
    watched.until("moved B/new.mp3")
    assert len(watched.ids()) == 3
