"""The slow mount, from Python: builds the program, mounts, and unmounts whatever has happened."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import TracebackType

WORKSPACE = Path(__file__).resolve().parent
ANSWER = 10.0
"""The most time in s that the program has for a line, and for its end."""

Calls = dict[str, int]
"""Requests of the kernel by their names in the protocol, and `most_in_flight`."""


class MountError(Exception):
    """There is no mount; the text says why."""


def unavailable() -> str | None:
    """Why nothing can be mounted on this machine."""
    if sys.platform != "linux":
        return "slow storage is mounted on Linux only"
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "FUSE is missing: /dev/fuse is not there or not open to this user"
    if shutil.which("fusermount3") is None:
        return "FUSE is missing: no fusermount3 on the PATH (Debian: apt install fuse3)"
    return None


@cache
def program() -> Path:
    """The program, built once a process. Raises `MountError`."""
    cargo = shutil.which("cargo")
    if cargo is None:
        raise MountError("cargo is missing, and builds bench/slow")
    built = subprocess.run(
        [cargo, "build", "--quiet", "--release", "--locked"], cwd=WORKSPACE, stderr=subprocess.PIPE, text=True
    )
    if built.returncode != 0:
        raise MountError(f"cargo could not build bench/slow:\n{built.stderr}")
    target = Path(os.environ.get("CARGO_TARGET_DIR") or WORKSPACE / "target")
    return target / "release" / "slow-mount"


class SlowMount:
    """Shows `folder`, read-only, at `path`. A context manager.

    `latency` is added to each call, in ms. `timeout` is how long the kernel keeps names and
    attributes, in s.

    `stall` is one or several rules `CALL=PATTERN` (see `slow-mount --help`) for calls that are not
    answered before `release`. Their callers get EINTR when they are interrupted; with
    `ignore_interrupts` not even SIGKILL ends them. `fail` is rules for calls that fail with EIO.
    After `disconnect_after` calls the connection ends.

    `at` is an empty folder to mount at; without it there is a new one.
    """

    def __init__(
        self,
        folder: Path,
        *,
        at: Path | None = None,
        latency: float = 0,
        timeout: float = 1,
        stall: str | Sequence[str] = (),
        fail: str | Sequence[str] = (),
        ignore_interrupts: bool = False,
        disconnect_after: int | None = None,
    ) -> None:
        self._words = [str(program()), "mount", f"--latency={latency}", f"--timeout={timeout}"]
        self._words += [f"--stall={rule}" for rule in rules(stall)]
        self._words += [f"--fail={rule}" for rule in rules(fail)]
        self._words += ["--ignore-interrupts"] if ignore_interrupts else []
        self._words += [f"--disconnect-after={disconnect_after}"] if disconnect_after is not None else []
        self._folder = folder
        self._at = at

    def __enter__(self) -> SlowMount:
        self.path = self._at or Path(tempfile.mkdtemp(prefix="slow-mount-"))
        self._process = subprocess.Popen(
            [*self._words, "--", str(self._folder), str(self.path)],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        try:
            if self._line() != "ready":
                raise MountError(f"slow-mount did not mount {self._folder}")
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def calls(self) -> Calls:
        """The calls so far."""
        self._process.send_signal(signal.SIGUSR1)
        calls: Calls = json.loads(self._line())
        return calls

    def release(self) -> None:
        """Lets all stalled calls go on; none stalls from now on."""
        self._process.send_signal(signal.SIGUSR2)

    def stop(self) -> None:
        """Stops the program: it does not even read what the kernel asks."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Undoes `stop`."""
        self._process.send_signal(signal.SIGCONT)

    def _line(self) -> str:
        """The next line that the program says; empty at its end. Raises `MountError`."""
        stdout = self._process.stdout
        assert stdout is not None
        ready, _, _ = select.select([stdout], [], [], ANSWER)
        if not ready:
            raise MountError(f"slow-mount said nothing for {ANSWER:g} s")
        return stdout.readline().decode().strip()

    def _close(self) -> None:
        """Ends program and mount. Wakes a program that is stopped, and kills one that does not end."""
        self.go_on()
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(ANSWER)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        # A program that was killed has left its mount behind. Without one this fails, as it should.
        subprocess.run(["fusermount3", "-u", "-z", "-q", "--", self.path], stderr=subprocess.DEVNULL, check=False)
        if self._at is None:
            self.path.rmdir()


def rules(given: str | Sequence[str]) -> Sequence[str]:
    """One rule or several, as several."""
    return [given] if isinstance(given, str) else given
