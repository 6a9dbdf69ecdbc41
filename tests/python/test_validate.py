"""`Scanner.validate`: reports, problems, and what a bad file costs."""

from __future__ import annotations

import struct
import threading
import time
from pathlib import Path

import mt_scanner
import pytest
from mt_scanner import ComponentError, Finding, Problem, Report, RootNotFound, Scanner
from mt_scanner._engine import analyser
from mt_scanner._engine.roots import error_of
from mt_scanner._engine.seen import Seen
from support.slow_mount import needs_fuse, slow_mount
from support.trees import FIXTURES, Tree

pytestmark = pytest.mark.usefixtures("backend")

FORMATS = FIXTURES / "formats"
POISONS = {"loop": "timeout", "allocate": "memory", "panic": "trap"}


def music(tree: Tree, files: int) -> Tree:
    for number in range(files):
        tree.copy(FORMATS / "flac-16-44.flac", f"{number % 7}/{number}.flac")
    return tree


def workers_left(before: set[threading.Thread]) -> set[str]:
    """Names of threads at work that were not there before: other tests leave some that hang."""
    names = {thread.name for thread in set(threading.enumerate()) - before}
    return {name for name in names if name in ("mt-scanner worker", "mt-scanner walk")}


@pytest.mark.parametrize("depth", ["header", "stream", "audio"])
def test_a_good_file_is_fine_at_every_depth(depth: mt_scanner.Depth) -> None:
    scanner = Scanner(FORMATS)
    reports = list(scanner.validate(depth))
    assert len(reports) == scanner.count() > 30 and scanner.problems == []
    for report in reports:
        assert report.is_fine and not report.is_broken, report
        assert (report.root, report.depth) == (str(FORMATS), depth)
        assert report.size == (FORMATS / report.path).stat().st_size
        assert (report.audio is not None) == (
            depth == "audio" and not any(finding.kind == "no-decoder" for finding in report.findings)
        )


def test_a_cut_file_and_a_changed_one_are_found_and_their_neighbours_are_fine(tree: Tree) -> None:
    whole = (FORMATS / "flac-16-44.flac").read_bytes()
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    tree.files("cut.flac", content=whole[: len(whole) // 2]).files("changed.flac", content=bytes(changed))
    music(tree, 8)
    reports = {report.path: report for report in Scanner(tree).validate()}
    assert {report.verdict for path, report in reports.items() if "/" in path} == {"intact"} and len(reports) == 10
    assert reports["cut.flac"].verdict == "truncated" and reports["cut.flac"].is_broken
    damaged = reports["changed.flac"]
    (finding,) = damaged.findings
    assert (damaged.verdict, damaged.proof, finding.kind) == ("damaged", "structure", "checksum") or damaged.is_broken
    assert isinstance(finding, Finding) and finding.position is not None
    assert 0 < finding.position <= len(whole) // 2


def test_what_was_decoded_is_told() -> None:
    (report,) = Scanner(FORMATS / "flac-16-44.flac").validate("audio")
    assert (report.verdict, report.proof, report.path) == ("intact", "md5", "flac-16-44.flac")
    assert report.audio is not None and report.audio.sample_rate == 44100 and 0 < report.audio.peak <= 1
    assert not report.audio.is_silent


def test_a_named_file_is_looked_into_wherever_it_lies(tree: Tree) -> None:
    music(tree, 2)
    (report,) = Scanner([tree.root / "0" / "0.flac"]).validate()
    assert (report.root, report.path) == (str(tree.root / "0"), "0.flac")


def test_files_are_found_as_a_scan_finds_them(tree: Tree) -> None:
    music(tree, 3).copy(FORMATS / "wav-pcm16.wav", ".hidden/a.wav").copy(FORMATS / "wav-pcm16.wav", "a.wave")
    assert len(list(Scanner(tree).validate())) == 3
    more = Scanner(tree, hidden_folders=True, extensions=[".wave"])
    assert {report.path for report in more.validate()} == {
        "0/0.flac",
        "1/1.flac",
        "2/2.flac",
        ".hidden/a.wav",
        "a.wave",
    }
    assert (more.progress.done, more.progress.tracks, more.progress.phase) == (5, 5, "done")


def test_archives_are_not_looked_into(tree: Tree) -> None:
    import zipfile

    with zipfile.ZipFile(tree.root / "album.zip", "w") as archive:
        archive.write(FORMATS / "flac-16-44.flac", "a.flac")
    assert len(list(Scanner(tree, archives=True).paths())) == 1
    scanner = Scanner(tree, archives=True)
    assert list(scanner.validate()) == [] and scanner.problems == []


@pytest.mark.alone
@pytest.mark.parametrize("workers", [1, 3])
def test_a_poisoned_file_costs_itself_and_nothing_else(tree: Tree, misbehaving_analyser: Path, workers: int) -> None:
    music(tree, 30)
    for number, word in enumerate([*POISONS] * 2):
        tree.files(f"{number}/{word}.flac", content=f"MT-MISBEHAVE {word}".encode())
    scanner = Scanner(tree, workers=workers, file_timeout=1.0, memory_limit=64 << 20)
    told: list[Problem] = []
    reports = list(scanner.validate("header", told.append, analyser=misbehaving_analyser))
    assert len(reports) == 30 and all(report.is_fine for report in reports)
    assert sorted((problem.path.partition("/")[2], problem.outcome) for problem in told) == sorted(
        (f"{word}.flac", outcome) for word, outcome in POISONS.items() for _ in range(2)
    )
    details = {problem.outcome: problem.detail for problem in told}
    assert details["timeout"] == "reading the file: it took longer than 1 s and was stopped"
    assert details["memory"] == "reading the file: it took more than 64 MiB of memory and was stopped"
    assert "asked to panic" in details["trap"]
    assert (scanner.progress.problems, scanner.progress.done, scanner.problems) == (6, 36, [])


def test_a_file_that_has_gone_one_that_leads_out_and_one_that_is_closed_are_problems(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside.flac"
    outside.write_bytes((FORMATS / "flac-16-44.flac").read_bytes())
    music(tree, 3).copy(outside, "gone.flac").copy(outside, "out.flac").copy(outside, "closed.flac")
    look = analyser.seen_as_file

    def changed_since_the_walk(root: str, path: str) -> Seen | None:
        if path == "closed.flac":
            # What the component says of a file that it may not open.
            raise error_of("root-unreadable", path)
        if path in ("gone.flac", "out.flac"):
            (tree.root / path).unlink()
        if path == "out.flac":
            tree.link(path, str(outside))
        return look(root, path)

    monkeypatch.setattr(analyser, "seen_as_file", changed_since_the_walk)
    scanner = Scanner(tree)
    assert len(list(scanner.validate())) == 3
    assert sorted(problem[1:] for problem in scanner.problems) == [
        ("closed.flac", "unreadable", "reading the file: it cannot be opened"),
        ("gone.flac", "vanished", "reading the file: no file is there"),
        ("out.flac", "escapes-root", "reading the file: the path leads out of the root"),
    ]


def long_file(tree: Tree) -> Path:
    """Twelve hours of silence, of which the disk keeps nothing."""
    path = tree.root / "long.wav"
    size = 12 * 3600 * 44100 * 2
    head = b"RIFF" + (size + 36).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    head += struct.pack("<HHIIHH", 1, 1, 44100, 88200, 2, 16) + b"data" + size.to_bytes(4, "little")
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size + 44)
    return path


@pytest.mark.alone
def test_leaving_the_loop_ends_the_work_at_once_also_in_a_file_of_twelve_hours(tree: Tree) -> None:
    long_file(music(tree, 5))
    before = set(threading.enumerate())
    reports = Scanner(tree, workers=2).validate("audio")
    next(reports)
    assert workers_left(before)
    time.sleep(0.3)
    since = time.monotonic()
    del reports
    while workers_left(before) and time.monotonic() - since < 5:
        time.sleep(0.01)
    assert time.monotonic() - since < 0.5


@pytest.mark.alone
def test_a_close_from_another_thread_ends_the_loop(tree: Tree) -> None:
    long_file(tree)
    scanner = Scanner(tree)
    since = time.monotonic()
    threading.Timer(1.0, scanner.close).start()
    assert list(scanner.validate("audio")) == [] and scanner.problems == []
    assert time.monotonic() - since < 2


def test_an_error_of_a_callback_ends_it(tree: Tree, misbehaving_analyser: Path) -> None:
    music(tree, 5).files("bad.flac", content=b"MT-MISBEHAVE panic")

    def refuse(problem: Problem) -> None:
        raise LookupError(problem.path)

    with pytest.raises(LookupError, match=r"bad\.flac"):
        list(Scanner(tree).validate("header", refuse, analyser=misbehaving_analyser))


def test_several_at_a_time_do_not_disturb_each_other(tree: Tree) -> None:
    music(tree, 12)
    one, other = Scanner(tree).validate(), Scanner(tree).validate("header")
    both = [*zip(one, other, strict=True)]
    assert len(both) == 12


def test_wrong_words_and_a_wrong_component_are_said(tree: Tree, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="depth is one of header, stream, audio, not 'deep'"):
        Scanner(tree).validate("deep")  # type: ignore[arg-type]
    with pytest.raises(RootNotFound):
        Scanner(tmp_path / "nowhere").validate()
    with pytest.raises(ComponentError, match="cannot be read"):
        Scanner(tree).validate(analyser=tmp_path / "none.wasm")
    scanner = Path(mt_scanner.__file__).parent / "mt_scanner.wasm"
    with pytest.raises(ComponentError, match="does not export mt:scanner/analysis"):
        Scanner(tree).validate(analyser=scanner)
    with pytest.raises(ComponentError, match="instan"):
        list(Scanner(music(tree, 1), memory_limit=1 << 16).validate())


def test_a_scan_loads_nothing_of_the_analyser(tree: Tree, python: object) -> None:
    assert callable(python)
    python(
        "import sys\n"
        "import mt_scanner\n"
        "list(mt_scanner.Scanner(sys.argv[1]).scan())\n"
        "assert not [name for name in sys.modules if 'analyser' in name or 'validation' in name]\n",
        music(tree, 1).root,
    )


@needs_fuse
@pytest.mark.alone
def test_storage_that_hangs_costs_the_file(tmp_path: Path, tree: Tree) -> None:
    music(tree, 10)
    with slow_mount(tree.root, stall="read=1/8.flac") as mount:
        scanner = Scanner(mount.path, workers=2, file_timeout=1.0)
        since = time.monotonic()
        reports = list(scanner.validate("header"))
        assert time.monotonic() - since < 10
        assert len(reports) == 9 and all(isinstance(report, Report) for report in reports)
        (problem,) = scanner.problems
        assert (problem.path, problem.outcome) == ("1/8.flac", "timeout")
