"""Runs one command, and makes exit codes of errors."""

import errno
import os
import sys
from argparse import Namespace
from collections.abc import Sequence

from mt_scanner import AnalysisStopped, ScanError, SyncStopped
from mt_scanner._engine import backends
from mt_scanner._types import contract
from mt_scanner.cli import _arguments, _commands
from mt_scanner.cli._commands import COULD_NOT_RUN
from mt_scanner.cli._interruption import INTERRUPTED, ctrl_c
from mt_scanner.cli._screen import complain

READER_LEFT = 141
KEEPING = ("index", "analyse")
"""Commands that keep what they have found until Ctrl-C."""


def run(arguments: Sequence[str] | None) -> int:
    """Runs a command line and gives its exit code."""
    options = _arguments.parse(arguments)
    try:
        backends.check(os.environ.get(backends.VARIABLE) or "auto", backends.VARIABLE)
    except ValueError as error:
        complain(str(error))
        return COULD_NOT_RUN
    try:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                # JSON is UTF-8 everywhere; for people the characters that their terminal lacks are
                # escaped.
                encoding = "utf-8" if any(getattr(options, name, False) for name in ("json", "events")) else None
                stream.reconfigure(encoding=encoding, errors="backslashreplace")
        with ctrl_c:
            code = _commands.command(options)(options)
            sys.stdout.flush()
    except (KeyboardInterrupt, SyncStopped, AnalysisStopped):
        complain(last_words(options))
        return INTERRUPTED
    except ScanError as error:
        complain(str(error))
        return COULD_NOT_RUN
    except OSError as error:
        # The rest must not be flushed on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno in (errno.EPIPE, errno.EINVAL):
            # The reader of the output has seen enough (Windows says EINVAL).
            return READER_LEFT
        complain(f"writing the output: {error.strerror}")
        return COULD_NOT_RUN
    return code


def last_words(options: Namespace) -> str:
    """What is said when Ctrl-C ends a command: what is kept, and how to go on."""
    if options.command in KEEPING and not getattr(options, "dry_run", False):
        return contract.INTERRUPTED_SYNC.format(path=options.db)
    return contract.INTERRUPTED
