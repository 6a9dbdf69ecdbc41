"""What options of the command line mean for a scan."""

from argparse import Namespace
from typing import Any

PROBLEMS = 1
"""The exit code of a command that has met problems, under `--strict`."""


def walking(options: Namespace) -> dict[str, Any]:
    """The options of a `Scanner`, but for its component."""
    return {
        "workers": options.workers,
        "archives": options.archives,
        **going(options),
        **reading(options),
        **limits(options),
    }


def going(options: Namespace) -> dict[str, Any]:
    """The options of a `Scanner` that say which files it finds."""
    return {
        "hidden_folders": options.hidden,
        "follow_links": options.follow_links,
        "ignored_folders": options.include_ignored,
        "extensions": options.extensions,
    }


def reading(options: Namespace) -> dict[str, Any]:
    """The options of a `Scanner` that shape values."""
    return {"legacy_charset": options.legacy_charset, "cue": not options.no_cue}


def limits(options: Namespace) -> dict[str, Any]:
    """The limits of a `Scanner`."""
    return {"file_timeout": options.file_timeout, "memory_limit": options.memory_limit}


def code(options: Namespace, problems: int) -> int:
    """The exit code of a command that has met so many problems."""
    return PROBLEMS if options.strict and problems else 0


def syncing(options: Namespace) -> dict[str, Any]:
    """The options of `Library.sync`, but for its callbacks."""
    return {
        "mode": options.mode,
        "dry_run": options.dry_run,
        "confirm_empty": options.confirm_empty,
        **walking(options),
    }


def watching(options: Namespace) -> dict[str, Any]:
    """The options of `Library.watch`, but for its callbacks."""
    return {
        "mode": options.mode,
        "confirm_empty": options.confirm_empty,
        "poll": options.poll,
        "poll_interval": options.poll_interval,
        **walking(options),
    }
