"""`Library.analyse` and `start_analysis`: what is read and what is not, what is kept, and how it is
watched, paused and ended.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from mt_scanner import (
    AnalysisReport,
    AnalysisStopped,
    Library,
    LibraryError,
    Problem,
    Progress,
    Report,
    RootNotFound,
)
from support.trees import FIXTURES, Tree

FORMATS = FIXTURES / "formats"
FILES = 12
AUDIO: dict[str, Any] = {"depth": "audio", "hashes": False, "loudness": False, "fingerprint": False, "workers": 2}
"""Work that takes long on a long file, while another worker does all others."""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(Library(tmp_path / "library.db")) as library:
        yield library


@pytest.fixture
def music(tree: Tree, library: Library) -> Tree:
    """Some files, which the library knows."""
    for number in range(FILES):
        tree.copy(FORMATS / "flac-16-44.flac", f"{number % 3}/{number}.flac")
    library.sync(tree)
    return tree


@pytest.fixture
def long(music: Tree, library: Library) -> Tree:
    """The same and twelve hours of silence, of which the disk keeps nothing; they come first."""
    silence(music.root / "!long.wav", 12 * 3600)
    library.sync(music)
    return music


def silence(path: Path, seconds: int) -> None:
    size = seconds * 44100 * 2
    head = b"RIFF" + (size + 36).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += struct.pack("<HHIIHH", 1, 1, 44100, 88200, 2, 16) + b"data" + size.to_bytes(4, "little")
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size + 44)


def rows(library: Library, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(library.path)) as database:
        return database.execute(sql).fetchall()


def analyses(library: Library) -> int:
    return int(rows(library, "SELECT count(*) FROM analyses")[0][0])


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


def left_to_do(library: Library, **options: Any) -> list[str]:
    """The files that an analysis reads."""
    read: list[str] = []
    library.analyse(on_report=lambda report: read.append(report.path), **options)
    return sorted(read)


@pytest.mark.usefixtures("backend")
def test_every_file_is_looked_into_once_and_what_is_found_is_kept(music: Tree, library: Library) -> None:
    seen: list[Report] = []
    report = library.analyse(on_report=seen.append)
    assert isinstance(report, AnalysisReport)
    assert (report.analysed, report.intact, report.left, report.problems) == (FILES, FILES, 0, [])
    assert len({one.path for one in seen}) == FILES and all(one.payload_hash and one.loudness for one in seen)
    (kept,) = set(rows(library, "SELECT verdict, payload_hash, integrated FROM analyses"))
    one = seen[0]
    assert one.loudness is not None and kept == (one.verdict, one.payload_hash, one.loudness.integrated)
    again = library.analyse(on_report=seen.append)
    assert (again.analysed, again.intact, len(seen)) == (0, FILES, FILES)


def test_only_what_is_new_has_changed_or_lacks_something_is_read(music: Tree, library: Library) -> None:
    music.copy(FORMATS / "mp3-cbr.mp3", "2/only.mp3")
    library.sync(music)
    library.analyse(depth="stream", hashes=False, loudness=False, fingerprint=False)
    music.copy(FORMATS / "wav-pcm16.wav", "new.wav").copy(FORMATS / "flac-24-96.flac", "0/0.flac")
    (music.root / "1" / "1.flac").unlink()
    (music.root / "2" / "only.mp3").rename(music.root / "moved.mp3")
    library.sync(music)
    assert left_to_do(library, hashes=False, loudness=False, fingerprint=False) == ["0/0.flac", "new.wav"]
    there = FILES + 1
    assert len(left_to_do(library, depth=None, loudness=False, fingerprint=False)) == there
    assert left_to_do(library, depth="header", loudness=False, fingerprint=False) == []
    assert len(left_to_do(library, depth="audio", hashes=False, loudness=False, fingerprint=False)) == there
    # What was found before is still there.
    assert rows(library, "SELECT count(*) FROM analyses WHERE payload_hash IS NOT NULL") == [(there,)]


def test_a_damaged_file_is_in_the_report_and_in_the_view(music: Tree, library: Library) -> None:
    whole = bytearray((FORMATS / "flac-16-44.flac").read_bytes())
    whole[len(whole) // 2] ^= 1
    music.files("bad.flac", content=bytes(whole))
    library.sync(music)
    report = library.analyse()
    assert (report.damaged, report.intact) == (1, FILES)
    ((verdict, file),) = rows(library, "SELECT verdict, file FROM damaged")
    assert (verdict, file) == ("damaged", str(music.root / "bad.flac"))


def test_roots_are_those_of_the_library(music: Tree, library: Library, tmp_path: Path) -> None:
    other = Tree(tmp_path / "other").copy(FORMATS / "flac-16-44.flac", "a.flac")
    library.sync(other)
    assert left_to_do(library, roots=other) == ["a.flac"]
    (tmp_path / "link").symlink_to(other)
    assert library.analyse(tmp_path / "link").left == 0
    for stranger in (tmp_path, music.root / "0", music.root / "0" / "0.flac"):
        with pytest.raises(LibraryError, match="no root of the library is this"):
            library.analyse(stranger)
    assert library.analyse([music, other]).analysed == FILES


def test_a_root_that_is_away_is_a_problem_and_an_error_if_it_was_named(
    music: Tree, library: Library, tmp_path: Path
) -> None:
    other = Tree(tmp_path / "other").copy(FORMATS / "flac-16-44.flac", "a.flac")
    library.sync(other)
    shutil.move(other.root, tmp_path / "away")
    report = library.analyse()
    (problem,) = report.problems
    assert (report.analysed, problem.root, problem.path, problem.outcome) == (FILES, str(other.root), "", "vanished")
    with pytest.raises(RootNotFound):
        library.analyse(other)
    shutil.move(tmp_path / "away", other.root)
    assert left_to_do(library) == ["a.flac"]


def test_a_file_that_has_gone_is_tried_again(music: Tree, library: Library) -> None:
    (music.root / "0" / "0.flac").rename(music.root / "away")
    report = library.analyse()
    assert [(one.path, one.outcome) for one in report.problems] == [("0/0.flac", "vanished")]
    assert (report.analysed, report.left) == (FILES - 1, 1)
    (music.root / "away").rename(music.root / "0" / "0.flac")
    assert left_to_do(library) == ["0/0.flac"]


@pytest.mark.alone
def test_a_poisoned_file_costs_itself_and_is_not_tried_again(
    music: Tree, library: Library, misbehaving_analyser: Path
) -> None:
    for word in ("loop", "allocate", "panic"):
        music.files(f"{word}.flac", content=f"MT-MISBEHAVE {word}".encode())
    library.sync(music)
    told: list[Problem] = []
    how: dict[str, Any] = {"depth": "header", "hashes": False, "loudness": False, "fingerprint": False}
    how |= {"analyser": misbehaving_analyser, "file_timeout": 1.0, "memory_limit": 64 << 20, "workers": 3}
    report = library.analyse(on_problem=told.append, **how)
    outcomes = {"loop.flac": "timeout", "allocate.flac": "memory", "panic.flac": "trap"}
    assert {problem.path: problem.outcome for problem in report.problems} == outcomes and told == report.problems
    assert (report.analysed, report.unreported, report.left) == (FILES, 3, 0)
    assert rows(library, "SELECT outcome, count(*) FROM analyses WHERE outcome IS NOT NULL GROUP BY 1 ORDER BY 1") == [
        ("memory", 1),
        ("timeout", 1),
        ("trap", 1),
    ]
    assert library.analyse(**how).problems == []


def test_an_album_has_a_loudness_of_its_own(library: Library, tree: Tree) -> None:
    for number in range(3):
        tree.copy(FORMATS / "flac-16-44.flac", f"Album/{number}.flac")
    library.sync(tree)
    with closing(sqlite3.connect(library.path)) as database, database:
        database.execute("UPDATE tracks SET album = 'Album', album_artist = 'Somebody'")
    report = library.analyse()
    assert report.albums == 1 and report.progress.phase == "done"
    ((tracks, album),) = rows(library, "SELECT tracks, integrated FROM album_loudness")
    ((track,),) = set(rows(library, "SELECT integrated FROM analyses"))
    assert tracks == 3 and album == pytest.approx(track, abs=0.1)
    assert library.analyse().albums == 0


def test_progress_counts_files_and_bytes_and_never_runs_backwards(music: Tree, library: Library) -> None:
    seen: list[Progress] = []
    report = library.analyse(on_progress=seen.append, workers=1)
    total = sum(path.stat().st_size for path in music.root.rglob("*.flac"))
    assert (seen[0].done, seen[0].total_files, seen[0].total_bytes) == (0, FILES, total)
    assert seen[-1] == report.progress
    assert (seen[-1].done, seen[-1].tracks, seen[-1].done_bytes, seen[-1].phase) == (FILES, FILES, total, "done")
    for earlier, later in pairwise(seen):
        assert earlier.done <= later.done and (earlier.fraction or 0) <= (later.fraction or 0)
        assert not later.is_estimated and later.total_bytes == total


def test_time_left_goes_by_bytes_also_within_a_file(long: Tree, library: Library) -> None:
    job = library.start_analysis(**AUDIO)
    until(lambda: job.progress.done == FILES and job.progress.seconds > 0.5)
    first = job.progress
    assert first.fraction is not None and 0 < first.fraction < 0.9 and first.seconds_left
    until(lambda: (job.progress.fraction or 0) > (first.fraction or 0))
    job.cancel()


@pytest.mark.alone
def test_a_cancelled_analysis_ends_at_once_keeps_what_it_has_and_the_next_one_goes_on(
    long: Tree, library: Library
) -> None:
    job = library.start_analysis(**AUDIO)
    until(lambda: job.progress.done == FILES)
    started = time.monotonic()
    job.cancel()
    assert job.done() and time.monotonic() - started < 0.5
    with pytest.raises(AnalysisStopped, match="the next one goes on from there"):
        job.result()
    assert analyses(library) == FILES
    assert left_to_do(library, depth="header", loudness=False, fingerprint=False, hashes=False) == ["!long.wav"]


@pytest.mark.alone
def test_an_event_stops_it(long: Tree, library: Library) -> None:
    stop = threading.Event()
    timer = threading.Timer(0.5, stop.set)
    timer.start()
    with pytest.raises(AnalysisStopped):
        library.analyse(depth="audio", stop=stop)
    timer.join()
    with pytest.raises(AnalysisStopped):
        library.analyse(stop=stop)


@pytest.mark.alone
def test_a_paused_analysis_rests_has_written_and_goes_on(long: Tree, library: Library) -> None:
    job = library.start_analysis(**AUDIO, file_timeout=0.5)
    until(lambda: job.progress.done == FILES)
    job.pause()
    assert job.paused
    until(lambda: job.progress.phase == "paused" and analyses(library) == FILES)
    time.sleep(0.2)
    rests = job.progress.done_bytes
    # Longer than a file may take without progress.
    time.sleep(1.2)
    assert job.progress.done_bytes == rests and job.progress.seconds_left is None and not job.done()
    job.resume()
    until(lambda: job.progress.done_bytes > rests)
    assert job.progress.problems == 0
    job.pause()
    until(lambda: job.progress.phase == "paused")
    started = time.monotonic()
    job.cancel()
    assert job.done() and time.monotonic() - started < 0.5


@pytest.mark.alone
def test_time_that_is_over_begins_no_file_and_finishes_those_under_way(tree: Tree, library: Library) -> None:
    for number in range(FILES):
        silence(tree.root / f"{number}.wav", 60)
    library.sync(tree)
    how: dict[str, Any] = {"depth": None, "hashes": False, "fingerprint": False, "workers": 1}
    none = library.analyse(seconds=0, **how)
    assert (none.analysed, none.left, none.progress.phase) == (0, FILES, "done")
    some = library.analyse(seconds=0.5, **how)
    assert 0 < some.analysed < FILES and some.left == FILES - some.analysed and some.problems == []
    assert analyses(library) == some.analysed
    assert library.analyse(seconds=1e6, **how).analysed == some.left


def test_a_job_tells_of_progress_problems_and_its_report(music: Tree, library: Library) -> None:
    (music.root / "0" / "0.flac").unlink()
    job = library.start_analysis()
    events = list(job.events())
    assert isinstance(events[0], Progress) and isinstance(events[-1], AnalysisReport)
    assert [type(event) for event in events if not isinstance(event, Progress)] == [Problem, AnalysisReport]
    assert events[-1] == job.result()

    async def main() -> AnalysisReport:
        return await library.start_analysis()

    assert asyncio.run(main()).problems


def test_a_second_analysis_is_told_and_syncs_and_readers_go_on(long: Tree, library: Library) -> None:
    job = library.start_analysis(**AUDIO)
    until(lambda: job.progress.done == FILES)
    for other in (library, Library(library.path)):
        with pytest.raises(LibraryError, match="another analysis of this library is under way"):
            other.analyse()
        with pytest.raises(LibraryError, match="another analysis of this library is under way"):
            other.duplicates()
        assert other.duplicates(hashing=False) is not None
        long.copy(FORMATS / "wav-pcm16.wav", f"{id(other)}.wav")
        assert other.sync(long).added == 1
        assert len(list(other.tracks())) >= FILES + 2
    library.close()
    until(lambda: analyses(library) == FILES)
    job.cancel()
    assert library.analyse(depth=None, fingerprint=False, loudness=False, seconds=0).problems == []


@pytest.mark.alone
def test_a_writer_that_keeps_the_library_is_waited_for_and_the_wait_can_be_ended(music: Tree, library: Library) -> None:
    with closing(sqlite3.connect(library.path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        job = library.start_analysis()
        until(lambda: job.progress.done == FILES)
        time.sleep(1.0)
        assert not job.done()
        writer.execute("ROLLBACK")
        assert job.result(20).left == 0
        writer.execute("DELETE FROM analyses")
        writer.execute("BEGIN IMMEDIATE")
        job = library.start_analysis()
        until(lambda: job.progress.done == FILES)
        time.sleep(0.5)
        started = time.monotonic()
        job.cancel()
        assert job.done() and time.monotonic() - started < 0.5
        with pytest.raises(AnalysisStopped):
            job.result()


def test_a_file_that_changes_meanwhile_is_analysed_again(music: Tree, library: Library) -> None:
    """What was found is of the file that the library knew when it was listed."""

    def change(report: Report) -> None:
        if not changed:
            changed.append(report.path)
            music.copy(FORMATS / "flac-24-96.flac", report.path)
            with Library(library.path) as other:
                other.sync(music)

    changed: list[str] = []
    library.analyse(on_report=change, workers=1)
    assert left_to_do(library) == changed


@pytest.mark.parametrize("callback", ["on_report", "on_progress", "on_problem"])
def test_an_error_of_a_callback_ends_it_and_what_was_found_is_kept(
    callback: str, music: Tree, library: Library
) -> None:
    (music.root / "0" / "0.flac").unlink()

    def refuse(_: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        library.analyse(**{callback: refuse})  # type: ignore[arg-type]
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "mt-scanner worker"])
    assert library.analyse().left == 1


@pytest.mark.skipif(sys.platform != "linux", reason="the priority of a thread")
def test_its_workers_leave_the_cores_to_others(long: Tree, library: Library) -> None:
    job = library.start_analysis(**AUDIO)
    until(lambda: job.progress.done == FILES)
    workers = [thread for thread in threading.enumerate() if thread.name == "mt-scanner worker"]
    niceness = {os.getpriority(os.PRIO_PROCESS, thread.native_id or 0) for thread in workers}
    assert niceness == {max(10, os.nice(0))} and os.getpriority(os.PRIO_PROCESS, 0) == os.nice(0)
    job.cancel()


def test_a_library_that_is_not_there_is_made_and_has_nothing_to_do(tmp_path: Path) -> None:
    with Library(tmp_path / "none.db") as library:
        report = library.analyse()
        assert (report.analysed, report.left, report.problems) == (0, 0, [])
        assert library.duplicates() == []
    with pytest.raises(LibraryError, match="its folder does not exist"):
        Library(tmp_path / "nowhere" / "library.db").analyse()


def test_wrong_options_are_said_at_once(music: Tree, library: Library) -> None:
    with pytest.raises(ValueError, match="depth is one of"):
        library.start_analysis(depth="deep")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ask for"):
        library.analyse(depth=None, hashes=False, loudness=False, fingerprint=False)
    with pytest.raises(ValueError, match="workers is at least 1"):
        library.start_analysis(workers=0)
    with pytest.raises(ValueError, match="file_timeout"):
        library.analyse(file_timeout=0)
    with pytest.raises(ValueError, match="a kind is one of copy, "):
        library.duplicates(kinds=["same"])  # type: ignore[list-item]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")
def test_a_forked_process_writes_nothing_and_its_parent_goes_on(music: Tree, tmp_path: Path, python: Any) -> None:
    done = python(
        "import os, sys\n"
        "from mt_scanner import Library, ComponentError\n"
        "library = Library(sys.argv[1])\n"
        "def fork(report):\n"
        "    global child\n"
        "    if not child:\n"
        "        child = os.fork()\n"
        "        if child == 0:\n"
        "            child = -1\n"
        "child = 0\n"
        "try:\n"
        "    report = library.analyse(on_report=fork, workers=1)\n"
        "except ComponentError as error:\n"
        "    assert child == -1 and 'forked' in str(error)\n"
        "    os._exit(7)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7\n"
        "print(report.analysed, report.left)\n",
        tmp_path / "library.db",
    )
    assert done.stdout.split() == [str(FILES), "0"]
