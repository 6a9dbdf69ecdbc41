"""The command line: `mt-scanner` and `python -m mt_scanner`."""

import sys
from collections.abc import Sequence

INTERRUPTED = 130
AGAIN = 0.01
"""Time after which an interruption that was lost comes again, in s."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line and gives its exit code; `_arguments.py` documents both."""
    hook, sys.unraisablehook = sys.unraisablehook, interrupt_again
    try:
        # Imports take most of the time of a short command, and Ctrl-C may come meanwhile.
        from mt_scanner.cli import _running

        return _running.run(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        sys.unraisablehook = hook


def interrupt_again(unraisable: "sys.UnraisableHookArgs") -> None:
    """Python drops an exception of a callback of its own, of a weak reference for one. Ctrl-C must
    not be lost so.
    """
    if not issubclass(unraisable.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(unraisable)
        return
    import _thread
    import threading

    timer = threading.Timer(AGAIN, _thread.interrupt_main)
    timer.daemon = True
    timer.start()
