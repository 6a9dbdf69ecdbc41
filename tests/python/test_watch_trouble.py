"""Watching in trouble: roots vanish, events are lost or not told, another sync is under way.
Nothing is taken away.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mt_scanner import Library, LibraryError, Notice, Progress, RootNotFound, WatchError
from mt_scanner._library.watch import network
from support.trees import FIXTURES, Tree
from support.watched import FLAC, OTHER, Watch

pytestmark = pytest.mark.usefixtures("backend")


def test_a_root_that_vanishes_takes_nothing_away_and_is_seen_again(artists: Tree, watch: Watch, tmp_path: Path) -> None:
    watched = watch(artists.root)
    ids = watched.ids()
    aside = tmp_path / "aside"
    artists.root.rename(aside)
    assert watched.until_notice("root-gone").root == str(artists.root)
    assert watched.ids() == ids
    shutil.copyfile(OTHER, aside / "A/Album/new.mp3")
    aside.rename(artists.root)
    watched.until("added A/Album/new.mp3")
    assert watched.ids()[:2] == ids
    watched.until_notice("root-back")
    (artists.root / "A/Album/new.mp3").unlink()
    watched.until("missing A/Album/new.mp3")


def test_a_root_that_is_suddenly_empty_takes_nothing_away(artists: Tree, watch: Watch, tmp_path: Path) -> None:
    shutil.rmtree(artists.root / "B")
    watched = watch(artists.root)
    ids = watched.ids()
    (artists.root / "A").rename(tmp_path / "aside")
    watched.until_notice("root-gone")
    assert watched.ids() == ids
    (tmp_path / "aside").rename(artists.root / "A")
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
    artists: Tree, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the system's queue had room for no more than eight.
    monkeypatch.setattr("mt_scanner._library.watch.source.crowd", lambda: 2)
    watched = watch(artists.root)
    # In a folder that is watched already: of those in a new one the system may tell some only.
    artists.files(*(f"A/Album/{number}.txt" for number in range(10)))
    assert watched.until_notice("events-lost").root == str(artists.root)
    # What nobody tells of is found all the same.
    while watched.report().progress.folders < 5:
        pass


def test_a_first_sync_of_many_files_alarms_nobody(
    artists: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mt_scanner._library.watch.source.crowd", lambda: 1)
    seen: list[Notice] = []
    stop = threading.Event()
    looks: list[str] = []

    def look(progress: Progress) -> None:
        looks.append(progress.phase)
        if looks.count("done") == 2:
            threading.Timer(0.5, stop.set).start()

    with Library(tmp_path / "library.db") as library:
        threading.Timer(30.0, stop.set).start()
        reports = library.watch(artists.root, stop=stop, on_notice=seen.append, on_progress=look)
        assert [report.added for report in reports] == [2]
        # A second look was had, and nobody was told.
        assert seen == [] and looks.count("done") >= 2


def test_an_error_of_the_watcher_leads_to_a_full_sync(
    artists: Tree, watch: Watch, monkeypatch: pytest.MonkeyPatch
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
    watched = watch(artists.root)
    artists.copy(OTHER, "A/Album/new.mp3")
    assert "underlying" in watched.until_notice("events-lost").detail
    watched.until("added A/Album/new.mp3")
    artists.copy(FIXTURES / "formats" / "ogg-vorbis.ogg", "A/Album/newer.ogg")
    watched.until("added A/Album/newer.ogg")


def test_a_library_that_is_busy_is_said_and_tried_again(
    artists: Tree, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The other backend has a patience of its own, and tests of its own
    # (`host/src/library/watch/tests.rs`).
    watched = watch(artists.root, backend="wasmtime")
    monkeypatch.setattr("mt_scanner._library.database.PATIENCE", 0.1)
    monkeypatch.setattr("mt_scanner._library.watch.running.BETWEEN_ATTEMPTS", 0.1)
    with another_sync(watched.db):
        artists.copy(OTHER, "A/Album/new.mp3")
        # And again, without another event.
        for _ in range(2):
            busy = watched.until_notice("busy")
            assert str(busy) == "another sync of this library is under way; waiting for it"
        assert len(watched.ids()) == 2
    watched.until("added A/Album/new.mp3")


def test_a_library_that_is_busy_in_the_beginning_is_an_error(
    artists: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mt_scanner._library.database.PATIENCE", 0.1)
    db = tmp_path / "library.db"
    with Library(db) as library, another_sync(db), pytest.raises(LibraryError, match="another sync"):
        next(library.watch(artists, backend="wasmtime"))


def test_who_waits_for_another_sync_can_be_stopped(artists: Tree, watch: Watch) -> None:
    watched = watch(artists.root)
    with another_sync(watched.db):
        artists.copy(OTHER, "A/Album/new.mp3")
        time.sleep(2.0)
        assert watched.end() < 5.0
        assert len(watched.ids()) == 2


@contextmanager
def another_sync(db: Path) -> Iterator[None]:
    """In another process: locks keep processes apart, and the native backend has an SQLite of its
    own in this one.
    """
    command = [sys.executable, "-c", HOLD, f"{db}-sync"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        yield


HOLD = """
import sqlite3, sys
lock = sqlite3.connect(sys.argv[1], isolation_level=None)
lock.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_watch_limit_leads_to_polling(artists: Tree, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    import watchfiles

    def refuse(*arguments: Any, **options: Any) -> Iterator[Any]:
        raise OSError(28, "no space left")
        yield

    monkeypatch.setattr(watchfiles, "watch", refuse)
    watched = watch(artists.root, poll_interval=0.02)
    artists.copy(OTHER, "A/Album/new.mp3")
    watched.until("added A/Album/new.mp3")


@pytest.mark.skipif(sys.platform != "linux", reason="mounts can be listed as one likes only there")
def test_a_network_mount_is_polled(artists: Tree, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mt_scanner._library.watch.network.MOUNTS", str(artists.root.parent / "mounts"))
    line = "36 35 98:0 / {} rw,noatime shared:1 - {} source rw\n"
    mounts = line.format("/", "ext4") + line.format(artists.root.parent, "nfs4")
    (artists.root.parent / "mounts").write_text(mounts)
    assert network.filesystem(str(artists.root)) == "nfs4" and network.filesystem("/") is None
    watched = watch(artists.root, poll_interval=0.02)
    # In place: a look that is a full sync finds it.
    with open(artists.root / "A/Album/a.mp3", "ab") as file:
        file.write(b"TAG")
    watched.until("modified A/Album/a.mp3")


def test_macos_says_whether_a_filesystem_is_local_and_windows_by_the_path() -> None:
    def answer(kind: bytes, flags: int) -> bytes:
        return bytes(64) + struct.pack("=II16s", flags, 0, kind) + bytes(2080)

    read_only, local = 1, 0x1000
    for kind in (b"smbfs", b"nfs", b"afpfs", b"webdav", b"ftp", b"something new"):
        assert network.remote(answer(kind, read_only)) == kind.decode()
    assert network.remote(answer(b"macfuse", local)) == "macfuse"
    assert all(network.remote(answer(kind, local)) is None for kind in (b"apfs", b"hfs", b"exfat"))
    assert not network.remote(b"")
    assert all(map(network.is_share, ("\\\\nas\\music", "\\\\?\\UNC\\nas\\music\\Artist")))
    assert not any(map(network.is_share, ("C:\\Music", "\\\\?\\C:\\Music", "\\\\?\\Volume{4c1b02c1}\\Music")))


def test_polling_is_said_and_takes_no_watchfiles(
    artists: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with Library(tmp_path / "library.db") as library:
        with pytest.raises(WatchError, match="pip install watchfiles"):
            next(library.watch(artists))
        with pytest.warns(RuntimeWarning, match="looked at every 30 s, since that was asked for"):
            assert next(library.watch(artists, poll=True)).added == 2


def test_a_root_that_is_not_there_in_the_beginning_is_an_error(tmp_path: Path) -> None:
    with Library(tmp_path / "library.db") as library, pytest.raises(RootNotFound):
        next(library.watch(tmp_path / "none"))
