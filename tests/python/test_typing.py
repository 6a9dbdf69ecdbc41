"""What type checkers say of programs that use the package: of right ones nothing, of wrong ones
where they are wrong. The checker is basedpyright, which needs no Node of its own, in strict mode.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

RIGHT = """
import threading

import mt_scanner
from mt_scanner import (
    AnalysisReport,
    Change,
    DuplicateKind,
    Library,
    Outcome,
    Problem,
    Progress,
    Report,
    Scanner,
    SyncReport,
    count_audio_files,
)


def told(change: Change) -> None:
    if change.change == "moved":
        print(change.former_path, change.track.title)


def is_slow(problem: Problem) -> bool:
    slow: Outcome = "timeout"
    return problem.outcome == slow


def shown(progress: Progress) -> None:
    print(progress.files, mt_scanner.__version__)


def synced(path: str) -> SyncReport:
    with Library(path) as library:
        library.start("Music", workers=2, memory_limit=1 << 28, on_progress=shown).result()
        return library.sync(["Music"], mode="quick", stop=threading.Event(), extensions=[".aiff"], on_change=told)


def analysed(path: str, kind: DuplicateKind) -> int:
    with Library(path) as library:
        job = library.start_analysis(loudness=False, workers=1, on_progress=shown)
        for event in job.events():
            if isinstance(event, Progress):
                job.cancel()
            elif isinstance(event, AnalysisReport):
                print(event.damaged)
        library.analyse("Music", depth=None, seconds=60, stop=threading.Event(), file_timeout=5)
        groups = library.duplicates(kinds=[kind, "copy"], on_problem=is_slow)
        return sum(group.spare_bytes for group in groups if not group.tracks[0].why)


def loud(report: Report) -> float:
    return (report.loudness.integrated if report.loudness else None) or 0.0


def is_cut(report: Report) -> bool:
    return report.verdict == "truncated" and report.findings[0].position is not None


with Scanner("Music", follow_links="all", legacy_charset="auto") as scanner:
    titles = [track.title or "" for track in scanner.scan()]
    slow = list(filter(is_slow, scanner.problems))
    loudest = max(map(loud, scanner.examine(loudness=True, fingerprint=True)))
    cut = [report.path for report in scanner.validate("audio", on_problem=print) if is_cut(report)]
print(count_audio_files("Music", limit=3), titles, slow, cut, synced("library.db").added)
print(loudest, analysed("library.db", "same-audio"))
"""

WRONG = """
from mt_scanner import Change, Library, Problem, Scanner

library = Library("library.db")
library.sync("Music", wrokers="many")  # wrong
library.sync("Music", workers="many")  # wrong
library.sync("Music", mode="fast")  # wrong
library.start("Music", wrokers=2)  # wrong
library.watch("Music", wrokers=2)  # wrong
Scanner("Music", wrokers=2)  # wrong
Scanner("Music", backend="fast")  # wrong
Scanner("Music", follow_links="twice")  # wrong
Scanner("Music").validate("deep")  # wrong
Scanner("Music").examine(hash=True)  # wrong
library.analyse(depth="deep")  # wrong
library.analyse(wrokers=2)  # wrong
library.start_analysis(workers="many")  # wrong
library.duplicates(kinds=["same"])  # wrong


def compared(problem: Problem, change: Change) -> bool:
    return (
        problem.outcome == "malfromed"  # wrong
        or change.change == "add"  # wrong
    )
"""


def errors(folder: Path, program: str) -> list[tuple[int, str]]:
    """The lines with errors, and the rule of each."""
    (folder / "program.py").write_text(program)
    (folder / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict"}))
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable, "program.py"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=300)
    found: list[dict[str, Any]] = json.loads(run.stdout)["generalDiagnostics"]
    return [(one["range"]["start"]["line"], f"{one.get('rule')}: {one['message']}") for one in found]


def test_a_right_program_has_no_error_in_strict_mode(tmp_path: Path) -> None:
    assert errors(tmp_path, RIGHT) == []


def test_every_wrong_option_and_word_is_found(tmp_path: Path) -> None:
    lines = WRONG.splitlines()
    wrong = {number for number, line in enumerate(lines) if line.endswith("# wrong")}
    found = errors(tmp_path, WRONG)
    assert {number for number, _ in found} == wrong, found
    assert any("wrokers" in message for number, message in found if "sync" in lines[number]), found
