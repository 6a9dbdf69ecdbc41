"""Watching in trouble: roots vanish, events are lost or not told, another sync is under way.
Nothing is taken away.
"""

from __future__ import annotations

import errno
import os
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
from support.watched import FLAC, OTHER, PATIENCE, Watch

pytestmark = pytest.mark.usefixtures("backend")

linux = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
QUEUE = Path("/proc/sys/fs/inotify/max_queued_events")
"""How many events the system keeps for who does not read them."""


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


@linux
def test_events_that_are_lost_lead_to_a_full_sync(artists: Tree, watch: Watch) -> None:
    goes_on, waits = threading.Event(), threading.Event()
    goes_on.set()

    def hold(_: Progress) -> None:
        if not goes_on.is_set():
            waits.set()
            assert goes_on.wait(PATIENCE)

    watched = watch(artists.root, on_progress=hold)
    goes_on.clear()
    artists.copy(OTHER, "A/Album/new.mp3")
    assert waits.wait(PATIENCE)
    # While that is synced more happens than the system's queue holds, and then one thing more.
    one, two = artists.root / "A/Album/a.mp3", artists.root / "A/Album/new.mp3"
    for _ in range(int(QUEUE.read_text()) // 2 + 1):
        os.utime(one)
        os.utime(two)
    artists.copy(FIXTURES / "formats" / "ogg-vorbis.ogg", "B/Album/newer.ogg")
    goes_on.set()
    notice = watched.until_notice("events-lost")
    assert notice.root == str(artists.root) and "overflowed" in notice.detail
    watched.until("added B/Album/newer.ogg")
    # It goes on: what is new now is told.
    (artists.root / "B/Album/newer.ogg").unlink()
    watched.until("missing B/Album/newer.ogg")


def test_events_that_may_be_lost_lead_to_a_full_sync(
    artists: Tree, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on Windows, where nobody tells.
    monkeypatch.setattr("mt_scanner._library.watch.source.crowd", lambda: 2)
    watched = watch(artists.root)
    artists.files(*(f"A/Album/{number}.txt" for number in range(10)))
    assert watched.until_notice("events-lost").root == str(artists.root)
    # What nobody tells of is found all the same.
    while watched.report().progress.folders < 5:
        pass


def test_a_first_sync_is_no_reason_for_another(artists: Tree, song: Path, tmp_path: Path) -> None:
    artists.files(*(f"C/{number}.mp3" for number in range(200)), content=song.read_bytes())
    seen: list[Notice] = []
    stop = threading.Event()
    looks: list[str] = []

    def look(progress: Progress) -> None:
        looks.append(progress.phase)
        if progress.phase == "done":
            threading.Timer(1.0, stop.set).start()

    with Library(tmp_path / "library.db") as library:
        reports = library.watch(artists.root, stop=stop, on_notice=seen.append, on_progress=look)
        assert [report.added for report in reports] == [202]
    assert seen == [] and looks.count("done") == 1


@linux
def test_an_error_of_the_system_leads_to_a_full_sync(
    artists: Tree, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inotify_simple import INotify

    reading, broken = INotify.read, threading.Event()

    def read(self: INotify, *arguments: Any) -> Any:
        events = reading(self, *arguments)
        if events and not broken.is_set():
            broken.set()
            raise OSError(errno.EIO, "error in what lies below")
        return events

    monkeypatch.setattr(INotify, "read", read)
    watched = watch(artists.root)
    artists.copy(OTHER, "A/Album/new.mp3")
    assert "what lies below" in watched.until_notice("events-lost").detail
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


@linux
def test_a_watch_limit_leads_to_polling(artists: Tree, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    from inotify_simple import INotify

    def refuse(*arguments: Any) -> int:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(INotify, "add_watch", refuse)
    watched = watch(artists.root, poll_interval=0.02)
    artists.copy(OTHER, "A/Album/new.mp3")
    watched.until("added A/Album/new.mp3")


@linux
def test_a_watch_limit_that_is_met_later_leads_to_polling(
    artists: Tree, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inotify_simple import INotify

    adding = INotify.add_watch

    def add(self: INotify, path: str, mask: int) -> int:
        if path.endswith("more"):
            raise OSError(errno.ENOSPC, "no space left")
        number: int = adding(self, path, mask)
        return number

    monkeypatch.setattr(INotify, "add_watch", add)
    watched = watch(artists.root, poll_interval=0.02)
    artists.copy(OTHER, "A/more/new.mp3")
    assert "max_user_watches" in watched.until_notice("polling").detail
    watched.until("added A/more/new.mp3")


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


def test_polling_is_said_and_takes_no_other_package(
    artists: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = "inotify-simple" if sys.platform == "linux" else "watchfiles"
    monkeypatch.setitem(sys.modules, package.replace("-", "_"), None)
    for module in ("inotify", "trees"):
        monkeypatch.delitem(sys.modules, f"mt_scanner._library.watch.{module}", raising=False)
    with Library(tmp_path / "library.db") as library:
        with pytest.raises(WatchError, match=f"pip install {package}"):
            next(library.watch(artists))
        with pytest.warns(RuntimeWarning, match="looked at every 30 s, since that was asked for"):
            assert next(library.watch(artists, poll=True)).added == 2


def test_a_root_that_is_not_there_in_the_beginning_is_an_error(tmp_path: Path) -> None:
    with Library(tmp_path / "library.db") as library, pytest.raises(RootNotFound):
        next(library.watch(tmp_path / "none"))
