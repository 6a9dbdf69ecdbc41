"""Slow, hung and failing storage: `with slow_mount(folder, stall="list=bad/**") as mount: ...`.

The instrument is that of the benchmarks, `bench/slow`. A test is skipped only where FUSE is
missing.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest

# At the end: nothing of the benchmarks comes before a module of the tests.
sys.path.append(str(Path(__file__).resolve().parents[2] / "bench"))

from slow.mount import SlowMount, program, unavailable

__all__ = ["SlowMount", "needs_fuse", "program", "slow_mount", "wait_until_used"]

STARTS = 60.0
"""The most time in s that a program has until it asks a mount for anything, on a busy machine."""

needs_fuse = pytest.mark.skipif(unavailable() is not None, reason=unavailable() or "")


def slow_mount(folder: Path, **options: Any) -> SlowMount:
    """`SlowMount` with its options; skips the test where FUSE is missing."""
    reason = unavailable()
    if reason:
        pytest.skip(reason)
    return SlowMount(folder, **options)


def wait_until_used(mount: SlowMount, seconds: float = 1.0) -> None:
    """Waits until a program has asked the mount for something, so that it has started, and then some s
    more, so that it does what it was started for.
    """
    until = time.monotonic() + STARTS
    while not any(mount.calls().values()):
        assert time.monotonic() < until, f"nobody has used the mount within {STARTS:g} s"
        time.sleep(0.05)
    time.sleep(seconds)
