"""Roots: the folders that a scan is given."""

import os
import stat

from mt_scanner._types import contract
from mt_scanner._types.errors import EscapesRoot, RootNotAFolder, RootNotFound, RootUnreadable, ScanError, TrackNotFound

StrPath = str | os.PathLike[str]


def resolve(root: StrPath) -> str:
    """The root's absolute path, with `~` expanded. Symbolic links stay as they are."""
    path = os.fspath(root)
    if not isinstance(path, str):
        raise TypeError(f"a root is a str or an os.PathLike of str, not {type(path).__name__}")
    if not path:
        # It would be the current folder: nobody who passes it means that.
        return ""
    absolute = os.path.abspath(os.path.expanduser(path))
    # A share of Windows may be written with a separator at its end or without. One root has one
    # name.
    drive, rest = os.path.splitdrive(absolute)
    return absolute if rest else drive + os.sep


def is_opened(root: str) -> bool:
    """Whether a root can be opened. Raises what the system says if not."""
    with os.scandir(root):
        return True


def check_root(root: str) -> None:
    """Raises unless the root is a folder that can be opened and listed."""
    try:
        mode = os.stat(root).st_mode
        if not stat.S_ISDIR(mode):
            raise RootNotAFolder(contract.ROOT_NOT_A_FOLDER, root)
        os.scandir(root).close()
    except ScanError:
        raise
    except FileNotFoundError as error:
        raise RootNotFound(contract.ROOT_NOT_FOUND, root) from error
    except NotADirectoryError as error:
        raise RootNotFound(f"{contract.ROOT_NOT_FOUND}: a part of its path is a file", root) from error
    except (OSError, ValueError) as error:
        raise RootUnreadable(f"{contract.ROOT_UNREADABLE}: {why(error)}", root) from error
    try:
        root.encode("utf-8")
    except UnicodeEncodeError as error:
        raise RootUnreadable(contract.ROOT_NOT_UTF8, root) from error


def why(error: OSError | ValueError) -> str:
    """The system's own words, without the number and the path."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def native_path(root: str, path: str) -> str:
    """The path of this system for a path of the contract."""
    return os.path.join(root, path.replace("/", os.sep)) if path else root


def relative_path(root: str, path: str) -> str:
    """The path of the contract for a path of this system below a root."""
    return path[len(os.path.join(root, "")) :].replace(os.sep, "/")


def error_of(tag: str, payload: str, file: str | None = None) -> ScanError:
    """The exception for an error of the contract (`wit/types.wit`, `scan-error`). `file`: the one
    asked for.
    """
    known: dict[str, tuple[type[ScanError], str]] = {
        "root-not-found": (RootNotFound, contract.ROOT_NOT_FOUND),
        "root-not-a-folder": (RootNotAFolder, contract.ROOT_NOT_A_FOLDER),
        "root-unreadable": (RootUnreadable, contract.ROOT_UNREADABLE),
        "escapes-root": (EscapesRoot, contract.ESCAPES_ROOT),
        "file-not-found": (TrackNotFound, contract.FILE_NOT_FOUND),
        "unknown-charset": (ScanError, contract.UNKNOWN_CHARSET),
    }
    kind, reason = known.get(tag, (ScanError, tag))
    is_of_file = file is not None and tag in ("escapes-root", "file-not-found")
    return kind(reason, file if file is not None and is_of_file else payload)
