"""Files that a caller knows, as the component asks for them (`known` in `wit/scan.wit`)."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from mt_scanner._engine.plan import Sync

KnownFiles = Mapping[str, tuple[int, int]]
"""Absolute paths, each with the size in bytes and the time of last change in ns."""

SETTLED, THERE = 1, 0


class Held:
    """Files that a caller knows, by root and folder."""

    def __init__(self, roots: Sequence[str], known: KnownFiles) -> None:
        self._files: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
        # Folders that hold some of them, and those above.
        self._folders: set[tuple[str, str]] = set()
        # The innermost root owns a file.
        starts = [(root, os.path.join(root, "")) for root in sorted(roots, key=len, reverse=True)]
        for path, seen in known.items():
            of = next(((root, start) for root, start in starts if path.startswith(start)), None)
            # No sandbox path expresses a name that is not UTF-8: the scan tells of such a file.
            if of is not None and not has_surrogates(path):
                root, start = of
                self._put(root, path[len(start) :].replace(os.sep, "/"), seen)

    @property
    def sync(self) -> Sync:
        """The scan of what is not known."""
        return Sync(True, whole, None, self._answer)

    def _put(self, root: str, path: str, seen: tuple[int, int]) -> None:
        folder, _, name = path.rpartition("/")
        self._files.setdefault((root, folder), {})[name] = seen
        while (root, folder) not in self._folders:
            self._folders.add((root, folder))
            folder = folder.rpartition("/")[0]

    def _answer(self, root: str, folders: Sequence[tuple[str, str | None]]) -> list[str]:
        return [json.dumps(self._fact(root, folder, after or "")) for folder, after in folders]

    def _fact(self, root: str, folder: str, after: str) -> dict[str, Any]:
        if (root, folder) not in self._folders:
            return {"new": True}
        files = self._files.get((root, folder), {})
        # In the order of their bytes, which is that of their code points.
        names = sorted(name for name in files if name > after)
        # Without id, time of status and key of audio, which nobody knows here.
        cells = [[name, [0, *files[name], 0, SETTLED, THERE, None, 0]] for name in names]
        sheets = ((name, self._files.get((root, f"{folder}/{name}!".removeprefix("/")), {})) for name in names)
        cells += [
            [name, [0, *seen, 0, SETTLED, THERE, None, int(number)]]
            for name, tracks in sheets
            for number, seen in tracks.items()
            if number.isascii() and number.isdigit()
        ]
        return {"new": False, "present": True, "files": cells}


def has_surrogates(text: str) -> bool:
    """Whether a text has halves of surrogate pairs, as Python writes bytes that are not UTF-8."""
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def whole(root: str) -> list[str]:
    """A root's own folder, as the work that a sync begins with: whether it is skipped is for the
    component to find out.
    """
    return [named("")]


def named(folder: str) -> str:
    """A folder that this side names, as work."""
    return json.dumps({"folder": folder, "files": None, "ignored_by": None})
