"""Slow, hung and failing storage: `with slow_mount(folder, stall="list=bad/**") as mount: ...`.

The instrument is that of the benchmarks, `bench/slow`. A test is skipped only where FUSE is
missing.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

# At the end: nothing of the benchmarks comes before a module of the tests.
sys.path.append(str(Path(__file__).resolve().parents[2] / "bench"))

from slow.mount import SlowMount, program, unavailable

__all__ = ["SlowMount", "needs_fuse", "program", "slow_mount"]

needs_fuse = pytest.mark.skipif(unavailable() is not None, reason=unavailable() or "")


def slow_mount(folder: Path, **options: Any) -> SlowMount:
    """`SlowMount` with its options; skips the test where FUSE is missing."""
    reason = unavailable()
    if reason:
        pytest.skip(reason)
    return SlowMount(folder, **options)
