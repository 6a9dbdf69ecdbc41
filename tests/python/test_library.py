"""The library: what was scanned is what is in the database, and a sync never takes anything away."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from mt_scanner import (
    Change,
    Library,
    LibraryError,
    Progress,
    RootEmptied,
    RootNotFound,
    Scanner,
    SyncReport,
)
from support.trees import Tree


def rows(path: Path, sql: str = "SELECT count(*) FROM tracks") -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "library.db"


def test_a_sync_brings_every_track_into_the_library(sample_library: Path, db: Path) -> None:
    scanner = Scanner(sample_library)
    tracks = sorted(scanner.scan())
    with Library(db) as library:
        report = library.sync(sample_library)
        assert type(report) is SyncReport
        assert (report.added, report.modified, report.unchanged) == (len(tracks), 0, 0)
        assert sorted(report.problems) == sorted(scanner.problems)
        assert sorted(library.tracks()) == tracks
    assert rows(db) == [(len(tracks),)]
    assert rows(db, "SELECT count(*) FROM problems") == [(len(scanner.problems),)]


def test_a_second_sync_changes_nothing(sample_library: Path, db: Path) -> None:
    with Library(db) as library:
        first = library.sync(sample_library)
        before = rows(db, "SELECT * FROM tracks ORDER BY id")
        again = library.sync(sample_library)
    assert (again.added, again.modified, again.unchanged) == (0, 0, first.added)
    assert rows(db, "SELECT * FROM tracks ORDER BY id") == before
    assert rows(db, "SELECT count(*) FROM problems") == [(len(again.problems),)]


def test_what_is_new_and_what_has_changed_is_counted(tree: Tree, song: Path, db: Path) -> None:
    tree.copy(song, "a.mp3").copy(song, "b.mp3").copy(song, "c.mp3")
    with Library(db) as library:
        library.sync(tree)
        tree.copy(song, "d.mp3").files("b.mp3", content=song.read_bytes() + b"\0")
        report = library.sync(tree)
        assert (report.added, report.modified, report.unchanged) == (1, 1, 2)
        assert {track.path: track.size for track in library.tracks()}["b.mp3"] == song.stat().st_size + 1


def test_problems_are_those_that_stand(tree: Tree, song: Path, db: Path) -> None:
    tree.copy(song, "good.mp3").files("bad.mp3", content=b"no music")
    with Library(db) as library:
        assert [problem.path for problem in library.sync(tree).problems] == ["bad.mp3"]
        tree.copy(song, "bad.mp3")
        assert library.sync(tree).problems == []
    assert rows(db, "SELECT count(*) FROM problems") == [(0,)]


def test_files_that_are_gone_are_kept_and_marked(tree: Tree, song: Path, db: Path) -> None:
    tree.copy(song, "a.mp3").copy(song, "b.mp3")
    with Library(db) as library:
        library.sync(tree)
        (tree.root / "a.mp3").unlink()
        report = library.sync(tree)
        assert (report.missing, report.unchanged) == (1, 1)
        assert [track.path for track in library.tracks()] == ["b.mp3"]
    assert rows(db, "SELECT path, missing_since IS NULL FROM tracks ORDER BY path") == [("a.mp3", 0), ("b.mp3", 1)]


def test_a_root_that_is_empty_or_gone_takes_nothing_away(tree: Tree, song: Path, db: Path) -> None:
    tree.copy(song, "a.mp3").files("bad.mp3", content=b"no music")
    with Library(db) as library:
        library.sync(tree)
        content = rows(db, "SELECT * FROM tracks"), rows(db, "SELECT * FROM problems")
        shutil.rmtree(tree.root)
        with pytest.raises(RootNotFound):
            library.sync(tree)
        tree.root.mkdir()
        with pytest.raises(RootEmptied) as caught:
            library.sync(tree)
        assert caught.value.path == str(tree.root)
        assert (rows(db, "SELECT * FROM tracks"), rows(db, "SELECT * FROM problems")) == content
        assert library.sync(tree, confirm_empty=True).missing == 2
        assert library.purge(missing_for=60) == 0
        assert library.purge() == 2
    assert rows(db) == [(0,)]


def test_a_rehearsal_writes_nothing(tree: Tree, song: Path, db: Path) -> None:
    tree.copy(song, "a.mp3")
    with Library(db) as library:
        assert library.sync(tree, dry_run=True).added == 1
        assert not db.exists()
        library.sync(tree)
        tree.copy(song, "b.mp3")
        changes: list[Change] = []
        assert library.sync(tree, dry_run=True, on_change=changes.append).added == 1
        assert [(change.change, change.track.path) for change in changes] == [("added", "b.mp3")]
        assert [track.path for track in library.tracks()] == ["a.mp3"]


def test_changes_are_told_with_the_track_as_it_is_now(tree: Tree, song: Path, db: Path) -> None:
    tree.copy(song, "a.mp3")
    changes: list[Change] = []
    with Library(db) as library:
        library.sync(tree, on_change=changes.append)
        (tree.root / "a.mp3").rename(tree.root / "b.mp3")
        library.sync(tree, on_change=changes.append)
        (track,) = library.tracks()
    added, moved = changes
    assert (added.change, added.former_path, added.track.path) == ("added", None, "a.mp3")
    assert (moved.change, moved.former_root, moved.former_path) == ("moved", str(tree.root), "a.mp3")
    assert moved.track == track and track.path == "b.mp3"


def test_a_mode_that_there_is_not(tree: Tree, db: Path) -> None:
    with pytest.raises(ValueError, match="quick"):
        Library(db).sync(tree, mode="hasty")  # type: ignore[arg-type]


def test_several_roots_share_a_library(tmp_path: Path, song: Path, db: Path) -> None:
    one, two = Tree(tmp_path / "one").copy(song, "a.mp3"), Tree(tmp_path / "two").copy(song, "a.mp3")
    with Library(db) as library:
        library.sync([one, two])
        library.sync(two)
        assert [track.root for track in library.tracks()] == [str(one.root), str(two.root)]


def test_rows_are_written_in_transactions_that_others_can_see(
    tree: Tree, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.files(*(f"{folder}/{number}.mp3" for folder in range(40) for number in range(50)))
    monkeypatch.setattr("mt_scanner._library.sync.ROWS", 100)
    monkeypatch.setattr("mt_scanner._library.sync.BETWEEN_REPORTS", 0.0)
    seen: set[object] = set()

    def look(progress: Progress) -> None:
        seen.add(rows(db)[0][0])

    with Library(db) as library:
        library.sync(tree, on_progress=look, backend="wasmtime")
    assert len(seen) > 5 and max(seen) == 2000  # type: ignore[type-var]
    assert rows(db, "PRAGMA journal_mode") == [("wal",)]


def test_a_sync_that_is_broken_off_keeps_whole_transactions(
    tree: Tree, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.files(*(f"{folder}/{number}.mp3" for folder in range(40) for number in range(50)))
    monkeypatch.setattr("mt_scanner._library.sync.ROWS", 100)
    monkeypatch.setattr("mt_scanner._library.sync.BETWEEN_REPORTS", 0.0)

    def enough(progress: Progress) -> None:
        if progress.tracks > 1000:
            raise KeyboardInterrupt

    with Library(db) as library:
        with pytest.raises(KeyboardInterrupt):
            library.sync(tree, on_progress=enough, backend="wasmtime")
        (count,) = rows(db)[0]
        assert isinstance(count, int) and 0 < count < 2000
        kept = rows(db, "SELECT id, path FROM tracks")
        report = library.sync(tree)
    # What the first one has added nobody was told of yet.
    assert (report.added, report.unchanged) == (2000, 0)
    assert set(kept) <= set(rows(db, "SELECT id, path FROM tracks"))


def test_options_of_the_scanner_are_options_of_a_sync(tree: Tree, song: Path, db: Path) -> None:
    tree.copy(song, "a.mp3").copy(song, ".hidden/b.mp3")
    with Library(db) as library:
        assert library.sync(tree, hidden_folders=True, workers=1).added == 2
        with pytest.raises(TypeError):
            library.sync(tree, colour="blue")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_odd_names_are_kept_as_they_are(tree: Tree, song: Path, db: Path) -> None:
    names = {"🎵.mp3", "a\nb.mp3", 'quote\'s "x".mp3', "日本語.mp3", "e\u0301.mp3", "100%_[x].mp3", "\x1b[31mred.mp3"}
    for name in names:
        tree.copy(song, name)
    with Library(db) as library:
        library.sync(tree)
        assert {track.path for track in library.tracks()} == names


def test_a_library_of_a_later_version_is_not_touched(tree: Tree, db: Path) -> None:
    connection = sqlite3.connect(db)
    connection.executescript("CREATE TABLE tracks (future); PRAGMA user_version = 99;")
    connection.close()
    content = db.read_bytes()
    with Library(db) as library, pytest.raises(LibraryError, match="schema version 99") as caught:
        library.sync(tree)
    assert caught.value.path == str(db)
    assert db.read_bytes() == content


def test_a_file_that_is_no_library_is_not_touched(tree: Tree, db: Path) -> None:
    db.write_text("dear diary, " * 100)
    with pytest.raises(LibraryError, match="not a database"):
        Library(db).sync(tree)
    assert db.read_text() == "dear diary, " * 100
    with pytest.raises(LibraryError, match="folder does not exist"):
        Library(db.parent / "none" / "library.db").sync(tree)


def test_two_libraries_can_be_made_at_a_time(tree: Tree, song: Path, db: Path) -> None:
    tree.copy(song, "a.mp3")
    one, two = Library(db), Library(db)
    assert [one.sync(tree).added, two.sync(tree).added, one.sync(tree).unchanged] == [1, 0, 1]
    one.close()
    two.close()


def test_a_sync_that_is_broken_off_goes_on_reading_again(tree: Tree, db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.files(*(f"{folder}/{number}.mp3" for folder in range(40) for number in range(50)))
    monkeypatch.setattr("mt_scanner._library.sync.ROWS", 100)
    monkeypatch.setattr("mt_scanner._library.sync.BETWEEN_REPORTS", 0.0)

    def enough(progress: Progress) -> None:
        if progress.tracks > 1000:
            raise KeyboardInterrupt

    def older() -> int:
        (count,) = rows(db, "SELECT count(*) FROM tracks WHERE reader_id IS NULL")[0]
        assert isinstance(count, int)
        return count

    with Library(db) as library:
        library.sync(tree)
    kept = rows(db, "SELECT id, path, added_at FROM tracks ORDER BY id")
    connection = sqlite3.connect(db)
    connection.executescript("UPDATE roots SET reader_id = NULL; UPDATE tracks SET reader_id = NULL")
    connection.close()
    with Library(db) as library:
        with pytest.raises(KeyboardInterrupt):
            library.sync(tree, mode="quick", on_progress=enough, backend="wasmtime")
        left = older()
        assert 0 < left < 2000
        report = library.sync(tree, mode="quick")
        assert (report.reread, report.modified, report.unchanged) == (left, 0, 2000 - left)
        assert library.sync(tree).reread == older() == 0
    assert rows(db, "SELECT id, path, added_at FROM tracks ORDER BY id") == kept
