"""The command line: `mt-scanner` and `python -m mt_scanner`."""

import errno
import os
import sys
from collections.abc import Sequence

from mt_scanner import ScanError
from mt_scanner.cli import _arguments, _commands
from mt_scanner.cli._screen import shown

COULD_NOT_RUN = 3
INTERRUPTED = 130
READER_LEFT = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line and gives its exit code; `_arguments.py` documents both."""
    try:
        options = _arguments.parse(arguments)
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                # JSON is UTF-8 everywhere; for people what their terminal cannot show is escaped.
                encoding = "utf-8" if options.json else None
                stream.reconfigure(encoding=encoding, errors="backslashreplace")
        code = _commands.COMMANDS[options.command](options)
        sys.stdout.flush()
    except ScanError as error:
        print(f"mt-scanner: {shown(str(error))}", file=sys.stderr)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        # What is left must not be flushed on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno in (errno.EPIPE, errno.EINVAL):
            # Whoever read the output has seen enough (Windows says EINVAL).
            return READER_LEFT
        print(f"mt-scanner: writing the output: {error.strerror}", file=sys.stderr)
        return COULD_NOT_RUN
    return code
