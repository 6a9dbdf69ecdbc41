"""The command line: `mt-scanner` and `python -m mt_scanner`."""

import sys
from collections.abc import Sequence

from mt_scanner.cli._interruption import INTERRUPTED, ctrl_c


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line and gives its exit code; `_arguments.py` documents both."""
    hook, sys.unraisablehook = sys.unraisablehook, ctrl_c.lost
    try:
        # Imports take most of the time of a short command, and Ctrl-C may come meanwhile.
        from mt_scanner.cli import _running

        return _running.run(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        sys.unraisablehook = hook
