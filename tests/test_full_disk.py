"""Full disks: what was in the library stays, and the next sync does what was to be done."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from mt_scanner import Library, LibraryError
from mt_scanner._library import sync
from support.doors import LIBRARIANS, Door
from support.durable import content, copied, fails, ids

ROOM = 96 * 1024
"""Too few bytes for the library of the tree, and for what is new in it."""


@pytest.mark.parametrize("delta", [False, True], ids=["initial", "delta"])
def test_a_full_disk_costs_nothing(
    door: Door, delta: bool, disk: Path, music: Path, before: Path, tmp_path: Path
) -> None:
    base = before if delta else None
    database = copied(base, disk / "library.db")
    with nearly_full(disk):
        reason = fails(door, database, music)
    assert "full" in reason or "disk I/O error" in reason, reason
    check_after(door, database, music, base, tmp_path)


@pytest.mark.parametrize("pages", [15, 20, 25])
def test_a_library_that_may_not_grow_costs_nothing(
    pages: int, music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same wherever no disk can be mounted: SQLite has a limit of its own."""
    monkeypatch.setattr(sync, "ROWS", 7)
    database = tmp_path / "library.db"
    with Library(database) as library:
        library._open().connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(LibraryError, match="database or disk is full") as failure:
            library.sync(music, backend="wasmtime")
        assert failure.value.path == str(database)
    check_after(LIBRARIANS[0], database, music, None, tmp_path)


def check_after(door: Door, database: Path, music: Path, base: Path | None, tmp_path: Path) -> None:
    """Nothing is lost that was there, and the next sync does what was to be done."""
    old = ids(base) if base else set()
    assert ids(database) >= old
    assert door.index(database, [music]).code == 0
    calm = copied(base, tmp_path / "calm.db")
    assert door.index(calm, [music]).code == 0
    assert content(database, old) == content(calm, old)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or subprocess.run(mount).returncode != 0:
        pytest.skip("no disk can be mounted here; a limit of SQLite stands in for it")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@contextmanager
def nearly_full(disk: Path) -> Iterator[None]:
    """Somebody else takes all of a disk but for `ROOM`."""
    filler = disk / "filler"
    try:
        with open(filler, "wb", buffering=0) as file:
            while file.write(b"x" * 4096) == 4096:
                pass
    except OSError as error:
        assert error.errno == errno.ENOSPC, error
    os.truncate(filler, filler.stat().st_size - ROOM)
    yield
    filler.unlink()
