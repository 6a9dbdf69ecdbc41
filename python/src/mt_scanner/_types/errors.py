"""Errors of calls. Trouble with one file is never an error: it is a `Problem`."""

import errno


class ScanError(Exception):
    """The base of every error of this package.

    `path` is the root, file or database that it is about, `reason` what was tried and why it
    failed. Children that have a built-in family belong to it as well and carry its `errno` and
    `filename`.
    """

    path: str
    reason: str

    def __init__(self, reason: str, path: str) -> None:
        code = getattr(self, "_code", None)
        if code is None:
            super().__init__(reason, path)
        else:
            super().__init__(code, reason, path)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason

    def __reduce__(self) -> tuple[type["ScanError"], tuple[str, str]]:
        return type(self), (self.reason, self.path)


class RootNotFound(ScanError, FileNotFoundError):
    """No folder is at the root's path."""

    _code = errno.ENOENT


class RootNotAFolder(ScanError, NotADirectoryError):
    """The root is a file."""

    _code = errno.ENOTDIR


class RootUnreadable(ScanError, PermissionError):
    """The root may not be opened or listed."""

    _code = errno.EACCES


class RootEmptied(ScanError):
    """The root holds no music any more, and the library has tracks of it (`Library.sync` only)."""


class SyncStopped(ScanError):
    """The sync was stopped before its end. What it has written stays and is true; the next one goes
    on from there (`Library.sync` with `stop`, and `SyncJob.cancel`).
    """


class AnalysisStopped(ScanError):
    """The analysis was stopped before its end. What it has written stays; the next one goes on from
    there (`Library.analyse` and `duplicates` with `stop`, and `AnalysisJob.cancel`).
    """


class EscapesRoot(ScanError, PermissionError):
    """The path leads out of the root, by `..` or by a symbolic link."""

    _code = errno.EPERM


class TrackNotFound(ScanError, FileNotFoundError):
    """No file is at the path (`Scanner.inspect` and `artwork` only)."""

    _code = errno.ENOENT


class FileFailed(ScanError):
    """The file ended the component: it took too long, too much memory, or crashed it
    (`Scanner.inspect` and `artwork` only).
    """


class ComponentError(ScanError):
    """The component cannot be run: no backend can be imported, or there is no component, or not a
    fitting one.
    """


class LibraryError(ScanError):
    """The file is not a library that this version can use."""


class ChangesForgotten(LibraryError):
    """What a sync has changed is not kept any more (`Library.changes` only): all tracks tell as
    much.
    """


class WatchError(ScanError):
    """Roots cannot be watched: `mt-scanner[watch]` is not installed (`Library.watch` only)."""
