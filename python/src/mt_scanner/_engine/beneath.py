"""Files beneath a root, seen without leaving it: each folder on the way is opened from the one
above it, the system follows no link, and nothing is opened that could block, such as a pipe.
"""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager

CAN = os.stat in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
"""Whether this system can look from an open folder. Where it cannot (Windows) nothing is seen from
here, and the component asks inside its sandbox.
"""
ROOT = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
"""How a root is opened. With `O_PATH` (Linux) the storage is asked for no more than names."""
BELOW = ROOT | getattr(os, "O_NOFOLLOW", 0)
"""How a folder below it is opened."""
OPEN = "/proc/self/fd"
"""Where Linux names all that this process has open (`proc(5)`)."""
LINKS = 40
"""The most links on one way, as in Linux (`path_resolution(7)`)."""
IS_LINK = (errno.ELOOP, errno.ENOTDIR)
"""What systems say of a link that is opened as a folder and not followed."""


class Folder:
    """An open folder below an open root."""

    def __init__(self, root: int, path: str, at: int) -> None:
        self._root = root
        self._path = path
        self._at = at

    def status(self, name: str) -> os.stat_result:
        """The status of an entry; a link is followed as long as its way stays below the root.

        Raises `OSError`, also for what leads out.
        """
        found = os.stat(name, dir_fd=self._at, follow_symlinks=False)
        if not stat.S_ISLNK(found.st_mode):
            return found
        with Way(self._root) as way:
            return way.status(f"{self._path}/{name}")

    def list_whole(self, each: Callable[[], None]) -> bool:
        """Lists the folder, and calls `each` for every entry; false if it cannot be listed."""
        try:
            at = os.open(".", os.O_RDONLY, dir_fd=self._at)
        except OSError:
            return False
        try:
            with os.scandir(at) as entries:
                for _ in entries:
                    each()
        except OSError:
            return False
        finally:
            os.close(at)
        return True


@contextmanager
def opened(root: str, path: str) -> Iterator[Folder | None]:
    """The folder at `path` below a root, which itself may be a link; `None` if it cannot be opened,
    or leads out.
    """
    try:
        top = os.open(root, ROOT)
    except (OSError, ValueError):
        yield None
        return
    try:
        with Way(top) as way:
            try:
                folder = Folder(top, path, way.folder(path))
            except (OSError, ValueError):
                yield None
            else:
                yield folder
    finally:
        os.close(top)


def place_of(root: str) -> str | None:
    """The name that the system has for a root, links resolved; `None` where it does not tell."""
    try:
        at = os.open(root, ROOT)
    except (OSError, ValueError):
        return None
    try:
        return os.readlink(f"{OPEN}/{at}")
    except OSError:
        return None
    finally:
        os.close(at)


def list_whole(root: str, path: str, each: Callable[[], None]) -> bool:
    """Lists a folder, and calls `each` for every entry; false if it cannot be listed from here."""
    with opened(root, path) as folder:
        return CAN and folder is not None and folder.list_whole(each)


class Way:
    """A way down from an open root. What it has opened is closed at its end."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._opened: list[int] = []
        self._links = 0

    def folder(self, path: str) -> int:
        """A descriptor of the folder at `path`, for as long as the way is there. Raises `OSError`."""
        self._go(path.split("/"))
        return self._at

    def status(self, path: str) -> os.stat_result:
        """The status of what is at `path`. Raises `OSError`."""
        while True:
            folder, _, name = path.rpartition("/")
            self._go(folder.split("/"))
            if name in ("", ".", ".."):
                self._go([name])
                return os.stat(self._at)
            found = os.stat(name, dir_fd=self._at, follow_symlinks=False)
            if not stat.S_ISLNK(found.st_mode):
                return found
            path = self._target(name)

    def __enter__(self) -> "Way":
        return self

    def __exit__(self, *_: object) -> None:
        for folder in self._opened:
            os.close(folder)

    @property
    def _at(self) -> int:
        return self._opened[-1] if self._opened else self._root

    def _go(self, names: list[str]) -> None:
        """Goes on from where the way has come to."""
        ahead = names[::-1]
        while ahead:
            name = ahead.pop()
            if name in ("", "."):
                continue
            if name == "..":
                if not self._opened:
                    raise leaves()
                os.close(self._opened.pop())
                continue
            try:
                self._opened.append(os.open(name, BELOW, dir_fd=self._at))
            except OSError as error:
                if error.errno not in IS_LINK:
                    raise
                ahead += self._target(name).split("/")[::-1]

    def _target(self, link: str) -> str:
        """The text of a link in the present folder. Raises `OSError` unless it is a link that may
        be followed.
        """
        target = os.readlink(link, dir_fd=self._at)
        if target.startswith("/"):
            raise leaves()
        self._links += 1
        if self._links > LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        return target


def leaves() -> OSError:
    return OSError(errno.EPERM, os.strerror(errno.EPERM))
