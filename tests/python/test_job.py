"""Scans in the background: progress, cancelling, results, `await`."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from mt_scanner import Progress, RootNotFound, Scanner, ScanResult
from mt_scanner._job import ScanJob
from support.trees import Tree

pytestmark = [pytest.mark.usefixtures("backend"), pytest.mark.alone]

FOLDERS, FILES = 200, 20_000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """More files than are read in a moment."""
    tree = Tree(tmp_path_factory.mktemp("many") / "music")
    return tree.files(*(f"{number % FOLDERS}/{number}.mp3" for number in range(FILES)))


def test_the_result_is_what_a_scan_gives(sample_library: Path) -> None:
    scanner = Scanner(sample_library)
    result = scanner.start().result()
    assert type(result) is ScanResult and not result.cancelled
    assert sorted(result.tracks) == sorted(scanner.scan())
    assert sorted(result.problems) == sorted(scanner.problems)


def test_progress_grows_to_the_counts_of_the_result(many: Tree) -> None:
    seen: list[Progress] = []
    threads: set[threading.Thread] = set()

    def watch(progress: Progress) -> None:
        seen.append(progress)
        threads.add(threading.current_thread())

    job = Scanner(many).start(on_progress=watch)
    result = job.result()
    assert seen[-1][:4] == result.progress[:4] == job.progress[:4] == (FOLDERS + 1, FILES, FILES, len(result.problems))
    assert all(earlier[:3] <= later[:3] for earlier, later in pairwise(seen))
    assert threading.current_thread() not in threads
    assert result.progress.files_per_second == pytest.approx(FILES / result.progress.seconds)


def test_cancelling_returns_soon_and_keeps_what_was_found(many: Tree) -> None:
    job = Scanner(many, workers=4).start()
    while not job.progress.tracks:
        time.sleep(0.001)
    started = time.monotonic()
    job.cancel()
    assert time.monotonic() - started < 0.4
    result = job.result(timeout=1)
    assert result.cancelled and job.done()
    assert len(result.tracks) < FILES
    counts = job.progress
    time.sleep(0.2)
    assert job.progress == counts


def test_cancelling_does_not_wait_for_a_file_that_hangs(tree: Tree, misbehaving: Path) -> None:
    tree.files("hangs.mp3", content=b"MT-MISBEHAVE loop")
    job = Scanner(tree, component=misbehaving, file_timeout=30).start()
    time.sleep(0.3)
    started = time.monotonic()
    job.cancel()
    assert job.result(timeout=1).cancelled
    assert time.monotonic() - started < 1


def test_what_is_wrong_with_a_root_comes_from_the_job(tmp_path: Path) -> None:
    def start() -> ScanJob:
        return Scanner(tmp_path / "nowhere").start()

    async def wait() -> None:
        await start()

    async def watch() -> None:
        async for _ in start():
            pass

    ways: list[Callable[[], object]] = [
        lambda: start().result(),
        lambda: list(start().events()),
        lambda: asyncio.run(wait()),
        lambda: asyncio.run(watch()),
    ]
    for way in ways:
        with pytest.raises(RootNotFound, match="nowhere"):
            way()


def test_cancelling_one_scan_leaves_others_alone(many: Tree) -> None:
    others = [Scanner(many, workers=2).start() for _ in range(2)]
    Scanner(many).start().cancel()
    for other in others:
        result = other.result()
        assert len(result.tracks) == FILES and not result.cancelled


def test_cancelling_after_the_end_changes_nothing(tree: Tree) -> None:
    job = Scanner(tree.files("a.mp3")).start()
    assert not job.result().cancelled
    job.cancel()
    assert not job.result().cancelled


def test_a_scan_can_be_cancelled_from_its_own_report(many: Tree) -> None:
    jobs = []
    ready = threading.Event()

    def enough(progress: Progress) -> None:
        ready.wait(5)
        jobs[0].cancel()

    jobs.append(Scanner(many, workers=1).start(on_progress=enough))
    ready.set()
    assert jobs[0].result(timeout=10)


def test_an_error_of_the_report_ends_the_scan_and_comes_out(many: Tree) -> None:
    def fails(progress: Progress) -> None:
        raise LookupError("no screen")

    with pytest.raises(LookupError, match="no screen"):
        Scanner(many).start(on_progress=fails).result()


def test_a_result_that_is_waited_for_too_long_is_a_timeout(many: Tree) -> None:
    job = Scanner(many, workers=1).start()
    with pytest.raises(TimeoutError):
        job.result(timeout=0)
    job.cancel()


def test_jobs_are_awaited_without_blocking_the_loop(many: Tree) -> None:
    async def scan() -> tuple[ScanResult, ScanResult, int]:
        turns = 0

        async def turn() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0.001)
                turns += 1

        turning = asyncio.ensure_future(turn())
        job = Scanner(many).start()
        result = await job
        turning.cancel()
        return result, await job, turns

    result, again, turns = asyncio.run(scan())
    assert len(result.tracks) == FILES and again == result and turns > 5


def test_a_task_that_is_cancelled_cancels_its_scan(many: Tree) -> None:
    async def scan() -> ScanResult:
        job = Scanner(many, workers=1).start()

        async def wait() -> ScanResult:
            return await job

        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(wait(), 0.01)
        return job.result(timeout=1)

    assert asyncio.run(scan()).cancelled


def test_an_error_comes_out_of_await(tree: Tree) -> None:
    def fails(progress: Progress) -> None:
        raise LookupError

    async def scan() -> None:
        await Scanner(tree.files("a.mp3")).start(on_progress=fails)

    with pytest.raises(LookupError):
        asyncio.run(scan())


def test_asyncio_is_not_loaded_for_those_who_do_not_await(tree: Tree, python: Callable[..., object]) -> None:
    tree.files("a.mp3")
    python(
        "import sys, mt_scanner\n"
        "assert len(mt_scanner.Scanner(sys.argv[1]).start().result().tracks) == 1\n"
        "assert 'asyncio' not in sys.modules\n",
        tree.root,
    )
