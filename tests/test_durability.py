"""Durability: whatever happens to a process or a disk, the library stays whole and true, and the next sync goes on."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from doors import LIBRARIANS, Door
from mt_scanner import Library, LibraryError, _database, _sync
from scenarios import WRITING, contents, do, settle, song

FOLDERS, FILES = 30, 10
KILLS = int(os.environ.get("MT_SCANNER_KILLS", "50"))
"""Kills of each test: twice that of an initial sync, and as many of one that finds changes."""
ROOM = 96 * 1024
"""Too few bytes for the library of the tree, and for what is new in it."""
DEADLOCK = 60
"""Seconds after which a process that should have ended hangs."""

Content = dict[str, list[object]]

# Transactions of some rows, not of a second: a small tree takes many then. `ready` is told before the sync.
IN_SMALL_PIECES = """
import sys
from mt_scanner import Library, _sync
_sync.ROWS, _sync.SECONDS = 7, 3600.0
database, root = sys.argv[1:]
with Library(database) as library:
    library._open()
    print("ready", flush=True)
    library.sync(root)
"""


@pytest.fixture(params=LIBRARIANS, ids=str)
def door(request: pytest.FixtureRequest) -> Door:
    chosen: Door = request.param
    return chosen


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree that nobody changes."""
    root = tmp_path_factory.mktemp("tree") / "music"
    for folder in range(FOLDERS):
        (root / f"{folder:02}").mkdir(parents=True)
        for file in range(FILES):
            place = root / f"{folder:02}" / f"{file:02}.mp3"
            place.write_bytes(song(folder * FILES + file, f"Song {folder}.{file}"))
    (root / "malformed.mp3").write_text("not music")
    settle()
    return root


@pytest.fixture(scope="module")
def before(music: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the tree as it was once: much has happened since, of every kind."""
    place = tmp_path_factory.mktemp("before")
    # The library is of the tree's own path, so the tree is put there for a while.
    aside = music.with_name("aside")
    music.rename(aside)
    shutil.copytree(aside, music)
    do(
        music,
        [
            *({"rename": [f"{folder:02}", f"old {folder:02}"]} for folder in range(10)),
            *({"rename": [f"{folder:02}/00.mp3", f"{folder:02}/old.mp3"]} for folder in range(10, 20)),
            *({"retag": [f"{folder:02}/01.mp3", "Other"]} for folder in range(10, 20)),
            *({"swap": [f"{folder:02}/02.mp3", f"{folder:02}/03.mp3"]} for folder in range(10, 20)),
            *({"copy": [f"{folder:02}", f"gone {folder:02}"]} for folder in range(15, 18)),
            *({"delete": f"{folder:02}"} for folder in range(25, 30)),
        ],
    )
    settle()
    database = place / "library.db"
    assert LIBRARIANS[-1].index(database, [music]).code == 0
    shutil.rmtree(music)
    aside.rename(music)
    return database


def content(database: Path, among: set[int] | None = None) -> Content:
    """What is in a whole library. Of ids only those that are `among` these: others are given as rows are added."""
    rows = contents(database)
    tracks = [
        {name: row[name] for name in row if name not in WRITING}
        | {"missing_since": row["missing_since"] is not None, "id": row["id"] if row["id"] in (among or ()) else None}
        for row in rows["tracks"]
    ]
    return {"tracks": sorted(tracks, key=repr), "folders": [*rows["folders"]], "problems": [*rows["problems"]]}


def ids(database: Path) -> set[int]:
    return {row["id"] for row in contents(database)["tracks"]}


def unfinished(database: Path) -> tuple[int, int]:
    """How many syncs have not come to their end, and how many tracks they have added."""
    with closing(sqlite3.connect(database)) as connection:
        (scans,) = connection.execute("SELECT count(*) FROM scans WHERE finished_at IS NULL").fetchone()
        (arrivals,) = connection.execute("SELECT count(*) FROM arrivals").fetchone()
    return scans, arrivals


def copied(database: Path | None, to: Path) -> Path:
    if database is not None:
        shutil.copyfile(database, to)
    return to


class Killer:
    """Starts a sync over and over, and kills it at moments of chance."""

    def __init__(self, start: Callable[[Path], subprocess.Popen[str]], chance: random.Random) -> None:
        self.start = start
        self.chance = chance
        self.kills = 0
        self.halfway = 0
        """Kills that have left something in the library that the sync would have gone on with."""
        self.seconds = 0.0
        """How long an undisturbed sync takes."""

    def undisturbed(self, database: Path) -> None:
        process = self.start(database)
        began = time.monotonic()
        assert process.wait(DEADLOCK) == 0
        self.seconds = time.monotonic() - began

    def kill(self, database: Path) -> bool:
        """Whether the kill came before the end."""
        process = self.start(database)
        time.sleep(self.chance.uniform(0.0, self.seconds))
        process.kill()
        if process.wait(DEADLOCK) != -signal.SIGKILL:
            return False
        self.kills += 1
        return True

    def series(self, database: Path, most: int) -> None:
        """Kills until a sync was quicker, or there were so many."""
        while most and self.kill(database):
            most -= 1
            if database.exists() and database.stat().st_size:
                contents_if_any(database)
                self.halfway += bool(has_tables(database) and unfinished(database)[1])


def has_tables(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as connection:
        return bool(connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'arrivals'").fetchone()[0])


def contents_if_any(database: Path) -> None:
    """The library is whole, also one that was killed before it had a schema."""
    if has_tables(database):
        contents(database)
    else:
        with closing(sqlite3.connect(database)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def binary(music: Path) -> Callable[[Path], subprocess.Popen[str]]:
    def start(database: Path) -> subprocess.Popen[str]:
        command = LIBRARIANS[-1].indexing(database, [music], "--quiet")
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)

    return start


def package(music: Path) -> Callable[[Path], subprocess.Popen[str]]:
    def start(database: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", IN_SMALL_PIECES, str(database), str(music)]
        environment = os.environ | {"MT_SCANNER_BACKEND": "wasmtime"}
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        with process.stdout as told:
            assert told.readline() == "ready\n"
        return process

    return start


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.parametrize("start", [binary, package], ids=["mt-scan", "python"])
@pytest.mark.parametrize("delta", [False, True], ids=["initial", "delta"])
def test_a_kill_at_any_moment_costs_nothing(
    start: Callable[[Path], Callable[[Path], subprocess.Popen[str]]],
    delta: bool,
    music: Path,
    before: Path,
    tmp_path: Path,
) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    base = before if delta else None
    killer = Killer(start(music), random.Random(seed))
    calm = copied(base, tmp_path / "calm.db")
    killer.undisturbed(calm)
    old = ids(before) if delta else set()
    expected = content(calm, old)
    number = 0
    while killer.kills < KILLS:
        number += 1
        database = copied(base, tmp_path / f"{number}.db")
        killer.series(database, min(8, KILLS - killer.kills))
        killer.undisturbed(database)
        assert content(database, old) == expected, f"seed {seed}"
        assert unfinished(database) == (0, 0)
    print(f"{killer.kills} kills in {number} libraries, {killer.halfway} of them with rows of a broken off sync")
    assert killer.halfway or start is binary


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGSTOP")
def test_mt_scan_goes_on_from_any_transaction(music: Path, before: Path, tmp_path: Path) -> None:
    """Its transactions take a second, and its sync of a small tree far less: pauses spread it over several."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    start = binary(music)
    calm = Killer(start, random.Random(seed))
    reference = copied(before, tmp_path / "calm.db")
    calm.undisturbed(reference)
    expected, old = content(reference, ids(before)), ids(before)
    databases = [copied(before, tmp_path / f"{number}.db") for number in range(8)]
    processes = []
    chance = random.Random(seed)
    for database in databases:
        process = start(database)
        time.sleep(chance.uniform(0.2, 0.9) * calm.seconds)
        process.send_signal(signal.SIGSTOP)
        processes.append(process)
    time.sleep(1.1)
    for process in processes:
        process.send_signal(signal.SIGCONT)
        time.sleep(chance.uniform(0.0, 0.3) * calm.seconds)
        process.kill()
        process.wait(DEADLOCK)
    for database in databases:
        contents(database)
        print(f"{unfinished(database)[1]} rows of a broken off sync")
        calm.undisturbed(database)
        assert content(database, old) == expected, f"seed {seed}"


@contextmanager
def held(database: str | Path, how: str) -> Iterator[None]:
    """Somebody else holds the database."""
    with closing(sqlite3.connect(database, isolation_level=None, check_same_thread=False)) as connection:
        connection.execute(how)
        yield


def test_two_syncs_at_once_do_not_interleave(door: Door, music: Path, before: Path, tmp_path: Path) -> None:
    alone = copied(before, tmp_path / "alone.db")
    assert door.index(alone, [music]).code == 0
    database = copied(before, tmp_path / "library.db")
    # Every door against this one.
    with ThreadPoolExecutor() as threads:
        both = list(threads.map(lambda other: other.index(database, [music]), (door, *LIBRARIANS)))
    assert [sync.code for sync in both] == [0] * len(both), [sync.message for sync in both]
    told = [len(sync.changes) for sync in both]
    assert sorted(told)[:-1] == [0] * len(LIBRARIANS) and max(told) > 100, "one of them has done it, and all of it"
    old = ids(before)
    assert content(database, old) == content(alone, old)


def test_a_sync_waits_for_another_one(door: Door, music: Path, tmp_path: Path) -> None:
    database = tmp_path / "library.db"
    assert door.index(database, [music / "00"]).code == 0
    done = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        with held(f"{database}-sync", "BEGIN EXCLUSIVE"):
            waiting = threads.submit(door.index, database, [music])
            waiting.add_done_callback(lambda _: done.set())
            assert not done.wait(1.5)
            assert len(contents(database)["tracks"]) == FILES
        assert waiting.result().code == 0
    assert len(contents(database)["tracks"]) == FILES + FILES * FOLDERS + 1


def test_a_sync_waits_for_another_writer(door: Door, music: Path, tmp_path: Path) -> None:
    database = tmp_path / "library.db"
    assert door.index(database, [music / "00"]).code == 0
    with ThreadPoolExecutor(1) as threads:
        with held(database, "BEGIN IMMEDIATE"):
            waiting = threads.submit(door.index, database, [music])
            time.sleep(1.0)
            assert not waiting.done()
        assert waiting.result().code == 0


def test_to_forget_waits_for_a_sync(door: Door, music: Path, before: Path, tmp_path: Path) -> None:
    """What a sync has found in the library is not taken away from it."""
    database = copied(before, tmp_path / "library.db")
    assert door.index(database, [music]).code == 0
    missing = sum(row["missing_since"] is not None for row in contents(database)["tracks"])
    with ThreadPoolExecutor(1) as threads:
        with held(f"{database}-sync", "BEGIN EXCLUSIVE"):
            waiting = threads.submit(door.purge, database)
            time.sleep(1.0)
            assert not waiting.done()
        assert waiting.result() == missing > 0


def test_to_forget_leaves_what_a_broken_off_sync_left_open(door: Door, tmp_path: Path) -> None:
    """The track whose file has other audio now may be anywhere: only the end of a sync knows."""
    database, music = tmp_path / "library.db", tmp_path / "music"
    do(tmp_path, [{"put": {f"music/{name}.mp3": {"song": number} for number, name in enumerate("ab")}}])
    settle()
    assert door.index(database, [music]).code == 0
    was = {row["path"]: row["id"] for row in contents(database)["tracks"]}
    do(tmp_path, [{"swap": ["music/a.mp3", "music/b.mp3"]}])
    settle()
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TRIGGER broken BEFORE DELETE ON arrivals BEGIN SELECT raise(ABORT, 'broken'); END")
    assert "broken" in fails(door, database, music)
    assert unfinished(database) == (1, 2)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DROP TRIGGER broken")
    assert door.purge(database) == 0
    sync = door.index(database, [music])
    assert [change["change"] for change in sync.changes] == ["moved", "moved"]
    assert {row["path"]: row["id"] for row in contents(database)["tracks"]} == {
        "a.mp3": was["b.mp3"],
        "b.mp3": was["a.mp3"],
    }


@pytest.mark.parametrize(
    "beside, how, reason",
    [
        ("-sync", "BEGIN EXCLUSIVE", "another sync of this library is under way"),
        ("", "BEGIN IMMEDIATE", "database is locked"),
        ("", "BEGIN EXCLUSIVE", "database is locked"),
    ],
)
def test_who_waits_in_vain_is_told(
    beside: str, how: str, reason: str, music: Path, before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_database, "PATIENCE", 0.2)
    database = copied(before, tmp_path / "library.db")
    was = content(database)
    with held(f"{database}{beside}", how), Library(database) as library:
        began = time.monotonic()
        with pytest.raises(LibraryError) as failure:
            library.sync(music, backend="wasmtime")
        assert time.monotonic() - began < 5.0
    assert failure.value.path == str(database)
    assert reason in failure.value.reason
    assert content(database) == was


def test_readers_go_on_during_a_sync(door: Door, music: Path, before: Path, tmp_path: Path) -> None:
    """A player with an open transaction sees the library as it was, and keeps nobody from writing."""
    database = copied(before, tmp_path / "library.db")
    count = "SELECT count(*) FROM songs"
    with closing(sqlite3.connect(database, isolation_level=None)) as player:
        player.execute("PRAGMA journal_mode = WAL")
        player.execute("BEGIN")
        was = player.execute(count).fetchone()
        assert door.index(database, [music]).code == 0
        assert player.execute(count).fetchone() == was
        player.execute("COMMIT")
        assert player.execute(count).fetchone() == (FOLDERS * FILES + 1,) != was


@pytest.mark.parametrize("what", ["the file", "the folder", "both"])
@pytest.mark.skipif(os.name == "nt", reason="permissions are another matter there")
def test_a_library_that_may_not_be_written_is_an_error(
    door: Door, what: str, music: Path, before: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    database = copied(before, folder / "library.db")
    was = database.read_bytes()
    try:
        if what != "the folder":
            database.chmod(0o444)
        if what != "the file":
            folder.chmod(0o555)
        fails(door, database, music, rights=False)
    finally:
        folder.chmod(0o755)
    assert database.read_bytes() == was


def fails(door: Door, database: Path, music: Path, *options: str, rights: bool = True) -> str:
    """A sync that could not be done says of which library, and why."""
    sync = door.index(database, [music], *options, rights=rights)
    assert sync.code == door.could_not_run, sync
    assert sync.changes == []
    path, _, reason = sync.message.partition(": ")
    assert path == str(database), sync.message
    assert reason.startswith("the library"), sync.message
    return reason


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "no database": lambda content: b"# a text file\n" * 100,
    "no beginning": lambda content: b"\0" * 100 + content[100:],
    "no end": lambda content: content[: len(content) // 2],
    "no middle": lambda content: content[:4096] + b"\xaa" * (len(content) - 8192) + content[-4096:],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_corrupt_library_is_an_error_and_left_alone(
    door: Door, damage: str, music: Path, before: Path, tmp_path: Path
) -> None:
    database = tmp_path / "library.db"
    corrupt = DAMAGE[damage](before.read_bytes())
    database.write_bytes(corrupt)
    reason = fails(door, database, music)
    assert "not a database" in reason or "malformed" in reason, reason
    assert database.read_bytes() == corrupt


def test_a_newer_library_is_an_error_and_left_alone(door: Door, music: Path, before: Path, tmp_path: Path) -> None:
    database = copied(before, tmp_path / "library.db")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA user_version = 99")
    was = database.read_bytes()
    assert "schema version 99" in fails(door, database, music)
    assert database.read_bytes() == was


def test_a_library_in_no_folder_is_an_error(door: Door, music: Path, tmp_path: Path) -> None:
    assert "folder does not exist" in fails(door, tmp_path / "nowhere" / "library.db", music)


def test_a_folder_is_no_library(door: Door, music: Path, tmp_path: Path) -> None:
    assert "unable to open" in fails(door, tmp_path, music)


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
    monkeypatch.setattr(_sync, "ROWS", 7)
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
