"""Private copies of data sets, for syncs: each as it was when its library was made, and as it is
after a delta.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import delta
from trees import flush, remove

from measure.data import warm
from measure.group import State
from measure.tell import tell

FOLDER = "music"
"""What a copy is called in either state: a library knows its tracks by their paths."""


class Copy:
    """A data set in two states, one of which is shown."""

    def __init__(self, tree: Path) -> None:
        tell(f"a copy of {tree.name}")
        # Beside it, because links do not go from one filesystem to another.
        self._folder = Path(tempfile.mkdtemp(prefix=f"{tree.name}.copy-", dir=tree.parent))
        self._hidden = {state: self._folder / state.name.lower() for state in (State.BEFORE, State.AFTER)}
        try:
            delta.make(tree, *self._hidden.values())
            self._files = {state: warm(folder, whole=True) for state, folder in self._hidden.items()}
            flush()
        except BaseException:
            self.remove()
            raise
        self._shown: State | None = None

    def files(self, state: State) -> int:
        """The number of audio files."""
        return self._files[state]

    def show(self, state: State) -> Path:
        """Gives the folder, which is in this state from now on. To rename a folder does not change
        what is in it.
        """
        folder = self._folder / FOLDER
        if self._shown is not state:
            if self._shown is not None:
                folder.rename(self._hidden[self._shown])
            self._hidden[state].rename(folder)
            self._shown = state
        return folder

    def remove(self) -> None:
        remove(self._folder)


class Copies:
    """The copies of a group. They are gone afterwards."""

    def __init__(self) -> None:
        self._made: dict[Path, Copy] = {}

    def __enter__(self) -> Copies:
        return self

    def __exit__(self, *_: object) -> None:
        for copy in self._made.values():
            copy.remove()

    def of(self, tree: Path) -> Copy:
        if tree not in self._made:
            self._made[tree] = Copy(tree)
        return self._made[tree]
