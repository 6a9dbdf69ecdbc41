"""The native backend: when it is taken, and what it owes to the interpreter around it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import mt_scanner_native
import pytest
from mt_scanner import ComponentError, Library, Progress, Scanner
from mt_scanner._engine.backends import get
from mt_scanner._engine.carried import COMPONENT
from support.trees import REPOSITORY, Tree

Run = Callable[..., "subprocess.CompletedProcess[str]"]

WITHOUT = "import os, sys; sys.modules[{!r}] = None; os.environ.pop('MT_SCANNER_BACKEND', None); import mt_scanner\n"
TAKEN = "from mt_scanner._engine import backends; print(backends.get().__name__)\n"


@pytest.fixture(autouse=True)
def undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MT_SCANNER_BACKEND", raising=False)


def test_auto_is_native_where_it_is_installed_and_wasmtime_where_not(python: Run) -> None:
    assert python(TAKEN).stdout == "mt_scanner._engine.native\n"
    assert python(WITHOUT.format("mt_scanner_native") + TAKEN).stdout == "mt_scanner._engine.portable\n"


def test_the_environment_says_what_auto_is(monkeypatch: pytest.MonkeyPatch, tree: Tree) -> None:
    for name, module in {"native": "native", "wasmtime": "portable", "": "native"}.items():
        monkeypatch.setenv("MT_SCANNER_BACKEND", name)
        assert get().__name__ == f"mt_scanner._engine.{module}"  # type: ignore[attr-defined]
    assert get("wasmtime").__name__ == "mt_scanner._engine.portable"  # type: ignore[attr-defined]
    monkeypatch.setenv("MT_SCANNER_BACKEND", "quick")
    with pytest.raises(ValueError, match="MT_SCANNER_BACKEND is 'auto', 'native' or 'wasmtime', not 'quick'"):
        Scanner(tree).count()


def test_without_it_an_error_says_how_to_get_it(tree: Tree, python: Run) -> None:
    code = (
        "try: mt_scanner.Scanner(sys.argv[1], backend='native').scan()\n"
        "except mt_scanner.ComponentError as error: print(error)\n"
    )
    said = python(WITHOUT.format("mt_scanner_native") + code, tree.root).stdout
    assert "native is not installed" in said and "make native" in said and "pip install" in said


def test_it_needs_no_wasmtime(tree: Tree, python: Run) -> None:
    code = (
        "scanner = mt_scanner.Scanner(sys.argv[1])\n"
        "print(scanner.count(), len(list(scanner.scan())), len(list(scanner.paths())), end=' ')\n"
        "print(scanner.inspect('a.mp3').track.path, mt_scanner.scan_music_directory(sys.argv[1]))\n"
    )
    tree.files("a.mp3", "b/c.flac")
    assert python("import warnings; warnings.simplefilter('error')\n" + WITHOUT.format("wasmtime") + code, tree.root)
    assert python(WITHOUT.format("wasmtime") + code, tree.root).stdout == "2 2 2 a.mp3 2\n"


def test_it_is_not_loaded_before_it_is_used(tree: Tree, python: Run) -> None:
    python(
        "import sys, mt_scanner\n"
        "scanner = mt_scanner.Scanner(sys.argv[1])\n"
        "assert 'mt_scanner_native' not in sys.modules\n"
        "scanner.count()\n"
        "assert 'mt_scanner_native' in sys.modules and 'wasmtime' not in sys.modules\n",
        tree.root,
    )


@pytest.mark.parametrize("command", ["scan", "count", "index"])
def test_commands_load_nothing_that_is_slow_and_not_needed(command: str, tree: Tree, python: Run) -> None:
    python(
        "import sys\n"
        "from mt_scanner.cli import main\n"
        "options = ['--db', sys.argv[1] + '/library.db'] if sys.argv[2] == 'index' else []\n"
        "assert main([sys.argv[2], sys.argv[1], '--quiet', *options]) == 0\n"
        "loaded = {'wasmtime', 'importlib.metadata', 'rich', 'shtab', 'asyncio', 'zipfile'} & {*sys.modules}\n"
        "assert not loaded, loaded\n",
        tree.files("a.mp3").root,
        command,
    )


def test_a_module_with_another_component_is_not_taken(tmp_path: Path, python: Run) -> None:
    code = (
        "import mt_scanner._engine.carried\n"
        "mt_scanner._engine.carried.COMPONENT = sys.argv[1]\n"
        "try: mt_scanner.Scanner('.', backend='native').count()\n"
        "except mt_scanner.ComponentError as error: print(error)\n" + TAKEN
    )
    other = tmp_path / "other.wasm"
    other.write_bytes(Path(COMPONENT).read_bytes() + b"\0\1\0")
    said = python("import os, sys, mt_scanner\n" + code, other).stdout
    assert f"{other}: the backend native carries another component" in said and said.endswith(".portable\n")


def test_a_package_without_its_component_says_so(tmp_path: Path, python: Run) -> None:
    code = (
        "import sys, mt_scanner._engine.carried\n"
        "mt_scanner._engine.carried.COMPONENT = sys.argv[1]\n"
        "try: mt_scanner.Scanner('.').count()\n"
        "except mt_scanner.ComponentError as error: print(error)\n"
    )
    none = tmp_path / "none.wasm"
    assert python(code, none).stdout == f"{none}: the component cannot be read: No such file or directory\n"


def test_both_backends_give_the_same_tracks_problems_and_libraries(tmp_path: Path) -> None:
    fixtures = REPOSITORY / "tests" / "fixtures"
    found = []
    for backend in ("native", "wasmtime"):
        scanner = Scanner(fixtures, backend=backend)  # type: ignore[arg-type]
        with Library(tmp_path / f"{backend}.db") as library:
            report = library.sync(fixtures, backend=backend)
            assert report.added == len(list(library.tracks())) > 80
            found.append((sorted(scanner.scan()), sorted(scanner.problems), sorted(report.problems)))
            assert list(library.tracks()) == sorted(found[-1][0], key=lambda track: track.path)
    assert found[0] == found[1]


@pytest.mark.alone
def test_other_threads_go_on_while_it_works(tree: Tree, misbehaving: Path) -> None:
    tree.files("hangs.mp3", content=b"MT-MISBEHAVE loop")
    scanner = Scanner(tree, backend="native", component=misbehaving, file_timeout=0.5)
    turns = 0
    done = threading.Event()

    def turn() -> None:
        nonlocal turns
        while not done.wait(0.005):
            turns += 1

    threading.Thread(target=turn).start()
    list(scanner.scan())
    done.set()
    assert turns > 20


INTERRUPTED = """\
import os, signal, sys, threading, time, mt_scanner
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background ignores it
scanner = mt_scanner.Scanner(sys.argv[1], backend="native", component=sys.argv[2], file_timeout=60)
scanner.count()  # compiles the component
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
started = time.monotonic()
try:
    list(scanner.scan())
except KeyboardInterrupt:
    print(time.monotonic() - started)
"""


@pytest.mark.alone
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_the_keyboard_interrupts_a_scan_that_waits_for_a_file(tree: Tree, misbehaving: Path, python: Run) -> None:
    tree.files("hangs.mp3", content=b"MT-MISBEHAVE loop")
    assert 0.5 <= float(python(INTERRUPTED, tree.root, misbehaving).stdout) < 1.5


@pytest.mark.alone
def test_a_scan_that_is_dropped_is_not_waited_for(tmp_path: Path, misbehaving: Path) -> None:
    one = Tree(tmp_path / "one").files("a.mp3", content=b"no music")
    two = Tree(tmp_path / "two").files("hangs.mp3", content=b"MT-MISBEHAVE loop")
    scanner = Scanner([one, two], backend="native", workers=1, component=misbehaving, file_timeout=60)
    tracks = scanner.scan()
    assert next(tracks).path == "a.mp3"
    time.sleep(0.3)  # The only worker is in the other file by now.
    started = time.monotonic()
    del tracks, scanner
    assert time.monotonic() - started < 0.1


def test_a_process_that_ends_does_not_wait_for_a_file(tree: Tree, misbehaving: Path, python: Run) -> None:
    tree.files("hangs.mp3", content=b"MT-MISBEHAVE loop")
    code = (
        "import sys, time, mt_scanner\n"
        "scanner = mt_scanner.Scanner(sys.argv[1], backend='native', component=sys.argv[2], file_timeout=60)\n"
        "job = scanner.start()\n"
        "time.sleep(0.3)\n"
    )
    started = time.monotonic()
    assert python(code, tree.root, misbehaving).stderr == ""
    assert time.monotonic() - started < 20


def test_a_scan_that_was_stopped_before_it_began_finds_nothing(tree: Tree) -> None:
    pool = Scanner(tree.files("a.mp3"), backend="native")._pool("tracks")
    assert pool.join(0) and pool.progress == Progress()
    pool.stop()
    assert list(pool) == [] and pool.join(0)


def test_the_stub_says_what_the_module_has() -> None:
    stub = (REPOSITORY / "python" / "native" / "mt_scanner_native.pyi").read_text(encoding="utf-8")
    for kind in (mt_scanner_native.Component, mt_scanner_native.Scan):
        own = [name for name in vars(kind) if not name.startswith("__")]
        assert own and all(f"def {name}(" in stub for name in own), own
    with pytest.raises(ComponentError, match="cannot be read"):
        Scanner(REPOSITORY, backend="native", component=REPOSITORY / "none.wasm").count()
    assert sys.modules["mt_scanner_native"].__doc__
