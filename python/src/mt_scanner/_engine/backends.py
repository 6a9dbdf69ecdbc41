"""The backends by name. `native` is the Rust host, `wasmtime` wasmtime's Python package."""

import os
from typing import Literal

from mt_scanner._engine.backend import Backend
from mt_scanner._types.errors import ComponentError

Name = Literal["auto", "native", "wasmtime"]
NAMES = ("auto", "native", "wasmtime")
VARIABLE = "MT_SCANNER_BACKEND"
"""The variable of the environment that names the backend which `auto` takes."""

_best: Backend | None = None


def get(name: str = "auto") -> Backend:
    """The backend of that name. Raises `ComponentError` if it is not there."""
    global _best
    if name == "auto":
        name = os.environ.get(VARIABLE) or name
        check(name, VARIABLE)
    # Imported on first use: it takes longer than all the rest of the package.
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
