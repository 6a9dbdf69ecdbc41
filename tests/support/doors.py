"""The doors: every way to run the component on a music folder, behind one call.

`scan` gives the same rows through each of them; what differs (programs, arguments, exit codes)
stays in here. A door that cannot be opened fails its tests and says what is missing: nothing is
skipped.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
BUILT = REPOSITORY / "target" / "wasm32-wasip2" / "component" / "mt_scanner.wasm"
WASMTIME = "50.0.1"
SECONDS = 120

Row = dict[str, Any]


class DoorClosed(Exception):
    """A program is missing; the text says which, and how to get it."""


@dataclass(frozen=True)
class Scan:
    """What a scan wrote. `root` is taken off the rows, and the root's name in `message` reads
    `ROOT`.
    """

    code: int
    tracks: list[Row]
    problems: list[Row]
    message: str
    """What stood on stderr and is no problem."""
    passed_over: int = 0
    """Files that were passed over for their extension, as the notice on stderr says."""


@dataclass(frozen=True)
class Sync:
    """What `index --json` wrote, rows as they came."""

    code: int
    changes: list[Row]
    report: Row | None
    """The last line on stdout. Without one the sync did not come to its end."""
    problems: list[Row]
    message: str
    """What stood on stderr and is no problem."""
    passed_over: int = 0
    """Files that were passed over for their extension, as the notice on stderr says."""


@dataclass(frozen=True)
class Artwork:
    """What `artwork` wrote."""

    code: int
    pictures: list[Row]
    """The lines of pictures, unless their bytes were asked for."""
    data: bytes
    """What stood on stdout."""
    problems: list[Row]
    message: str
    """What stood on stderr and is no problem. The root's name reads `ROOT`."""


@dataclass(frozen=True)
class Door:
    """A program that scans: how it is called, and what it answers with when it could not run."""

    name: str
    command: Callable[[Path], tuple[list[str], str]]
    """The command for a root up to its verb, and the root as the program knows it."""
    could_not_run: int
    flags: tuple[str, ...] = ("--json",)
    """What asks for JSON lines."""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables that it is run with, besides those that are set."""
    knows_ctime: bool = os.name != "nt"
    """Whether the host looks up the time of the last change of status, which stock wasmtime does
    not give.
    """
    keeps_libraries: bool = True
    """Whether it has `index`: SQLite is a host's."""

    def scan(self, root: Path, *options: str, rights: bool = True) -> Scan:
        """Scans `root`. Without `rights`, permissions hold even when the tests run as root."""
        run, name = self._run("scan", root, *options, rights=rights)
        tracks = [json.loads(line) for line in lines_of(run.stdout)]
        problems, passed_over, message = _told(run.stderr)
        # The root of a file is its folder.
        of = os.path.dirname(name) if root.is_file() else name
        for row in (*tracks, *problems):
            assert row.pop("root") == of, f"{self.name} calls the root {of!r} by another name in {row}"
        message = re.sub(r"^mt[-_]scan\w*: ", "", message.replace(name, "ROOT"))
        return Scan(run.returncode, tracks, problems, message, passed_over)

    def count(self, root: Path, *options: str) -> int:
        """Counts the audio files under `root`."""
        run, _ = self._run("count", root, *options)
        assert run.returncode == 0, run.stderr
        answer = json.loads(run.stdout)
        return int(answer["files"] if isinstance(answer, dict) else answer)

    def inspect(self, root: Path, path: str, *options: str) -> Row:
        """Everything about one file."""
        run, _ = self._run("inspect", root, *options, below=path)
        assert run.returncode == 0, run.stderr
        answer: Row = json.loads(run.stdout)
        return answer

    def artwork(self, root: Path, path: str, *options: str) -> Artwork:
        """The pictures of a file, as lines or, with `--output -`, as bytes."""
        command, name = self.command(root)
        run = subprocess.run(
            [*command, "artwork", *self.flags, *options, f"{name}/{path}"],
            env=os.environ | dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
        )
        problems, _, message = _told(run.stderr.decode("utf-8"))
        message = re.sub(r"^mt[-_]scan\w*: ", "", message.replace(name, "ROOT"))
        pictures = [] if "--output" in options else [json.loads(line) for line in run.stdout.splitlines()]
        return Artwork(run.returncode, pictures, run.stdout, problems, message)

    def index(self, database: Path, roots: Sequence[Path], *options: str, rights: bool = True) -> Sync:
        """Brings a library up to date."""
        run = self._start(self.indexing(database, roots, *options), rights)
        lines = [json.loads(line) for line in lines_of(run.stdout)]
        report = lines.pop()["report"] if lines and "report" in lines[-1] else None
        problems, passed_over, message = _told(run.stderr)
        return Sync(run.returncode, lines, report, problems, re.sub(r"^mt[-_]scan\w*: ", "", message), passed_over)

    def purge(self, database: Path) -> int:
        """Forgets the tracks of a library that are missing; gives how many they were."""
        command, _ = self.command(database)
        run = self._start([*command, "purge", *self.flags, "--db", str(database)], rights=True)
        assert run.returncode == 0, run.stderr
        return int(json.loads(run.stdout)["purged"])

    def index_for_people(self, database: Path, roots: Sequence[Path], *options: str) -> str:
        """What `index` says to people."""
        command, _ = self.command(roots[0])
        run = self._start([*command, "index", *options, "--db", str(database), *map(str, roots)], rights=True)
        assert (run.returncode, run.stderr) == (0, "")
        return run.stdout

    def indexing(self, database: Path, roots: Sequence[Path], *options: str, verb: str = "index") -> list[str]:
        """The command of `index`, or of another one of folders, for who runs it in a way of their
        own, with `environment`.
        """
        assert self.keeps_libraries, f"{self.name} keeps no library"
        command, _ = self.command(roots[0])
        library = ["--db", str(database)] if verb in ("index", "watch") else []
        return [*command, verb, *self.flags, *options, *library, *map(str, roots)]

    def _run(
        self, verb: str, root: Path, *options: str, below: str = "", rights: bool = True
    ) -> tuple[subprocess.CompletedProcess[str], str]:
        command, name = self.command(root)
        whole = [*command, verb, *self.flags, *options, f"{name}/{below}" if below else name]
        return self._start(whole, rights), name

    def ask(self, *words: object) -> subprocess.CompletedProcess[str]:
        """Runs a command with all its words."""
        command, _ = self.command(Path("/"))
        return self._start([*command, *map(str, words)], rights=True)

    def _start(self, command: list[str], rights: bool) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command if rights else _without_rights(command),
            env=os.environ | dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
        )

    def __str__(self) -> str:
        return self.name


def lines_of(text: str) -> list[str]:
    """The lines of a text. A text in JSON may have characters that Python takes for ends of lines."""
    return [line for line in text.split("\n") if line]


def _told(stderr: str) -> tuple[list[Row], int, str]:
    """The problems on stderr, how many files were passed over, and what else stood there."""
    lines = [json.loads(line) for line in lines_of(stderr) if line.startswith("{")]
    passed_over = [line["files"] for line in lines if line.get("notice") == "passed-over"]
    assert len(passed_over) <= 1, "said once, at the end"
    message = "\n".join(line for line in lines_of(stderr) if not line.startswith("{"))
    return [line for line in lines if "notice" not in line], sum(passed_over), message


def component() -> Path:
    """The component under test."""
    path = Path(os.environ.get("MT_SCANNER_COMPONENT") or BUILT)
    if not path.is_file():
        raise DoorClosed(f"there is no component at {path}; build it with: python guest/build.py")
    return path


def wasmtime() -> Path:
    """The wasmtime CLI."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "mt-scanner", f"wasmtime-{WASMTIME}")
    for place in (os.environ.get("WASMTIME"), shutil.which("wasmtime"), folder / "bin" / "wasmtime"):
        if place and os.access(place, os.X_OK):
            return Path(place)
    raise DoorClosed(
        f"the wasmtime CLI is neither at $WASMTIME, nor on the PATH, nor in {folder}/bin; get it with: "
        f"cargo install wasmtime-cli --version {WASMTIME} --locked --root {folder}"
    )


def mt_scan() -> Path:
    """The Rust host's binary."""
    name = "mt-scan.exe" if os.name == "nt" else "mt-scan"
    path = Path(os.environ.get("MT_SCAN") or REPOSITORY / "target" / "release" / name)
    if not os.access(path, os.X_OK):
        raise DoorClosed(f"there is no mt-scan at {path}; build it with: cargo build --release --package mt-scanner")
    return path


def _through_wasmtime(root: Path) -> tuple[list[str], str]:
    # The CLI opens the folder before the component can say anything. When it could not, it opens
    # one further up.
    given, name = root, "/music"
    while not given.is_dir() or not given.stat().st_mode & 0o400:
        given, name = given.parent, f"/music/{root.relative_to(given.parent).as_posix()}"
    return [str(wasmtime()), "run", "--dir", f"{given}::/music", str(component())], name


def _through_python(root: Path) -> tuple[list[str], str]:
    return [sys.executable, "-m", "mt_scanner"], str(root)


def _through_mt_scan(root: Path) -> tuple[list[str], str]:
    return [str(mt_scan())], str(root)


def _without_rights(command: list[str]) -> list[str]:
    """Root passes by permissions thanks to two capabilities; whoever runs this command gives them
    up first.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return command
    if not sys.platform.startswith("linux"):
        raise DoorClosed("as root, permissions can be tested on Linux only; run the tests as another user")
    return [sys.executable, "-c", GIVE_UP_RIGHTS, *command]


# prctl(2), capabilities(7): the two leave the bounding set, and with `exec` the process.
GIVE_UP_RIGHTS = """
import ctypes, os, sys
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2
for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
    if ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
        sys.exit("root cannot give up its rights here: run the tests as another user")
os.execvp(sys.argv[1], sys.argv[1:])
"""


DOORS = [
    # WASI 0.2 knows no exit codes but 0 and 1, and the component writes JSON lines unasked.
    Door("wasmtime", _through_wasmtime, could_not_run=1, flags=(), knows_ctime=False, keeps_libraries=False),
    Door("python", _through_python, could_not_run=3, environment=(("MT_SCANNER_BACKEND", "wasmtime"),)),
    Door("python-native", _through_python, could_not_run=3, environment=(("MT_SCANNER_BACKEND", "native"),)),
]
if '"host"' in (REPOSITORY / "Cargo.toml").read_text(encoding="utf-8"):
    DOORS.append(Door("mt-scan", _through_mt_scan, could_not_run=3))
LIBRARIANS = [door for door in DOORS if door.keeps_libraries]
"""Those that keep libraries.
"""


def fields(record: str) -> list[str]:
    """The fields of a record of the contract, in its order, in snake case and without `root`."""
    text = (REPOSITORY / "wit" / "types.wit").read_text(encoding="utf-8")
    body = re.search(rf"record {record} \{{(.*?)\n    \}}", text, re.DOTALL)
    assert body is not None, f"wit/types.wit has no record {record}"
    names = re.findall(r"^ +([a-z0-9-]+):", body[1], re.MULTILINE)
    return [name.replace("-", "_") for name in names if name != "root"]
