"""Fixtures of all tests: trees, components, processes, and people with fewer rights."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.building import built
from support.trees import FIXTURES, Tree

pytest_plugins = ["support.durable", "support.watched"]


@pytest.fixture(params=["wasmtime", "native"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test once with each backend: it is what `auto` is, here and in the processes that the
    test starts.
    """
    monkeypatch.setenv("MT_SCANNER_BACKEND", request.param)
    return str(request.param)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "music")


@pytest.fixture(scope="session")
def sample_library() -> Path:
    return FIXTURES / "sample-library"


@pytest.fixture
def song() -> Path:
    """A small tagged file that nothing is wrong with."""
    return FIXTURES / "formats" / "mp3-cbr.mp3"


@pytest.fixture(scope="session")
def misbehaving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A component that loops, allocates or panics over files that ask for it
    (`guest/formats/src/misbehave.rs`).
    """
    output = tmp_path_factory.mktemp("misbehaving") / "mt_scanner.wasm"
    built("--debug", "--features", "misbehave", "--output", str(output))
    return output


@pytest.fixture(scope="session")
def misbehaving_analyser() -> Path:
    """The same of the analyser (`guest/formats/src/misbehave.rs`)."""
    return built("--debug", "--component", "analyser", "--features", "misbehave")


@pytest.fixture
def python(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a piece of Python in a process of its own, with `arguments` in `sys.argv`."""

    def run(code: str, *arguments: object, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        return subprocess.run(command, check=check, capture_output=True, text=True, encoding="utf-8", timeout=120)

    return run


@pytest.fixture
def without_rights() -> Iterator[Callable[[str], str]]:
    """Runs a piece of Python as somebody who is not root; it finds what it imports loaded, and
    `tree` in `sys.argv`.
    """
    # Root may read everything, whatever the mode says, so as root the process gives its rights away
    # first.
    before = (
        "import json, os, sys\n"
        "import mt_scanner, mt_scanner._job, mt_scanner.compat\n"
        "mt_scanner.Scanner(os.path.dirname(mt_scanner.__file__)).count()\n"
        "if hasattr(os, 'geteuid') and os.geteuid() == 0:\n"
        "    os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
    )

    def run(code: str, *arguments: object) -> str:
        command = [sys.executable, "-c", before + code, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    yield run


@pytest.fixture
def public_tree() -> Iterator[Tree]:
    """A tree that others can reach; pytest's own folders are closed to them."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="mt-scanner-"))
    folder.chmod(0o755)
    yield Tree(folder / "music")
    for path, _, names in os.walk(folder):
        os.chmod(path, 0o755)
        for name in names:
            if not os.path.islink(os.path.join(path, name)):
                os.chmod(os.path.join(path, name), 0o644)
    shutil.rmtree(folder)
