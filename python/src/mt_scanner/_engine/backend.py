"""The interface of a backend: a way to run the component."""

from collections.abc import Iterator
from typing import Any, Protocol

from mt_scanner._engine.answer import Answer
from mt_scanner._engine.plan import Limits, Plan
from mt_scanner._engine.schema import Schema
from mt_scanner._engine.within import Attend
from mt_scanner._types.contract import Reading
from mt_scanner._types.progress import Progress


class Running(Protocol):
    """Work under way, which may be stopped from any thread."""

    def stop(self) -> None:
        """Lets the workers end, and drops what nobody has read."""

    def join(self, seconds: float) -> bool:
        """Waits for the workers of stopped work; false if one is still in its step."""


class Pool(Running, Protocol):
    """One scan under way. Iterate over it once; everything else may be called from any thread."""

    def __iter__(self) -> Iterator[Answer]:
        """The answers of the steps, in no certain order, and empty ones several times a second while
        none come. Leaving the loop stops the scan.
        """

    @property
    def progress(self) -> Progress:
        """How far the scan is."""

    @property
    def complete(self) -> bool:
        """Whether all of the work was done, and nobody stopped the scan before."""


class Backend(Protocol):
    """A way to run the component: the modules `native` and `portable` are of this kind.

    `component` is the path of another component than the one of this package.
    """

    def prepare(self, component: str | None, attend: Attend) -> None:
        """Loads the component, which may take a second. `attend` is called meanwhile, and may raise
        to end the wait.
        """

    def default_workers(self) -> int:
        """How many instances work at a time by default."""

    def pool(self, plan: Plan, component: str | None) -> Pool:
        """A scan that begins when it is iterated over."""

    def schema(self, component: str | None) -> Schema:
        """The tables and statements of a library."""

    def folders_of_events(self, root: str, request: str, component: str | None) -> str:
        """The folders in which something has changed; request and answer are JSON text
        (`wit/library.wit`).
        """

    def arrange_roots(self, request: str) -> str:
        """Arranges folders and files that were named as roots; request and answer are JSON text
        (`wit/scan.wit`).
        """

    def in_words(self, report: str) -> str:
        """A report for people, from JSON text (`wit/reports.wit`), in the words of the component of
        this package.
        """

    def artwork(
        self, root: str, path: str, every: bool, data: bool, start: int, limits: Limits, component: str | None
    ) -> dict[str, Any]:
        """Pictures of a file: `pictures`, `problems` and `data` (`artwork-json` in
        `wit/pictures.wit`).
        """

    def inspect(self, root: str, path: str, reading: Reading, limits: Limits, component: str | None) -> dict[str, Any]:
        """One file: `track`, `problems` and `tags`."""
