"""What programs do to the files of a folder, as Linux tells it (inotify(7))."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OPENED, CHANGED = 0x20, 0x2 | 0x4 | 0x40 | 0x80 | 0x100 | 0x200
"""`IN_OPEN`; `IN_MODIFY`, `IN_ATTRIB`, `IN_MOVED_FROM`, `IN_MOVED_TO`, `IN_CREATE`, `IN_DELETE`."""
EVENT = struct.Struct("iIII")


@contextmanager
def told(folder: Path, kinds: int) -> Iterator[list[str]]:
    """The names in a folder to which one of these things has happened, when the block is over."""
    libc = ctypes.CDLL(None, use_errno=True)
    events = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    assert events >= 0 and libc.inotify_add_watch(events, os.fsencode(folder), kinds) >= 0, os.strerror(
        ctypes.get_errno()
    )
    names: list[str] = []
    try:
        yield names
        while True:
            try:
                told = os.read(events, 1 << 16)
            except BlockingIOError:
                return
            place = 0
            while place < len(told):
                *_, size = EVENT.unpack_from(told, place)
                place += EVENT.size + size
                name = told[place - size : place].rstrip(b"\0")
                names += [os.fsdecode(name)] if name else []
    finally:
        os.close(events)
