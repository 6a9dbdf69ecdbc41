"""Roots that answer no look: who stops something meanwhile is heard at once, and progress goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from mt_scanner import AnalysisStopped, Library, Progress, Scanner, SyncStopped, count_audio_files
from mt_scanner._engine.analyser import load as load_analyser
from mt_scanner._engine.component import load as load_scanner
from mt_scanner._engine.job import Job
from mt_scanner._engine.roots import check_root
from mt_scanner._engine.within import AT_A_TIME, Late, Patience, of_each
from support.slow_mount import needs_fuse, slow_mount
from support.trees import FIXTURES, Tree

pytestmark = pytest.mark.alone

SONG = (FIXTURES / "formats" / "mp3-cbr.mp3").read_bytes()
MOMENTS = [0.0, 0.4, 1.3]
"""When an end is asked for, in s: roots are looked at for a second, and then the work begins."""
END = 1.0
"""The time in s for an end: 0.5, and slack for a busy machine."""


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Both components are compiled before, and kept: that takes seconds the first time, in which
    nobody is heard.
    """
    load_scanner()
    load_analyser()


@pytest.fixture
def music(tmp_path: Path) -> Path:
    return Tree(tmp_path / "behind").files("a.mp3", "b.mp3", content=SONG).root


@pytest.fixture
def silent(music: Path, backend: str) -> Iterator[list[Path]]:
    """Two roots that answer no look."""
    with ExitStack() as stack:
        yield [stack.enter_context(slow_mount(music, stall="look=**")).path for _ in range(2)]


@pytest.fixture
def library(tmp_path: Path, backend: str) -> Iterator[Library]:
    with Library(tmp_path / "library.db") as library:
        yield library


def stops(work: Callable[[threading.Event], object], moment: float) -> None:
    """Work ends soon after its event is set."""
    stop = threading.Event()
    timer = threading.Timer(moment, stop.set)
    timer.start()
    began = time.monotonic()
    work(stop)
    took = time.monotonic() - began
    assert stop.is_set(), "it has ended by itself"
    assert took < moment + END


def ends(job: Job[Any, Any], moment: float) -> None:
    """A job ends soon after it is cancelled."""
    time.sleep(moment)
    assert not job.done(), "it has ended by itself"
    began = time.monotonic()
    job.cancel()
    while not job.done() and time.monotonic() - began < END:
        time.sleep(0.01)
    assert job.done() and time.monotonic() - began < END


@needs_fuse
@pytest.mark.parametrize("moment", MOMENTS)
def test_an_event_stops_a_sync(moment: float, silent: list[Path], library: Library) -> None:
    def sync(stop: threading.Event) -> None:
        with pytest.raises(SyncStopped):
            library.sync(silent, stop=stop)

    stops(sync, moment)


@needs_fuse
@pytest.mark.parametrize("moment", MOMENTS)
def test_an_event_stops_a_watch(moment: float, silent: list[Path], library: Library) -> None:
    stops(lambda stop: list(library.watch(silent, stop=stop, poll=True, on_notice=lambda _: None)), moment)


@needs_fuse
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_sync_in_the_background_is_cancelled(moment: float, silent: list[Path], library: Library) -> None:
    job = library.start(silent)
    ends(job, moment)
    with pytest.raises(SyncStopped):
        job.result()


@needs_fuse
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_scan_in_the_background_is_cancelled(moment: float, silent: list[Path]) -> None:
    job = Scanner(silent).start()
    ends(job, moment)
    assert job.result().cancelled


@needs_fuse
@pytest.mark.parametrize("moment", MOMENTS[:2])
def test_an_analysis_is_cancelled(moment: float, music: Path, library: Library, tmp_path: Path) -> None:
    (tmp_path / "nas").mkdir()
    with slow_mount(music, at=tmp_path / "nas"):
        library.sync(tmp_path / "nas")
    (tmp_path / "nas").mkdir(exist_ok=True)
    with slow_mount(music, at=tmp_path / "nas", stall="look=**"):
        job = library.start_analysis(tmp_path / "nas")
        ends(job, moment)
        with pytest.raises(AnalysisStopped):
            job.result()


@needs_fuse
def test_a_scan_in_the_background_ends_with_its_scanner(silent: list[Path]) -> None:
    with Scanner(silent) as scanner:
        job = scanner.start()
    result = job.result(END)
    assert result.cancelled and result.progress.phase == "done"


Starting = Callable[[Library, list[Path], Callable[[Progress], object]], Job[Any, Any]]
JOBS: dict[str, Starting] = {
    "a scan": lambda _, roots, tell: Scanner(roots).start(tell),
    "a sync": lambda library, roots, tell: library.start(roots, on_progress=tell),
    "an analysis": lambda library, roots, tell: library.start_analysis(roots, on_progress=tell),
}


@needs_fuse
@pytest.mark.parametrize("start", JOBS.values(), ids=JOBS)
def test_who_starts_a_job_does_not_wait_for_its_roots(
    start: Starting, silent: list[Path], library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever waited for them would do so for a minute.
    monkeypatch.setattr("mt_scanner._engine.within.STEP_OVERDUE", 60.0)
    began = time.monotonic()
    job = start(library, silent, lambda _: None)
    assert time.monotonic() - began < 30.0
    assert not job.done()
    job.cancel()


@needs_fuse
def test_roots_that_answer_no_look_are_not_waited_for_again(
    silent: list[Path], library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    def check(root: str) -> None:
        checked.append(root)
        check_root(root)

    monkeypatch.setattr("mt_scanner._engine.session.check_root", check)
    job = Scanner(silent).start()
    while not job.progress.seconds:
        time.sleep(0.01)
    assert not checked, "the scan has begun, and its roots were waited for twice"
    job.cancel()
    scanner = Scanner(silent)
    scanner.scan(known={})
    assert not checked
    scanner.close()
    # It waits for the root once more, when it counts.
    monkeypatch.setattr(Scanner, "_counted", lambda *_: 7)
    assert count_audio_files(silent[0]) == 7
    assert not checked


@needs_fuse
@pytest.mark.parametrize("start", [JOBS["a scan"], JOBS["a sync"]], ids=["a scan", "a sync"])
def test_progress_is_told_meanwhile_and_the_program_goes_on(
    start: Starting, silent: list[Path], library: Library
) -> None:
    told: list[tuple[float, Progress]] = []
    job = start(library, silent, lambda progress: told.append((time.monotonic(), progress)))
    ticks = [time.monotonic()]
    while ticks[-1] - ticks[0] < 4.0:
        time.sleep(0.01)
        ticks.append(time.monotonic())
    heard = told[:]
    job.cancel()
    assert max(later - earlier for earlier, later in pairwise(ticks)) < 0.5
    moments = [moment for moment, _ in heard]
    assert max(later - earlier for earlier, later in pairwise(moments)) < 0.5
    assert {progress.phase for _, progress in heard} == {"scanning"} and len(heard) > 4.0 / 0.1


def test_calls_that_hang_keep_none_of_the_others_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mt_scanner._engine.within.STEP_OVERDUE", 0.5)
    ended = threading.Event()

    def call(number: int) -> int:
        if number % 2 == 0:
            ended.wait()
        elif number == 5:
            raise OSError("five")
        return number

    attended: list[None] = []
    try:
        found = of_each(call, range(4 * AT_A_TIME), lambda: attended.append(None))
    finally:
        ended.set()
    assert len(attended) > 5
    assert all(isinstance(found[number], Late) for number in range(0, 4 * AT_A_TIME, 2))
    assert str(found[5]) == "five"
    assert [found[number] for number in range(7, 4 * AT_A_TIME, 2)] == list(range(7, 4 * AT_A_TIME, 2))


def test_who_is_silent_once_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mt_scanner._engine.within.STEP_OVERDUE", 0.2)
    ended = threading.Event()
    asked: list[str] = []

    def call(path: str) -> str:
        asked.append(path)
        if path == "hung":
            ended.wait()
        return path

    patience = Patience()
    try:
        for _ in range(2):
            first, hung, again = patience.of_each(call, ["good", "hung", "good"])
            assert first == again == "good" and isinstance(hung, Late)
    finally:
        ended.set()
    assert sorted(asked) == ["good", "good", "hung"]


def test_who_attends_may_end_the_wait() -> None:
    class Enough(Exception):
        pass

    def attend() -> None:
        raise Enough

    ended = threading.Event()
    try:
        with pytest.raises(Enough):
            of_each(lambda _: ended.wait(), [1], attend)
    finally:
        ended.set()


@needs_fuse
def test_a_callback_may_cancel_its_scan_while_roots_are_looked_at(silent: list[Path]) -> None:
    took: list[float] = []
    jobs: list[Job[Any, Any]] = []
    started = threading.Event()

    def cancel(_: Progress) -> None:
        started.wait()
        began = time.monotonic()
        jobs[0].cancel()
        took.append(time.monotonic() - began)

    jobs.append(Scanner(silent).start(cancel))
    started.set()
    assert jobs[0].result(END).cancelled
    # It would wait for itself in vain.
    assert took[0] < 0.15
