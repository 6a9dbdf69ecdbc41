"""What happens in a sync or a scan is told: progress with totals, changes that are kept until they
are read, problems, and the report.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from mt_scanner import (
    Change,
    ChangesForgotten,
    Library,
    LibraryError,
    Problem,
    Progress,
    Scanner,
    ScanResult,
    SyncReport,
    SyncStopped,
)
from mt_scanner._engine.feed import Feed
from mt_scanner._library.database import failures
from mt_scanner._types.progress import Expected
from support.trees import Tree

pytestmark = [pytest.mark.usefixtures("backend"), pytest.mark.alone]

FOLDERS, FILES = 100, 5_000
KEPT = 100
"""Syncs whose changes are kept."""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(Library(tmp_path / "library.db")) as library:
        yield library


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    tree = Tree(tmp_path_factory.mktemp("many") / "music")
    return tree.files(*(f"{number % FOLDERS}/{number}.mp3" for number in range(FILES)))


def told(changes: Iterator[Change]) -> list[tuple[str, str]]:
    return sorted((change.change, change.track.path) for change in changes)


def test_progress_is_told_as_it_stands_and_all_else_is_kept() -> None:
    feed: Feed[str] = Feed()
    feed.advance(Progress(files=1))
    feed.put("a")
    feed.advance(Progress(files=2))
    feed.put("b", "c")
    assert feed.take(3) == [Progress(files=2), "a", "b"] and not feed.is_over
    feed.end()
    assert feed.take() == ["c"] and feed.is_over and feed.take() == []


def test_an_iterator_of_events_is_asked_when_they_are_read() -> None:
    asked: list[int] = []

    def events() -> Iterator[str]:
        for number in range(5):
            asked.append(number)
            yield str(number)

    feed: Feed[str] = Feed()
    feed.put_all(events())
    assert asked == []
    assert feed.take(2) == ["0", "1"] and asked == [0, 1]
    assert feed.take() == ["2", "3", "4"]


def test_who_waits_for_events_is_woken() -> None:
    feed: Feed[str] = Feed()
    assert not feed.wait(0.01)
    threading.Timer(0.05, feed.put, ["a"]).start()
    assert feed.wait(10)


def test_the_events_of_a_sync_are_its_progress_its_changes_its_problems_and_its_report(
    sample_library: Path, library: Library
) -> None:
    job = library.start(sample_library)
    events = list(job.events())
    report = job.result()
    assert events[-1] == report and isinstance(report, SyncReport)
    assert [event for event in events if isinstance(event, Problem)] == report.problems
    changes = [event for event in events if isinstance(event, Change)]
    assert len(changes) == report.added > 20
    assert all(change.scan == report.scan and change.change == "added" for change in changes)
    assert isinstance(events[0], Progress)
    # Each event is given once.
    assert job.poll() == []
    assert repr(job) == "<SyncJob: ended>"


def test_a_timer_that_polls_gets_a_bounded_number_of_events_at_a_time(sample_library: Path, library: Library) -> None:
    job = library.start(sample_library)
    changes: list[Change] = []
    while not job.done() or (events := job.poll(7)):
        events = job.poll(7) if not job.done() else events
        assert len(events) <= 7
        changes += [event for event in events if isinstance(event, Change)]
    assert len(changes) == job.result().added


def test_a_loop_over_a_job_does_not_block_the_event_loop(sample_library: Path, library: Library) -> None:
    async def main() -> None:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.001)
                ticks += 1

        ticking = asyncio.create_task(tick())
        events = [event async for event in library.start(sample_library)]
        assert isinstance(events[-1], SyncReport) and len(events) > events[-1].added
        scanned = [event async for event in Scanner(sample_library).start()]
        assert isinstance(scanned[-1], ScanResult) and isinstance(scanned[0], Progress)
        ticking.cancel()
        assert ticks > 0

    asyncio.run(main())


def test_a_loop_over_a_job_that_fails_raises_its_error_in_the_end(tmp_path: Path, library: Library) -> None:
    job = library.start(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError):
        list(job.events())
    assert repr(job) == "<SyncJob: ended>"

    async def main() -> None:
        async for _ in library.start(tmp_path / "nowhere"):
            pass

    with pytest.raises(FileNotFoundError):
        asyncio.run(main())


def test_a_rehearsal_tells_of_the_changes_that_it_would_make(tree: Tree, library: Library) -> None:
    tree.files("a.mp3", "b.mp3")
    job = library.start(tree.root, dry_run=True)
    changes = [event for event in job.events() if isinstance(event, Change)]
    assert told(iter(changes)) == [("added", "a.mp3"), ("added", "b.mp3")]
    assert not os.path.exists(library.path)


def test_problems_of_a_scan_are_events(tree: Tree) -> None:
    tree.files("a.mp3", "b.mp3")
    events = list(Scanner(tree.root).start().events())
    assert sorted(event.path for event in events if isinstance(event, Problem)) == ["a.mp3", "b.mp3"]


def test_tracks_come_in_batches_in_place_of_one_list(many: Tree) -> None:
    batches: list[int] = []
    result = Scanner(many.root).start(on_tracks=lambda tracks: batches.append(len(tracks))).result()
    assert result.tracks == [] and sum(batches) == FILES and max(batches) < FILES // 2


def test_progress_has_totals_from_the_first_look_on(many: Tree, library: Library) -> None:
    library.sync(many.root)
    seen: list[Progress] = []
    report = library.sync(many.root, on_progress=seen.append)
    scanning = [progress for progress in seen if progress.phase == "scanning"]
    assert scanning, "the first look is told, however short the rest is"
    assert all(progress.total_files == FILES and progress.total_folders == FOLDERS + 1 for progress in scanning)
    assert any(progress.is_estimated for progress in scanning)
    last = seen[-1]
    assert (last.phase, last.done, last.total_files, last.is_estimated) == ("done", FILES, FILES, False)
    assert last.fraction == 1 and last.seconds_left == 0 and last.folder is None
    assert report.progress.done == FILES and report.unchanged == FILES
    assert all(before.done <= after.done and before.seconds <= after.seconds for before, after in pairwise(scanning))


def test_a_sync_that_finds_nothing_new_tells_of_its_progress(many: Tree, library: Library) -> None:
    library.sync(many.root)
    seen: list[float] = []
    started = time.monotonic()
    library.sync(many.root, on_progress=lambda _: seen.append(time.monotonic()))
    took = time.monotonic() - started
    # Ten a second, and some of them late on a busy machine.
    assert len(seen) >= max(3, 5 * took)


def test_the_folders_tell_how_far_a_quick_sync_or_a_count_is(many: Tree, library: Library) -> None:
    library.sync(many.root)
    seen: list[Progress] = []
    library.sync(many.root, mode="quick", on_progress=seen.append)
    assert all(progress.total_files == 0 for progress in seen)
    assert (seen[-1].folders, seen[-1].total_folders) == (FOLDERS + 1, FOLDERS + 1)
    scanner = Scanner(many.root)
    scanner.count()
    assert (scanner.progress.total_files, scanner.progress.total_folders) == (0, FOLDERS + 1)


def test_a_folder_that_is_being_read_is_named(many: Tree) -> None:
    job = Scanner(many.root).start()
    named = set()
    while not job.done():
        named.add(job.progress.folder)
    named.discard(None)
    assert named and all(
        folder == str(many.root) or folder.startswith(f"{many.root}{os.sep}") for folder in named if folder
    )


@pytest.mark.parametrize(
    ("progress", "fraction", "left"),
    [
        (Progress(done=100, total_files=400, seconds=10), 0.25, 30),
        (Progress(done=0, total_files=400, seconds=10), 0, None),
        (Progress(seconds=10), None, None),
        (Progress(folders=3, total_folders=4, seconds=3), 0.75, 1),
        (Progress(done=1, total_files=4, seconds=1, phase="waiting"), None, None),
        (Progress(done=1, total_files=4, seconds=1, phase="paused"), 0.25, None),
        (Progress(done=1, total_files=4, seconds=1, phase="finishing"), 1, 0),
        (Progress(done=5, total_files=4, seconds=1), 1, 0),
    ],
)
def test_the_time_left_is_that_of_the_rest_at_the_same_pace(
    progress: Progress, fraction: float | None, left: float | None
) -> None:
    assert (progress.fraction, progress.seconds_left) == (fraction, left)


def test_what_a_library_knows_is_the_total_until_all_is_listed() -> None:
    under_way = Progress(folders=2, files=10, total_files=10, total_folders=2, is_estimated=True)

    def totals(expected: Expected, progress: Progress) -> tuple[int, int]:
        of = expected.of(progress)
        return of.total_files, of.total_folders

    assert totals(Expected(40, 5), under_way) == (40, 5)
    assert totals(Expected(4, 1), under_way) == (10, 2)
    assert totals(Expected(40, 5), under_way._replace(is_estimated=False)) == (10, 2)
    assert totals(Expected(None, 5), under_way) == (0, 5)


def test_what_was_changed_is_kept_until_somebody_asks(sample_library: Path, tree: Tree, library: Library) -> None:
    song = next(sample_library.rglob("*.mp3"))
    tree.files("b.mp3")
    shutil.copy(song, tree.root / "a.mp3")
    first = library.sync(tree.root)
    assert told(library.changes()) == [("added", "a.mp3"), ("added", "b.mp3")]
    assert library.latest_scan() == first.scan
    (tree.root / "a.mp3").rename(tree.root / "c.mp3")
    (tree.root / "b.mp3").unlink()
    second = library.sync(tree.root)
    assert second.scan > first.scan
    assert told(library.changes(first.scan)) == [("missing", "b.mp3"), ("moved", "c.mp3")]
    (moved,) = (change for change in library.changes(first.scan) if change.change == "moved")
    assert (moved.former_root, moved.former_path, moved.scan) == (str(tree.root), "a.mp3", second.scan)
    assert list(library.changes(second.scan)) == []
    third = library.sync(tree.root)
    assert library.latest_scan() == third.scan and list(library.changes(second.scan)) == []


def test_changes_whose_callback_failed_can_be_had_again(tree: Tree, library: Library) -> None:
    tree.files("a.mp3", "b.mp3", "c.mp3")
    before = library.latest_scan()

    def fail(change: Change) -> None:
        raise ZeroDivisionError(change)

    with pytest.raises(ZeroDivisionError):
        library.sync(tree.root, on_change=fail)
    assert len(list(library.changes(before))) == 3


def test_the_tracks_of_a_sync_that_was_stopped_are_told_once(many: Tree, library: Library) -> None:
    job = library.start(many.root)
    while not (job.progress.tracks or job.done()):
        time.sleep(0.002)
    job.cancel()
    assert list(library.changes()) == []
    assert library.sync(many.root).added == FILES
    assert len({change.track.id for change in library.changes()}) == FILES


def test_changes_older_than_those_that_are_kept_are_an_error(tree: Tree, library: Library) -> None:
    tree.files("0.mp3")
    first = library.sync(tree.root).scan
    for number in range(1, KEPT + 2):
        tree.files(f"{number}.mp3")
        library.sync(tree.root)
    with pytest.raises(ChangesForgotten, match="read all tracks") as error:
        list(library.changes(first - 1))
    assert isinstance(error.value, LibraryError) and error.value.path == library.path
    assert len(list(library.changes())) == KEPT
    assert len(list(library.changes(library.latest_scan() - KEPT))) == KEPT


def test_the_changes_of_a_track_that_was_forgotten_are_left_out(tree: Tree, library: Library) -> None:
    tree.files("a.mp3", "b.mp3")
    library.sync(tree.root)
    (tree.root / "b.mp3").unlink()
    library.sync(tree.root)
    library.purge()
    assert told(library.changes(0)) == [("added", "a.mp3")]


def test_a_track_of_a_library_has_an_id_and_its_whole_path_and_is_that_of_a_scan(
    sample_library: Path, library: Library
) -> None:
    library.sync(sample_library)
    tracks = list(library.tracks())
    assert sorted(tracks) == sorted(Scanner(sample_library).scan())
    assert len({track.id for track in tracks}) == len(tracks)
    assert all(os.path.isfile(track.file) for track in tracks)
    assert {change.track.id for change in library.changes()} == {track.id for track in tracks}
    with closing(sqlite3.connect(library.path)) as database:
        rows = dict(database.execute("SELECT id, path FROM tracks"))
    assert {track.id: track.path for track in tracks} == rows


LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1e9) SELECT max(i) FROM n"


def test_a_long_statement_is_ended_by_who_attends_it(tree: Tree, library: Library) -> None:
    tree.files("a.mp3")
    library.sync(tree.root)
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            raise SyncStopped("enough", library.path)

    with library._used() as database:
        with pytest.raises(SyncStopped), database.attended(look), database.transaction():
            database.connection.execute("DELETE FROM tracks")
            database.connection.execute(LONG).fetchone()
        # What was written is taken back, and nobody attends any more.
        assert database.connection.execute("SELECT count(*) FROM tracks").fetchone() == (1,)
    assert looks == 3
    assert library.sync(tree.root).unchanged == 1


def test_an_interruption_on_the_way_into_a_look_is_not_lost(tree: Tree, library: Library) -> None:
    tree.files("a.mp3")
    library.sync(tree.root)
    with library._used() as database:
        # As if it came before the first line of a look.
        def interrupt() -> None:
            database.connection.interrupt()

        with pytest.raises(KeyboardInterrupt), database.attended(interrupt), failures(library.path, "read"):
            database.connection.execute(LONG).fetchone()
    assert library.sync(tree.root).unchanged == 1
