"""Symbolic links, which are done after all else of their root: so neither the order of steps nor
the number of workers shows in what they lead to (`work.held` in `wit/scan.wit`).
"""

from collections.abc import Iterable
from typing import Any

from mt_scanner._engine.plan import Work

IN_A_STEP = 256
"""The most links in one step. All of them are of one number, and in order."""


class Links:
    """The links of one root that are held back, and what links have led to so far."""

    def __init__(self) -> None:
        self.entered = ""
        """What a step on work of the root is asked with."""
        self.under_way = 0
        """Steps on work of the root that are under way."""
        self._held: list[Work] = []
        self._suspects = 0  # so many are followed one by one: a step on several of them has ended its instance

    def take_in(self, found: dict[str, Any]) -> list[Any]:
        """Notes what a step's links have led to, and gives its work without the links that it found
        or left.
        """
        self.entered = found.get("entered") or self.entered
        rest = []
        for item in found.get("work", ()):
            if isinstance(item, dict) and item.get("held"):
                self._held.append(item)
            else:
                rest.append(item)
        return rest

    def suspect(self, links: Iterable[Work]) -> None:
        """Takes back the links of a step that ended its instance."""
        before = len(self._held)
        self._held.extend(links)
        self._suspects = len(self._held) - before

    def next(self) -> list[Work]:
        """The links with the fewest links on their way, in the order of their paths; none while a
        step is under way.
        """
        if self.under_way or not self._held:
            return []
        least = min(link["links"] for link in self._held)
        links = sorted((link for link in self._held if link["links"] == least), key=path)
        taken = links[: 1 if self._suspects else IN_A_STEP]
        self._held = links[len(taken) :] + [link for link in self._held if link["links"] != least]
        self._suspects = max(0, self._suspects - 1)
        return taken

    def drop(self) -> None:
        """Forgets the links that wait."""
        self._held, self._suspects = [], 0

    @property
    def holds(self) -> bool:
        """Whether there are links that wait."""
        return bool(self._held)

    @property
    def are_suspect(self) -> bool:
        """Whether the next link is to be followed alone, with the whole of the limits."""
        return self._suspects > 0


def path(link: Work) -> str:
    (file,) = link["files"]
    name = file if isinstance(file, str) else file[0]
    return f"{link['folder']}/{name}" if link["folder"] else name
