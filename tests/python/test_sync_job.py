"""Syncs that others stop: in the background, by an event, paused, awaited."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from mt_scanner import Library, LibraryError, Progress, SyncReport, SyncStopped
from support.trees import Tree

pytestmark = [pytest.mark.usefixtures("backend"), pytest.mark.alone]

FOLDERS, FILES = 300, 15_000
STARTS = int(os.environ.get("MT_SCANNER_STARTS", "60"))
"""Syncs that are started and cancelled, for each backend."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """More files than are read in a moment."""
    tree = Tree(tmp_path_factory.mktemp("many") / "music")
    return tree.files(*(f"{number % FOLDERS}/{number}.mp3" for number in range(FILES)))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(Library(tmp_path / "library.db")) as library:
        yield library


def begun(job_progress: object) -> bool:
    return isinstance(job_progress, Progress) and job_progress.tracks > 0


def until(condition: object, seconds: float = 20.0) -> None:
    """Waits until a callable is true."""
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it never came"
        time.sleep(0.002)


def test_a_sync_in_the_background_is_a_sync(sample_library: Path, library: Library, tmp_path: Path) -> None:
    seen: list[Progress] = []
    job = library.start(sample_library, on_progress=seen.append)
    report = job.result(60)
    assert isinstance(report, SyncReport) and job.done()
    with Library(tmp_path / "other.db") as other:
        assert report._replace(progress=Progress()) == other.sync(sample_library)._replace(progress=Progress())
        assert [track[1:] for track in library.tracks()] == [track[1:] for track in other.tracks()]
    assert seen[-1] == job.progress == report.progress
    assert all(earlier[:3] <= later[:3] for earlier, later in pairwise(seen))


def test_a_cancelled_sync_leaves_a_true_library_that_the_next_one_completes(many: Tree, library: Library) -> None:
    job = library.start(many.root)
    until(lambda: begun(job.progress))
    started = time.monotonic()
    job.cancel()
    assert job.done() and time.monotonic() - started < 0.6
    with pytest.raises(SyncStopped):
        job.result()
    kept = len(list(library.tracks()))
    assert 0 < kept < FILES
    report = library.sync(many.root)
    assert report.added == FILES and report.missing == 0 and len(list(library.tracks())) == FILES


@pytest.mark.parametrize("mode", ["full", "quick"])
def test_an_event_stops_a_sync_also_one_that_finds_nothing_new(mode: str, many: Tree, library: Library) -> None:
    library.sync(many.root)
    stop = threading.Event()

    def enough(_: Progress) -> None:
        stop.set()

    with pytest.raises(SyncStopped):
        stop.set()
        library.sync(many.root, mode=mode, stop=stop)  # type: ignore[arg-type]
    stop.clear()
    try:
        # A quick sync may be done before it is heard.
        assert library.sync(many.root, mode=mode, stop=stop, on_progress=enough).added == 0  # type: ignore[arg-type]
    except SyncStopped:
        pass
    report = library.sync(many.root)
    assert report.unchanged == FILES and not any(report[:5])


def test_a_sync_that_waits_for_another_one_hears_the_event(many: Tree, library: Library) -> None:
    first = library.start(many.root)
    until(lambda: begun(first.progress))
    first.pause()
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    with closing(Library(library.path)) as other, pytest.raises(SyncStopped):
        other.sync(many.root, stop=stop)
    first.cancel()


def test_a_sync_that_is_paused_rests_and_goes_on(many: Tree, library: Library) -> None:
    job = library.start(many.root)
    until(lambda: begun(job.progress))
    job.pause()
    assert job.paused
    time.sleep(0.6)
    rows, reached = len(list(library.tracks())), job.progress
    assert reached.phase == "paused" and reached.seconds_left is None
    assert rows, "what was found is written before it rests"
    time.sleep(0.4)
    assert (len(list(library.tracks())), job.progress) == (
        rows,
        reached._replace(seconds=job.progress.seconds),
    ) and not job.done()
    with pytest.raises(LibraryError, match="in use by another thread"):
        library.sync(many.root)
    job.resume()
    assert not job.paused and job.result(60).added == FILES


def test_a_sync_that_is_paused_can_be_cancelled(many: Tree, library: Library) -> None:
    job = library.start(many.root)
    until(lambda: begun(job.progress))
    job.pause()
    time.sleep(0.3)
    started = time.monotonic()
    job.cancel()
    assert job.done() and time.monotonic() - started < 0.6


def test_a_watch_hears_its_event_in_its_first_sync(many: Tree, library: Library) -> None:
    stop = threading.Event()
    threading.Timer(0.15, stop.set).start()
    started = time.monotonic()
    list(library.watch(many.root, stop=stop, poll=True, on_notice=lambda _: None))
    assert time.monotonic() - started < 5


def test_jobs_are_awaited_without_blocking_the_loop(many: Tree, library: Library) -> None:
    async def main() -> tuple[SyncReport, int]:
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0.005)
                turns += 1

        beside = asyncio.ensure_future(turn())
        report = await library.start(many.root)
        beside.cancel()
        return report, turns

    report, turns = asyncio.run(main())
    assert report.added == FILES and turns > 3


def test_cancelling_the_task_that_waits_cancels_the_sync(many: Tree, library: Library) -> None:
    async def main() -> None:
        job = library.start(many.root)
        task = asyncio.ensure_future(waiting(job))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(until, lambda: job.done(), 2.0)

    async def waiting(job: object) -> object:
        return await job  # type: ignore[misc]

    asyncio.run(main())


def test_errors_come_out_of_the_result(library: Library, tmp_path: Path) -> None:
    from mt_scanner import RootNotFound

    with pytest.raises(RootNotFound):
        library.start(tmp_path / "none").result(10)
    with pytest.raises(ValueError, match="mode"):
        library.start(tmp_path, mode="fast")  # type: ignore[arg-type]


def test_an_error_of_a_callback_ends_the_sync_and_comes_out(many: Tree, library: Library) -> None:
    def fails(_: Progress) -> None:
        raise LookupError("no screen")

    with pytest.raises(LookupError, match="no screen"):
        library.start(many.root, on_progress=fails).result(30)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no /proc")
def test_starting_and_cancelling_leaves_no_thread_and_no_descriptor(many: Tree, library: Library) -> None:
    # Tests of storage that hangs leave threads behind in this process.
    others = set(threading.enumerate())

    def working() -> bool:
        return any(thread.name.startswith("mt-scanner") for thread in {*threading.enumerate()} - others)

    def once(delay: float) -> None:
        job = library.start(many.root)
        time.sleep(delay)
        job.cancel()
        until(lambda: job.done())

    def open_files() -> int:
        return len(os.listdir("/proc/self/fd"))

    # What stays open for as long as the library, and the program, does.
    library.sync(many.root)
    until(lambda: not working())
    before = open_files()
    for number in range(STARTS):
        once(number % 10 / 100)
    until(lambda: not working())
    # A few may still belong to the last of them.
    until(lambda: open_files() <= before + STARTS // 4, 5)
