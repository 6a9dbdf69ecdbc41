"""What programs and people see of the package's objects at a prompt."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import mt_scanner
from mt_scanner import Library, Scanner
from support.trees import Tree


def test_the_version_is_that_of_the_package() -> None:
    assert mt_scanner.__version__ == metadata.version("mt-scanner")
    assert "__version__" in dir(mt_scanner)


def test_a_scanner_and_a_library_name_what_they_are_about(tree: Tree, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert repr(Scanner([tree.root, other])) == f"Scanner({str(tree.root)!r}, {str(other)!r})"
    assert repr(Library(tmp_path / "x.db")) == f"Library({str(tmp_path / 'x.db')!r})"


def test_a_report_and_a_result_are_short_however_many_problems_there_are(tree: Tree, tmp_path: Path) -> None:
    tree.files(*(f"{number}.mp3" for number in range(200)), content=b"no music")
    with Library(tmp_path / "x.db") as library:
        report = library.sync(tree.root)
    assert len(report.problems) == 200
    assert str(report) == repr(report) and repr(report).startswith("SyncReport(added=200, modified=0, moved=0, ")
    assert "unchanged=0, problems=<200>, progress=Progress(" in repr(report) and len(repr(report)) < 360
    job = Scanner(tree.root).start()
    result = job.result()
    assert repr(result).startswith("ScanResult(tracks=<200>, problems=<200>, progress=Progress(")
    assert repr(job) == "<ScanJob: ended>"


def test_a_job_says_whether_it_has_ended(tree: Tree, tmp_path: Path) -> None:
    tree.files("a.mp3")
    with Library(tmp_path / "x.db") as library:
        job = library.start(tree.root)
        assert repr(job) in ("<SyncJob: under way>", "<SyncJob: ended>")
        job.result()
        assert repr(job) == "<SyncJob: ended>"
