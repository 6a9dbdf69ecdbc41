"""The first start on a machine: components are compiled, which takes seconds, and who ends a job
meanwhile is heard.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.interruptions import interruptible
from support.trees import Tree

pytestmark = pytest.mark.alone

END = 1.0
"""The time in s for an end: 0.5, and slack for a busy machine."""

SCAN = """
import sys, json, time, mt_scanner
scanner = mt_scanner.Scanner(sys.argv[1])
job = scanner.start()
time.sleep(0.15)
was_done, since = job.done(), time.monotonic()
job.cancel()
job.result()
print(json.dumps([was_done, time.monotonic() - since, len(job.poll())]))
"""
ANALYSIS = """
import sys, json, time, mt_scanner
with mt_scanner.Library(sys.argv[2]) as library:
    library.sync(sys.argv[1])
    job = library.start_analysis()
    time.sleep(0.3)
    was_done, told, since = job.done(), len(job.poll()), time.monotonic()
    job.cancel()
    try:
        job.result()
    except mt_scanner.AnalysisStopped:
        pass
    print(json.dumps([was_done, time.monotonic() - since, told]))
"""


@pytest.fixture
def nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No code is kept from before."""
    for name in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


@pytest.mark.usefixtures("nothing_kept", "backend")
@pytest.mark.parametrize("code", [SCAN, ANALYSIS], ids=["scan", "analysis"])
def test_who_cancels_while_a_component_is_compiled_is_heard(
    code: str, tree: Tree, tmp_path: Path, python: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    tree.files("a.mp3")
    was_done, seconds, _ = json.loads(python(code, tree.root, tmp_path / "library.db").stdout)
    assert seconds < END
    # Else nothing was tried: an analysis compiles with either backend.
    assert not was_done or code == SCAN


@pytest.mark.usefixtures("nothing_kept")
def test_an_analysis_tells_of_progress_while_its_component_is_compiled(
    tree: Tree, tmp_path: Path, python: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    tree.files("a.mp3")
    was_done, _, told = json.loads(python(ANALYSIS, tree.root, tmp_path / "library.db").stdout)
    assert not was_done and told >= 1


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT is sent to a process")
@pytest.mark.usefixtures("nothing_kept")
def test_ctrl_c_is_heard_while_a_component_is_compiled(tree: Tree) -> None:
    tree.files("a.mp3")
    command = [sys.executable, "-m", "mt_scanner", "validate", str(tree.root)]
    process = interruptible(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(0.7)
    since = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, time.monotonic() - since < END) == (130, True), said
