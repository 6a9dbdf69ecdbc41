"""The command line: output for machines and for people, and exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from mt_scanner import Inspection, Problem, Scanner, Track
from mt_scanner.cli import main
from mt_scanner.cli._screen import shown
from support.interruptions import interruptible
from support.trees import Tree

Capture = pytest.CaptureFixture[str]


def run(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mt_scanner", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, cwd=cwd)


@pytest.fixture
def mixed(tree: Tree, song: Path) -> Tree:
    return tree.copy(song, "good.mp3").files("Folder/bad.flac", content=b"no music")


def test_json_gives_tracks_on_stdout_and_problems_on_stderr(mixed: Tree) -> None:
    done = run("scan", mixed.root, "--json")
    scanner = Scanner(mixed)
    tracks = [json.loads(line) for line in done.stdout.splitlines()]
    assert [list(track) for track in tracks] == [list(Track._fields)] * 2
    assert sorted(Track(**track) for track in tracks) == sorted(scanner.scan())
    assert [Problem(**json.loads(line)) for line in done.stderr.splitlines()] == scanner.problems
    assert done.returncode == 0


def test_json_is_utf8_wherever_it_goes(tree: Tree, song: Path) -> None:
    tree.copy(song, "日本語 🎵.mp3")
    command = [sys.executable, "-m", "mt_scanner", "scan", "--json", str(tree.root)]
    plain = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(command, env=plain, capture_output=True, timeout=120)
    assert "日本語 🎵.mp3".encode() in done.stdout


def test_a_summary_says_what_a_person_wants_to_know(mixed: Tree, capsys: Capture) -> None:
    assert main(["scan", str(mixed.root)]) == 0
    said = capsys.readouterr()
    for part in (
        "2 tracks, ",
        "2 folders in",
        "format",
        "mp3",
        "unknown",
        "1 problem: 1 malformed",
        "Folder/bad.flac: malformed:",
    ):
        assert part in said.out
    assert said.err == ""


def test_only_the_first_problems_are_named(tree: Tree, capsys: Capture) -> None:
    tree.files(*(f"{number}.mp3" for number in range(12)), content=b"no music")
    main(["scan", str(tree.root)])
    said = capsys.readouterr().out
    assert "12 problems: 12 malformed" in said and "and 7 more" in said and said.count(".mp3: malformed") == 5


def test_quiet_is_quiet(mixed: Tree, tmp_path: Path, capsys: Capture) -> None:
    for arguments in (["scan", str(mixed.root)], ["index", str(mixed.root), "--db", str(tmp_path / "x.db")]):
        assert main([*arguments, "--quiet"]) == 0
    said = capsys.readouterr()
    assert said.out == said.err == ""


def test_count_prints_the_number(mixed: Tree, capsys: Capture) -> None:
    assert main(["count", str(mixed.root)]) == 0
    assert capsys.readouterr().out == "2\n"
    assert main(["count", "--json", str(mixed.root)]) == 0
    assert json.loads(capsys.readouterr().out) == {"files": 2}


def test_index_fills_a_library(mixed: Tree, tmp_path: Path) -> None:
    done = run("index", mixed.root, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 new, 0 changed, 0 as before" in done.stdout and str(tmp_path / "library.db") in done.stdout
    assert "0 new, 0 changed, 2 as before" in run("index", mixed.root, cwd=tmp_path).stdout


def test_index_with_json_gives_the_tracks_that_have_changed(
    mixed: Tree, tmp_path: Path, song: Path, capsys: Capture
) -> None:
    other = Tree(tmp_path / "other").copy(song, "other.mp3")
    db = str(tmp_path / "x.db")
    main(["index", str(other.root), "--db", db, "--quiet"])
    assert main(["index", str(mixed.root), "--db", db, "--json"]) == 0
    said = capsys.readouterr()
    *changes, report = (json.loads(line) for line in said.out.splitlines())
    assert (report["report"]["added"], report["report"]["problems"], report["report"]["unchanged"]) == (2, 1, 0)
    assert report["report"]["progress"]["tracks"] == 2
    assert {(change.pop("change"), change.pop("former_root"), change.pop("former_path")) for change in changes} == {
        ("added", None, None)
    }
    assert {change.pop("scan") for change in changes} == {2} and len({change.pop("id") for change in changes}) == 2
    assert sorted(Track(**change) for change in changes) == sorted(Scanner(mixed).scan())
    assert [json.loads(line)["outcome"] for line in said.err.splitlines()] == ["malformed"]
    assert main(["index", str(mixed.root), "--db", db, "--json"]) == 0
    said = capsys.readouterr()
    (report,) = (json.loads(line) for line in said.out.splitlines())
    assert (report["report"]["added"], report["report"]["unchanged"]) == (0, 2) and "malformed" in said.err


def test_index_tells_what_it_does_and_what_it_would_do(tree: Tree, tmp_path: Path, song: Path, capsys: Capture) -> None:
    def index(*more: str) -> str:
        assert main(["index", str(tree.root), "--db", db, *more]) == 0
        return capsys.readouterr().out

    db = str(tmp_path / "x.db")
    tree.copy(song, "a.mp3")
    assert index("--dry-run") == "nothing was written; a sync would find: 1 new, 0 changed, 0 as before\n"
    assert not os.path.exists(db)
    assert index("--verbose").startswith("added     a.mp3\n\n")
    (tree.root / "a.mp3").rename(tree.root / "b.mp3")
    assert index("-v", "--mode", "quick").startswith("moved     a.mp3 -> b.mp3\n\n")
    (tree.root / "b.mp3").unlink()
    assert main(["index", str(tree.root), "--db", db]) == 3
    assert "the root holds no music any more" in capsys.readouterr().err
    assert "1 missing" in index("--confirm-empty")
    assert main(["purge", "--db", db, "--missing-for", "1"]) == 0
    assert capsys.readouterr().out == "0 tracks forgotten\n"
    assert main(["purge", "--db", db]) == 0
    assert capsys.readouterr().out == "1 track forgotten\n"
    assert main(["purge", "--db", str(tmp_path / "none.db")]) == 3


def test_inspect_shows_one_file(mixed: Tree, capsys: Capture) -> None:
    assert main(["inspect", str(mixed.root / "good.mp3"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == list(Inspection._fields) and Track(**found["track"]).path == "good.mp3"
    assert main(["inspect", str(mixed.root / "good.mp3")]) == 0
    said = capsys.readouterr().out
    assert found["track"]["title"] in said and "TIT2 = " in said
    assert main(["inspect", str(mixed.root / "Folder/bad.flac"), "--strict"]) == 1
    assert "malformed: " in capsys.readouterr().out


def test_benchmark_prints_milliseconds(mixed: Tree, capsys: Capture) -> None:
    assert main(["benchmark", str(mixed.root), "--iterations", "2"]) == 0
    assert float(capsys.readouterr().out) > 0
    assert main(["benchmark", str(mixed.root), "--iterations", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["iterations"] == 2


def test_walking_options_are_those_of_the_scanner(tree: Tree, song: Path, capsys: Capture) -> None:
    tree.copy(song, "a.mp3").copy(song, ".hidden/b.mp3").files("c/.nomedia").copy(song, "c/d.mp3")

    def count(*options: str) -> int:
        assert main(["count", str(tree.root), *options]) == 0
        return int(capsys.readouterr().out)

    assert (count(), count("--hidden"), count("--include-ignored", "--workers", "1")) == (1, 2, 2)
    assert count("--hidden", "--include-ignored", "--no-follow-links") == 3


def test_strict_is_one_when_there_was_a_problem(mixed: Tree, tmp_path: Path, capsys: Capture) -> None:
    db = str(tmp_path / "x.db")
    assert main(["scan", str(mixed.root), "--strict"]) == main(["index", str(mixed.root), "--strict", "--db", db]) == 1
    (mixed.root / "Folder/bad.flac").unlink()
    assert main(["scan", str(mixed.root), "--strict"]) == main(["count", str(mixed.root), "--strict"]) == 0


@pytest.mark.parametrize(
    "wrong", [[], ["scan"], ["sacn", "/"], ["scan", "/", "--workers", "0"], ["scan", "/", "--fast"]]
)
def test_wrong_usage_is_two(wrong: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(wrong)
    assert caught.value.code == 2
    assert "usage: mt-scanner" in capsys.readouterr().err


def test_what_could_not_run_is_three_and_named(tmp_path: Path, tree: Tree, capsys: Capture) -> None:
    missing = str(tmp_path / "missing")
    for arguments in (
        ["scan", missing],
        ["count", missing],
        ["index", missing],
        ["inspect", missing],
        ["benchmark", missing],
    ):
        assert main(arguments) == 3
        assert missing in capsys.readouterr().err
    (tmp_path / "text.db").write_text("no database" * 100)
    assert main(["index", str(tree.root), "--db", str(tmp_path / "text.db")]) == 3
    assert "text.db: the library cannot be used" in capsys.readouterr().err


def test_the_version_is_printed() -> None:
    done = run("--version")
    assert done.returncode == 0 and done.stdout.startswith("mt-scanner ")


def test_a_reader_that_leaves_is_no_error(tree: Tree) -> None:
    tree.files(*(f"{folder}/{number}.mp3" for folder in range(40) for number in range(50)))
    command = [sys.executable, "-m", "mt_scanner", "scan", "--json", str(tree.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait(60) == 141
    assert "Traceback" not in errors and "BrokenPipe" not in errors


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_an_output_that_cannot_be_written_is_said(tree: Tree, song: Path) -> None:
    tree.copy(song, "a.mp3")
    command = [sys.executable, "-m", "mt_scanner", "scan", "--json", str(tree.root)]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (3, "mt-scanner: writing the output: No space left on device\n")


@pytest.mark.alone
@pytest.mark.usefixtures("backend")
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_an_interruption_is_quiet(tree: Tree, misbehaving: Path) -> None:
    tree.files("hangs.mp3", content=b"MT-MISBEHAVE loop")
    code = (
        "import sys, mt_scanner._scanner as scanner\n"
        "pool = scanner.Scanner._pool\n"
        "def ready(self, mode, **options):\n"
        "    self._session._component = sys.argv.pop()\n"
        "    made = pool(self, mode, **options)\n"
        "    print('ready', flush=True)\n"
        "    return made\n"
        "scanner.Scanner._pool = ready\n"
        "from mt_scanner.cli import main\n"
        "sys.exit(main(['scan', sys.argv[1]]))\n"
    )
    command = [sys.executable, "-c", code, str(tree.root), str(misbehaving)]
    with interruptible(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.5)
        started = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=30)
    assert (process.returncode, out, errors) == (130, "", "mt-scanner: interrupted\n")
    assert time.monotonic() - started < 3


@pytest.mark.skipif(os.name == "nt", reason="needs a terminal of POSIX")
def test_a_terminal_gets_a_progress_bar_and_a_pipe_does_not(tree: Tree) -> None:
    import pty

    tree.files(*(f"{folder}/{number}.mp3" for folder in range(40) for number in range(50)))
    command = [sys.executable, "-m", "mt_scanner", "scan", str(tree.root)]
    parent, child = pty.openpty()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=child, env={**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    )
    os.close(child)
    seen = b""
    try:
        while chunk := os.read(parent, 65536):
            seen += chunk
    except OSError:
        pass
    os.close(parent)
    out = process.communicate(timeout=60)[0]
    assert b"files/s" in seen and b"2,000 tracks" in out and b"\x1b" not in out
    assert run("scan", tree.root).stderr == ""


def test_rich_is_loaded_for_a_terminal_only(tree: Tree, python: Callable[..., object]) -> None:
    tree.files("a.mp3")
    python(
        "import sys\n"
        "from mt_scanner.cli import main\n"
        "assert main(['scan', sys.argv[1], '--quiet']) == 0 and 'rich' not in sys.modules\n",
        tree.root,
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_cannot_play_with_the_terminal(tree: Tree, capsys: Capture) -> None:
    tree.files("\x1b]0;owned\x07\x1b[2J.mp3", "a\u202egpj.mp3", content=b"no music")
    main(["scan", str(tree.root)])
    said = capsys.readouterr().out
    assert "\x1b" not in said and "\u202e" not in said
    assert "\\x1b]0;owned\\x07\\x1b[2J.mp3: malformed" in said and "a\\u202egpj.mp3" in said


def test_only_what_has_no_shape_is_escaped() -> None:
    plain = "Björk – Vespertine 日本語 👩\u200d🎤 100%"
    assert shown(plain) == plain
    assert shown("\udce9\r\n\x9b\u2028") == "\\udce9\\r\\n\\x9b\\u2028"


@pytest.mark.alone
@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_an_interruption_while_the_package_is_imported_is_quiet(tmp_path: Path) -> None:
    (tmp_path / "rich.py").write_text("")
    (tmp_path / "argparse.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    command = [sys.executable, "-m", "mt_scanner", "count", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    with interruptible(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        assert (*process.communicate(timeout=30), process.returncode) == ("", "", 130)


def test_an_unknown_backend_in_the_environment_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tree: Tree
) -> None:
    monkeypatch.setenv("MT_SCANNER_BACKEND", "foo")
    assert main(["count", str(tree.root)]) == 3
    assert capsys.readouterr().err == ("mt-scanner: MT_SCANNER_BACKEND is 'auto', 'native' or 'wasmtime', not 'foo'\n")


@pytest.mark.usefixtures("backend")
@pytest.mark.skipif(sys.platform != "linux", reason="names are UTF-8 there")
def test_a_name_that_is_not_utf8_cannot_be_inspected(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    path = os.fsencode(tree.root) + b"/\xff.mp3"
    with open(path, "wb"):
        pass
    assert main(["inspect", os.fsdecode(path)]) == 3
    assert capsys.readouterr().err == (
        f"mt-scanner: {tree.root}/\\udcff.mp3: the file's name is not valid UTF-8, which no sandbox path can express\n"
    )


def test_a_command_runs_in_any_thread_and_leaves_the_handler_of_interruptions_as_it_was(tree: Tree) -> None:
    tree.files("a.mp3")
    before = signal.getsignal(signal.SIGINT)
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(main, ["count", "--quiet", str(tree.root)]).result() == 0
    assert main(["count", "--quiet", str(tree.root)]) == 0
    assert signal.getsignal(signal.SIGINT) is before


def test_an_interruption_that_python_drops_comes_again(python: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    code = (
        "import signal, sys, time, weakref\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from mt_scanner.cli import _commands, main\n"
        "class Thing: pass\n"
        "def drop(_): raise KeyboardInterrupt\n"
        "def count(options):\n"
        "    thing = Thing()\n"
        "    weakly = weakref.ref(thing, drop)\n"
        "    del thing\n"
        "    time.sleep(60)\n"
        "_commands.COMMANDS['count'] = count\n"
        "print(main(['count', '.']))\n"
    )
    began = time.monotonic()
    done = python(code)
    assert (done.stdout, done.stderr) == ("130\n", "mt-scanner: interrupted\n")
    # It ends what waits as well, and not only what comes after.
    assert time.monotonic() - began < 30
