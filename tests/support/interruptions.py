"""Processes that are interrupted from the keyboard, wherever the tests themselves run."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

DEADLOCK = 60
"""Seconds after which a process that should have ended hangs."""


def interruptible(command: list[str], **options: Any) -> subprocess.Popen[str]:
    """Starts a process that SIGINT ends, as at a terminal.

    A shell starts its background jobs with SIGINT ignored, `nohup` with SIGHUP, and processes
    inherit that.
    """
    if os.name == "posix":
        options["preexec_fn"] = restored
    return subprocess.Popen(command, text=True, encoding="utf-8", **options)


def restored() -> None:
    for each in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    code: int
    said: str
    """Its stderr."""
    early: bool
    """Whether it was interrupted before its end."""


@dataclass
class Interrupter:
    """Runs a command of the package, and interrupts it at a moment of chance."""

    chance: random.Random
    seconds: float = 0.0
    """How long the command takes undisturbed."""

    def undisturbed(self, *arguments: str) -> None:
        began = time.monotonic()
        process = self._started(arguments)
        _, said = process.communicate(timeout=DEADLOCK)
        assert process.returncode == 0, said
        self.seconds = time.monotonic() - began

    def interrupted(self, *arguments: str) -> Ended:
        process = self._started(arguments)
        time.sleep(self.chance.uniform(0.0, 1.1 * self.seconds))
        early = process.poll() is None
        process.send_signal(signal.SIGINT)
        try:
            _, said = process.communicate(timeout=DEADLOCK)
        finally:
            process.kill()
        return Ended(process.returncode, said, early)

    def _started(self, arguments: tuple[str, ...]) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "mt_scanner", *arguments]
        return interruptible(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def assert_quiet(ended: Ended, codes: set[int]) -> None:
    """It ended by itself with one of these codes and without a traceback.

    Python has words and codes of its own for an interruption before it comes to the package.
    """
    if ended.code in (1, -signal.SIGINT):
        assert ended.early and "mt_scanner" not in ended.said, ended
    else:
        assert ended.code in codes, ended
        # Before the command line takes care of it, Python may drop an interruption in a callback of
        # its own.
        dropped = "importlib._bootstrap" in ended.said and "mt_scanner" not in ended.said
        assert "Traceback" not in ended.said or dropped, ended
