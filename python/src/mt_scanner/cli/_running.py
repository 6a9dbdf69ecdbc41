"""Runs one command, and makes exit codes of errors."""

import errno
import os
import sys
from collections.abc import Sequence

from mt_scanner import ScanError
from mt_scanner._engine import backends
from mt_scanner.cli import _arguments, _commands
from mt_scanner.cli._screen import shown

COULD_NOT_RUN = 3
READER_LEFT = 141


def run(arguments: Sequence[str] | None) -> int:
    """Runs a command line and gives its exit code."""
    options = _arguments.parse(arguments)
    try:
        backends.check(os.environ.get(backends.VARIABLE) or "auto", backends.VARIABLE)
    except ValueError as error:
        print(f"mt-scanner: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                # JSON is UTF-8 everywhere; for people the characters that their terminal lacks are
                # escaped.
                encoding = "utf-8" if options.json else None
                stream.reconfigure(encoding=encoding, errors="backslashreplace")
        code = _commands.COMMANDS[options.command](options)
        sys.stdout.flush()
    except ScanError as error:
        print(f"mt-scanner: {shown(str(error))}", file=sys.stderr)
        return COULD_NOT_RUN
    except OSError as error:
        # The rest must not be flushed on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno in (errno.EPIPE, errno.EINVAL):
            # The reader of the output has seen enough (Windows says EINVAL).
            return READER_LEFT
        print(f"mt-scanner: writing the output: {error.strerror}", file=sys.stderr)
        return COULD_NOT_RUN
    return code
