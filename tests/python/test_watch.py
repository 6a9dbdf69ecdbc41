"""Watching: what changes is in the library soon, in few syncs, and a root that vanishes takes nothing away."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from conftest import FIXTURES, Tree
from mt_scanner import (
    Change,
    Library,
    LibraryError,
    Notice,
    RootNotFound,
    SyncReport,
    WatchError,
    _database,
    _network,
    _source,
    _watch,
)
from mt_scanner.cli import main

PATIENCE = 30.0
FLAC = FIXTURES / "formats" / "flac-16-44.flac"
OTHER = FIXTURES / "formats" / "mp3-vbr.mp3"

pytestmark = pytest.mark.usefixtures("backend")


class Watched:
    """A watch in a thread of its own. What it tells is in `told`."""

    def __init__(self, db: Path, *roots: Path, **options: Any) -> None:
        self.db = db
        self.told: queue.Queue[SyncReport | Change | Notice | BaseException] = queue.Queue()
        self.stop = threading.Event()
        self._options = options
        self._roots = roots
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        self.first = self.report()

    def _run(self) -> None:
        tell = self.told.put
        try:
            with Library(self.db) as library:
                reports = library.watch(self._roots, stop=self.stop, on_notice=tell, on_change=tell, **self._options)
                for report in reports:
                    tell(report)
        except BaseException as error:
            tell(error)

    def next(self) -> SyncReport | Change | Notice:
        told = self.told.get(timeout=PATIENCE)
        if isinstance(told, BaseException):
            raise told
        return told

    def report(self) -> SyncReport:
        while not isinstance(told := self.next(), SyncReport):
            pass
        return told

    def until(self, *changes: str) -> None:
        """Waits until all of this has happened, in one batch or in several."""
        left = set(changes)
        while left:
            told = self.next()
            if isinstance(told, Change):
                left.discard(f"{told.change} {told.track.path}")

    def until_notice(self, kind: str) -> Notice:
        while not (isinstance(told := self.next(), Notice) and told.kind == kind):
            pass
        return told

    def ids(self) -> list[int]:
        connection = sqlite3.connect(self.db)
        try:
            rows = connection.execute("SELECT id FROM tracks WHERE missing_since IS NULL ORDER BY id").fetchall()
        finally:
            connection.close()
        return [number for (number,) in rows]

    def end(self) -> float:
        """Stops it; gives the time that took in s."""
        began = time.monotonic()
        self.stop.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        return time.monotonic() - began


Watch = Callable[..., Watched]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    started: list[Watched] = []

    def start(*roots: Path, **options: Any) -> Watched:
        started.append(Watched(tmp_path / "library.db", *roots, **options))
        return started[-1]

    yield start
    for watched in started:
        watched.end()


@pytest.fixture
def music(tree: Tree, song: Path) -> Tree:
    """Two artists, whose tracks differ."""
    return tree.copy(song, "A/Album/a.mp3").copy(FLAC, "B/Album/b.flac")


def test_a_file_is_added_changed_and_removed(music: Tree, watch: Watch) -> None:
    watched = watch(music.root)
    assert watched.first.added == 2
    music.copy(OTHER, "A/Album/new.mp3")
    watched.until("added A/Album/new.mp3")
    # In place: the folder does not change.
    with open(music.root / "A/Album/new.mp3", "ab") as file:
        file.write(b"TAG")
    watched.until("modified A/Album/new.mp3")
    (music.root / "A/Album/new.mp3").unlink()
    watched.until("missing A/Album/new.mp3")


def test_a_folder_that_is_renamed_keeps_its_rows(music: Tree, watch: Watch) -> None:
    watched = watch(music.root)
    ids = watched.ids()
    (music.root / "A").rename(music.root / "C")
    watched.until("moved C/Album/a.mp3")
    assert watched.ids() == ids
    # It is watched in its new place.
    music.copy(OTHER, "C/Album/new.mp3")
    watched.until("added C/Album/new.mp3")


def test_folders_that_change_places_are_seen_with_all_that_is_below(music: Tree, watch: Watch) -> None:
    watched = watch(music.root)
    ids = watched.ids()
    (music.root / "A").rename(music.root / "aside")
    (music.root / "B").rename(music.root / "A")
    (music.root / "aside").rename(music.root / "B")
    watched.until("moved B/Album/a.mp3", "moved A/Album/b.flac")
    assert watched.ids() == ids


def test_a_burst_is_one_batch(music: Tree, song: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    # Longer than it is, for machines that are busy otherwise.
    monkeypatch.setattr(_source, "SILENCE", 2.0)
    monkeypatch.setattr(_source, "LONGEST", 30.0)
    watched = watch(music.root)
    ids = watched.ids()
    content = song.read_bytes()
    music.files(*(f"New/Album/{number:03}.mp3" for number in range(500)), content=content)
    (music.root / "B").rename(music.root / "Renamed")
    report = watched.report()
    assert (report.added, report.moved, report.missing) == (500, 1, 0)
    assert watched.ids()[:2] == ids


def test_a_burst_is_committed_soon(music: Tree, song: Path, watch: Watch, backend: str) -> None:
    watched = watch(music.root)
    music.files(*(f"New/{number:03}.mp3" for number in range(500)), content=song.read_bytes())
    written = time.monotonic()
    added = batches = 0
    while added < 500:
        added += watched.report().added
        batches += 1
    took = time.monotonic() - written
    print(f"{backend}: 500 files in {batches} batch(es), {took:.3f} s after the last was written")
    assert took < PATIENCE


def test_what_is_made_below_new_folders_is_seen(music: Tree, watch: Watch) -> None:
    watched = watch(music.root)
    music.copy(OTHER, "C/D/E/F/new.mp3")
    watched.until("added C/D/E/F/new.mp3")
    music.copy(FIXTURES / "formats" / "ogg-vorbis.ogg", "C/D/E/F/newer.ogg")
    watched.until("added C/D/E/F/newer.ogg")


def test_what_says_that_folders_are_skipped_is_heard(music: Tree, watch: Watch) -> None:
    watched = watch(music.root)
    music.files("A/.nomedia")
    watched.until("missing A/Album/a.mp3")
    (music.root / "A/.nomedia").unlink()
    watched.until("restored A/Album/a.mp3")


def test_a_root_that_vanishes_takes_nothing_away_and_is_seen_again(music: Tree, watch: Watch, tmp_path: Path) -> None:
    watched = watch(music.root)
    ids = watched.ids()
    aside = tmp_path / "aside"
    music.root.rename(aside)
    assert watched.until_notice("root-gone").root == str(music.root)
    assert watched.ids() == ids
    shutil.copyfile(OTHER, aside / "A/Album/new.mp3")
    aside.rename(music.root)
    watched.until("added A/Album/new.mp3")
    assert watched.ids()[:2] == ids
    watched.until_notice("root-back")
    (music.root / "A/Album/new.mp3").unlink()
    watched.until("missing A/Album/new.mp3")


def test_a_root_that_is_suddenly_empty_takes_nothing_away(music: Tree, watch: Watch, tmp_path: Path) -> None:
    shutil.rmtree(music.root / "B")
    watched = watch(music.root)
    ids = watched.ids()
    (music.root / "A").rename(tmp_path / "aside")
    watched.until_notice("root-gone")
    assert watched.ids() == ids
    (tmp_path / "aside").rename(music.root / "A")
    watched.until_notice("root-back")
    assert watched.ids() == ids


def test_one_of_two_roots_may_vanish(tmp_path: Path, song: Path, watch: Watch) -> None:
    one, two = Tree(tmp_path / "one").copy(song, "a.mp3"), Tree(tmp_path / "two").copy(FLAC, "b.flac")
    watched = watch(one.root, two.root)
    two.root.rename(tmp_path / "aside")
    watched.until_notice("root-gone")
    one.copy(OTHER, "new.mp3")
    watched.until("added new.mp3")
    assert len(watched.ids()) == 3


def test_events_that_may_be_lost_lead_to_a_full_sync(
    music: Tree, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the system's queue had room for no more than eight.
    monkeypatch.setattr(_source, "crowd", lambda: 2)
    watched = watch(music.root)
    # In a folder that is watched already: of those in a new one the system may tell some only.
    music.files(*(f"A/Album/{number}.txt" for number in range(10)))
    assert watched.until_notice("events-lost").root == str(music.root)
    # What nobody tells of is found all the same.
    while watched.report().progress.folders < 5:
        pass


def test_an_error_of_the_watcher_leads_to_a_full_sync(
    music: Tree, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    import watchfiles

    watching, broken = watchfiles.watch, threading.Event()

    def watch_until(*arguments: Any, **options: Any) -> Iterator[Any]:
        for events in watching(*arguments, **options):
            if events and not broken.is_set():
                broken.set()
                raise RuntimeError("error in underlying watcher")
            yield events

    monkeypatch.setattr(watchfiles, "watch", watch_until)
    watched = watch(music.root)
    music.copy(OTHER, "A/Album/new.mp3")
    assert "underlying" in watched.until_notice("events-lost").detail
    watched.until("added A/Album/new.mp3")
    music.copy(FIXTURES / "formats" / "ogg-vorbis.ogg", "A/Album/newer.ogg")
    watched.until("added A/Album/newer.ogg")


def test_a_library_that_is_busy_is_said_and_tried_again(
    music: Tree, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The other backend has a patience of its own, and tests of its own (`host/src/library/watch/tests.rs`).
    watched = watch(music.root, backend="wasmtime")
    monkeypatch.setattr(_database, "PATIENCE", 0.1)
    monkeypatch.setattr(_watch, "BETWEEN_ATTEMPTS", 0.1)
    with another_sync(watched.db):
        music.copy(OTHER, "A/Album/new.mp3")
        # And again, without another event.
        for _ in range(2):
            busy = watched.until_notice("busy")
            assert str(busy) == "another sync of this library is under way; waiting for it"
        assert len(watched.ids()) == 2
    watched.until("added A/Album/new.mp3")


def test_a_library_that_is_busy_in_the_beginning_is_an_error(
    music: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_database, "PATIENCE", 0.1)
    db = tmp_path / "library.db"
    with Library(db) as library, another_sync(db), pytest.raises(LibraryError, match="another sync"):
        next(library.watch(music, backend="wasmtime"))


@contextmanager
def another_sync(db: Path) -> Iterator[None]:
    other = sqlite3.connect(f"{db}-sync", isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        other.close()


def test_a_watch_limit_leads_to_polling(music: Tree, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    import watchfiles

    def refuse(*arguments: Any, **options: Any) -> Iterator[Any]:
        raise OSError(28, "no space left")
        yield

    monkeypatch.setattr(watchfiles, "watch", refuse)
    watched = watch(music.root, poll_interval=0.02)
    music.copy(OTHER, "A/Album/new.mp3")
    watched.until("added A/Album/new.mp3")


def test_a_network_mount_is_polled(music: Tree, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_network, "MOUNTS", str(music.root.parent / "mounts"))
    line = "36 35 98:0 / {} rw,noatime shared:1 - {} source rw\n"
    mounts = line.format("/", "ext4") + line.format(music.root.parent, "nfs4")
    (music.root.parent / "mounts").write_text(mounts)
    assert _network.filesystem(str(music.root)) == "nfs4" and _network.filesystem("/") is None
    watched = watch(music.root, poll_interval=0.02)
    # In place: a look that is a full sync finds it.
    with open(music.root / "A/Album/a.mp3", "ab") as file:
        file.write(b"TAG")
    watched.until("modified A/Album/a.mp3")


def test_polling_is_said_and_takes_no_watchfiles(music: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with Library(tmp_path / "library.db") as library:
        with pytest.raises(WatchError, match="pip install watchfiles"):
            next(library.watch(music))
        with pytest.warns(RuntimeWarning, match="looked at every 30 s, since that was asked for"):
            assert next(library.watch(music, poll=True)).added == 2


def test_a_watch_that_is_stopped_ends_soon(music: Tree, watch: Watch) -> None:
    assert watch(music.root).end() < 2.0


def test_a_root_that_is_not_there_in_the_beginning_is_an_error(tmp_path: Path) -> None:
    with Library(tmp_path / "library.db") as library, pytest.raises(RootNotFound):
        next(library.watch(tmp_path / "none"))


@pytest.mark.skipif(os.name == "nt", reason="links take rights there")
def test_a_root_may_be_a_link_and_hold_links(music: Tree, watch: Watch, tmp_path: Path) -> None:
    music.link("link", "B")
    (tmp_path / "root").symlink_to(music.root)
    watched = watch(tmp_path / "root")
    music.copy(OTHER, "B/Album/new.mp3")
    watched.until("added B/Album/new.mp3")


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent in another way")
def test_the_command_line_watches_until_it_is_interrupted(music: Tree, tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-m", "mt_scanner", "watch", str(music.root), "--json"]
    command += ["--db", str(tmp_path / "library.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            lines = [json.loads(process.stdout.readline()) for _ in range(2)]
            assert [line["change"] for line in lines] == ["added", "added"]
            music.copy(OTHER, "A/Album/new.mp3")
            assert json.loads(process.stdout.readline())["path"] == "A/Album/new.mp3"
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()


def test_the_command_line_refuses_what_cannot_be(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["watch", str(tmp_path / "none"), "--db", str(tmp_path / "library.db")]) == 3
    assert "the root does not exist" in capsys.readouterr().err
