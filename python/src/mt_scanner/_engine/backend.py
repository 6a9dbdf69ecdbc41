"""The backends: what runs the component. `native` is the Rust host, `wasmtime` wasmtime's Python package."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, Protocol

from mt_scanner._engine.answer import Answer
from mt_scanner._engine.plan import Limits, Plan
from mt_scanner._types.errors import ComponentError
from mt_scanner._types.progress import Progress

if TYPE_CHECKING:
    from mt_scanner._library.database import Schema

Name = Literal["auto", "native", "wasmtime"]
NAMES = ("auto", "native", "wasmtime")
VARIABLE = "MT_SCANNER_BACKEND"
"""The variable of the environment that says what `auto` is."""


class Pool(Protocol):
    """One scan under way. Iterate over it once; everything else may be called from any thread."""

    def __iter__(self) -> Iterator[Answer]:
        """What the steps find, in no certain order. Leaving the loop stops the scan."""

    @property
    def progress(self) -> Progress:
        """How far the scan is."""

    def stop(self) -> None:
        """Lets the workers end. What waits to be read is dropped."""

    def join(self, seconds: float) -> bool:
        """Waits for the workers of a stopped scan; false if one is still in its step."""


class Backend(Protocol):
    """What a backend can do: `native` and `portable` are modules of this kind.

    `component` is the path of another component than the one of this package.
    """

    def default_workers(self) -> int:
        """How many instances work at a time unless somebody says otherwise."""

    def pool(self, plan: Plan, component: str | None) -> Pool:
        """A scan that begins when it is iterated over."""

    def schema(self, component: str | None) -> "Schema":
        """The tables and statements of a library."""

    def inspect(self, root: str, path: str, limits: Limits, component: str | None) -> dict[str, Any]:
        """One file: `track`, `problems` and `tags`."""


_best: Backend | None = None


def get(name: str = "auto") -> Backend:
    """The backend of that name. Raises `ComponentError` if it is not there."""
    global _best
    if name == "auto":
        name = os.environ.get(VARIABLE) or name
        check(name, VARIABLE)
    # They are imported on first use: it takes longer than all the rest of the package.
    if name == "native":
        from mt_scanner._engine import native

        return native
    if name == "wasmtime":
        from mt_scanner._engine import portable

        return portable
    if _best is None:
        try:
            _best = get("native")
        except ComponentError:
            _best = get("wasmtime")
    return _best


def check(name: str, what: str = "backend") -> None:
    """Raises unless there is a backend of that name."""
    if name not in NAMES:
        raise ValueError(f"{what} is 'auto', 'native' or 'wasmtime', not {name!r}")
