"""Forked processes. They have none of the threads of the process that they come from, and its locks
as they were.
"""

import os

from mt_scanner._types.errors import ComponentError

_used = _forked = False


def use(path: str) -> None:
    """Says that this process uses the component from now on. Raises if the one that it was forked
    from did.
    """
    global _used
    check(path)
    _used = True


def check(path: str) -> None:
    """Raises `ComponentError` if this process was forked from one that had used the component."""
    if _forked:
        reason = "this process was forked from one that had used the component, and wasmtime's threads were not; "
        raise ComponentError(reason + "start processes with the method `spawn` or `forkserver`", path)


def is_forked() -> bool:
    """Whether every scan that exists here is one of the process that this one was forked from."""
    return _forked


def _after_fork() -> None:
    global _forked
    _forked = _forked or _used


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
