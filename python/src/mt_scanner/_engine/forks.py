"""Forked processes: they have none of the threads of the process that they come from."""

import os

from mt_scanner._types.errors import ComponentError

_used = _forked = False


def use(path: str) -> None:
    """Says that this process uses the component from now on. Raises if the one that it was forked from did."""
    global _used
    if _forked:
        reason = "this process was forked from one that had used the component, and wasmtime's threads were not; "
        raise ComponentError(reason + "start processes with the method `spawn` or `forkserver`", path)
    _used = True


def _after_fork() -> None:
    global _forked
    _forked = _forked or _used


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
