"""The library that a command is about."""

import os
from argparse import Namespace

from mt_scanner import Library, LibraryError
from mt_scanner._types.contract import NO_LIBRARY


def existing(options: Namespace) -> Library:
    """The library, which is not made just to find it empty."""
    if not os.path.exists(options.db):
        raise LibraryError(NO_LIBRARY, os.path.abspath(options.db))
    return Library(options.db)
