"""The end of the interpreter. It waits for no scan, but lets the workers leave the component first."""

import atexit
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mt_scanner._engine.backend import Running

SECONDS = 0.4
"""The most time that the interpreter waits for the workers of all scans."""

_under_way: "weakref.WeakSet[Running]" = weakref.WeakSet()
_lock = threading.Lock()
_ends = False


def begin(pool: "Running") -> None:
    """Says that a scan begins, which may start workers.

    Raises `RuntimeError` once the interpreter ends, but not in the main thread: that one outlasts
    its own scans.
    """
    with _lock:
        if _ends and threading.current_thread() is not threading.main_thread():
            raise RuntimeError("no scan can begin while the interpreter ends")
        _under_way.add(pool)


@atexit.register
def _end() -> None:
    try:
        _stop_all()
    except KeyboardInterrupt:
        # The end is what Ctrl-C asks for, and it has begun.
        _stop_all()


def _stop_all() -> None:
    global _ends
    with _lock:
        _ends = True
        pools = list(_under_way)
    for pool in pools:
        pool.stop()
    until = time.monotonic() + SECONDS
    for pool in pools:
        pool.join(max(0.0, until - time.monotonic()))


def _after_fork() -> None:
    # The scans are the other process's, and so is whoever holds the lock.
    global _under_way, _lock
    _under_way, _lock = weakref.WeakSet(), threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
