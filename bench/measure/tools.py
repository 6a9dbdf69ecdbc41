"""What there is to measure on this machine, and why the rest is not there."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from slow import mount

from measure.command import Command
from measure.tell import tell

BENCH = Path(__file__).resolve().parent.parent
REPOSITORY = BENCH.parent
SUFFIX = ".exe" if sys.platform == "win32" else ""
PYTHON_PEERS = {
    "mutagen": "mutagen",
    "tinytag": "tinytag",
    "scandir-rs": "scandir_rs",
    "py7zr": "py7zr",
    "rarfile": "rarfile",
}
"""Distribution -> module."""
JUDGES = {
    "ffmpeg": "ffmpeg",
    "flac": "flac",
    "ogginfo": "vorbis-tools",
    "opusinfo": "opus-tools",
    "mp3val": "mp3val",
    "b3sum": "b3sum",
    "fpcalc": "libchromaprint-tools",
}
"""Program -> Debian package."""


@dataclass(frozen=True)
class Tools:
    programs: dict[str, tuple[str, ...]]
    """How each program is called."""
    missing: dict[str, str]
    """Why a tool is not there."""

    def missing_for(self, command: Command) -> str | None:
        return self.missing.get(command.program) or self.missing.get(command.needs)


def find() -> Tools:
    """Looks for every tool, and builds the native peers."""
    programs: dict[str, tuple[str, ...]] = {"python": (sys.executable,)}
    missing = {
        peer: f"pip install {peer}" for peer, name in PYTHON_PEERS.items() if importlib.util.find_spec(name) is None
    }
    missing |= {program: f"apt install {package}" for program, package in JUDGES.items() if not shutil.which(program)}
    for backend in ("portable", "native"):
        if not has_backend(backend):
            missing[backend] = f"this Python has no mt_scanner with the backend {backend}"
    for name, found, advice in (
        ("mt-scan", mt_scan(), "cargo build --release --package mt-scanner, or name it in MT_SCAN"),
        ("native-peers", native_peers(), "cargo could not build bench/native"),
        ("wasmtime", wasmtime(), "no wasmtime on the PATH or in WASMTIME, or no component in target"),
    ):
        if found:
            programs[name] = found
        else:
            missing[name] = advice
    find_slow_mount(programs, missing)
    return Tools(programs, missing)


def has_backend(backend: str) -> bool:
    """Whether the public interface of the Python package takes this backend and counts with it."""
    subjects = BENCH / "subjects"
    words = (sys.executable, subjects / "doors.py", "count", subjects, "--backend", backend)
    return subprocess.run(words, capture_output=True).returncode == 0


def mt_scan() -> tuple[str, ...]:
    found = os.environ.get("MT_SCAN") or built(REPOSITORY, "release", "mt-scan") or shutil.which("mt-scan")
    return (found,) if found else ()


def native_peers() -> tuple[str, ...]:
    cargo = shutil.which("cargo")
    if cargo is None:
        return ()
    tell("building the native peers")
    workspace = BENCH / "native"
    if subprocess.run([cargo, "build", "--quiet", "--release", "--locked"], cwd=workspace).returncode != 0:
        return ()
    found = built(workspace, "release", "native-peers")
    return (found,) if found else ()


def find_slow_mount(programs: dict[str, tuple[str, ...]], missing: dict[str, str]) -> None:
    """Builds the slow mount, where anything can be mounted."""
    reason = mount.unavailable()
    if reason is None:
        tell("building the slow mount")
        try:
            programs["slow-mount"] = (str(mount.program()),)
            return
        except mount.MountError as error:
            tell(str(error))
            reason = "cargo could not build bench/slow"
    missing["slow-mount"] = reason


def wasmtime() -> tuple[str, ...]:
    """The CLI, with the component and the data set as its only folder."""
    program = os.environ.get("WASMTIME") or shutil.which("wasmtime") or installed_by_tests()
    component = os.environ.get("MT_SCANNER_COMPONENT") or built(
        REPOSITORY, "wasm32-wasip2/component", "mt_scanner.wasm"
    )
    return (program, "run", "--dir", "{root}::/music", component) if program and component else ()


def installed_by_tests() -> str | None:
    """The newest CLI of the cache folder that the tests install it into."""
    candidates = sorted(cache().glob(f"wasmtime-*/bin/wasmtime{SUFFIX}"))
    return str(candidates[-1]) if candidates else None


def cache() -> Path:
    """Where what takes long to make is kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mt-scanner"


def built(workspace: Path, profile: str, name: str) -> str | None:
    target = Path(os.environ.get("CARGO_TARGET_DIR") or workspace / "target")
    found = target / profile / (name if "." in name else name + SUFFIX)
    return str(found) if found.is_file() else None
