"""The end of a process: it waits for no scan, but lets the workers leave the component first."""

import atexit
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mt_scanner._engine.backend import Pool

SECONDS = 0.1
"""The most time for the workers of one scan."""

under_way: "weakref.WeakSet[Pool]" = weakref.WeakSet()
"""Scans that may have workers."""


@atexit.register
def _stop_all() -> None:
    for pool in list(under_way):
        pool.stop()
    for pool in list(under_way):
        pool.join(SECONDS)
