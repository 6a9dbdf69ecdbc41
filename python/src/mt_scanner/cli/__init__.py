"""The command line: `mt-scanner` and `python -m mt_scanner`."""

from collections.abc import Sequence

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line and gives its exit code; `_arguments.py` documents both."""
    try:
        # Imports take most of the time of a short command, and Ctrl-C may come meanwhile.
        from mt_scanner.cli import _running

        return _running.run(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
