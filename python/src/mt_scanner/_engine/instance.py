"""One instance of a component: its own store, read-only preopens, and limits. It is used by one
thread at a time.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import wasmtime
from wasmtime import component as wasm

from mt_scanner._engine.component import TICK, Compiled, Component
from mt_scanner._engine.export import Export
from mt_scanner._engine.plan import Limits
from mt_scanner._engine.roots import check_root, error_of, native_path
from mt_scanner._engine.seen import NoFile, Seen, at
from mt_scanner._types.contract import CRASHED, STOPPED_BY_MEMORY, STOPPED_BY_TIME, Reading
from mt_scanner._types.errors import ComponentError

MEGABYTE = 1 << 20
LAST_WORDS = 4096
"""Bytes that are kept of what a component writes on its stderr."""


class Ended(Exception):
    """A call ended its instance. `outcome` is that of a problem, `detail` says why."""

    def __init__(self, outcome: str, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.detail = detail


class Hung(Ended):
    """A call hangs in the storage, and nobody waits for it any more."""

    def __init__(self, seconds: float) -> None:
        super().__init__("timeout", STOPPED_BY_TIME.format(seconds=f"{seconds:g}"))


class Sandboxed:
    """An instance, of any world, that sees the given roots, each under its own absolute path, and
    nothing else.
    """

    def __init__(self, component: Compiled, roots: Sequence[str], limits: Limits) -> None:
        self._limits = limits
        self._said = bytearray()
        wasi = sandbox(roots)
        # The last words of a component that gives up. The callback must not know `self`: the store
        # owns the callback.
        said = self._said
        wasi.stderr_custom = lambda text: said.extend(text[: LAST_WORDS - len(said)])
        self._store = wasmtime.Store(component.engine)
        try:
            self._store.set_wasi(wasi)
            self._store.set_limits(memory_size=limits.memory)
            self._set_deadline(limits.seconds)
            self._instance = component.linker.instantiate(self._store, component.code)
        except wasmtime.WasmtimeError as error:
            self.close()
            raise ComponentError(
                f"the component cannot be instantiated: {first_line(error)}", component.path
            ) from error
        self._functions: dict[Export, wasm.Func] = {}

    def close(self) -> None:
        """Gives back the memory. Without it that is left to the garbage collector."""
        self._store.close()

    def ask(self, export: Export, *texts: str) -> Any:
        """Calls a function that takes nothing, or texts."""
        return self._call(export, *texts)

    def _call(self, export: Export, *arguments: object, seconds: float | None = None, file: str | None = None) -> Any:
        function = self._functions.get(export) or export.bound(self._store, self._instance)
        self._functions[export] = function
        seconds = seconds or self._limits.seconds
        self._set_deadline(seconds)
        try:
            answer = function(self._store, *arguments)
        except wasmtime.WasmtimeError as error:
            raise self._ended(str(error), seconds) from error
        if isinstance(answer, wasm.Variant):
            raise error_of(answer.tag, str(answer.payload), file)
        return answer

    def _set_deadline(self, seconds: float) -> None:
        # One tick more, since the present one is partly over.
        self._store.set_epoch_deadline(math.ceil(seconds / TICK) + 1)

    def _ended(self, error: str, seconds: float) -> Ended:
        said = self._said.decode("utf-8", "replace").strip()
        if "wasm trap: interrupt" in error:
            return Ended("timeout", STOPPED_BY_TIME.format(seconds=f"{seconds:g}"))
        # What Rust's allocator says before it gives up.
        if "memory allocation of" in said and "failed" in said:
            return Ended("memory", STOPPED_BY_MEMORY.format(mebibytes=f"{self._limits.memory / MEGABYTE:g}"))
        return Ended("trap", CRASHED.format(why=said.replace("\n", " ") or reason(error)))


class Instance(Sandboxed):
    """An instance of the scanner."""

    def __init__(self, component: Component, roots: Sequence[str], limits: Limits) -> None:
        super().__init__(component, roots, limits)
        self._component = component

    def step(self, request: str, seconds: float) -> dict[str, Any]:
        """Calls `step-json`, which may take `seconds`."""
        answer: dict[str, Any] = json.loads(self._call(self._component.step_json, request, seconds=seconds))
        return answer

    def inspect(self, root: str, path: str, reading: Reading) -> dict[str, Any]:
        """Calls `inspect-json`. What is no regular file is not opened."""
        seen = seen_as_file(root, path)
        file = native_path(root, path)
        answer: dict[str, Any] = json.loads(
            self._call(self._component.inspect_json, root, path, record(reading._asdict()), file=file)
        )
        track = answer["track"]
        if (audio := track["audio_file"]) is not None:
            seen = seen_as_file(root, audio)
        for row in [track, *answer["cue"]]:
            row["ctime_ns"] = seen[2] if seen else 0
        return answer

    def artwork(self, root: str, path: str, every: bool, data: bool, start: int) -> dict[str, Any]:
        """Calls `artwork-json`. What is no regular file is not opened."""
        seen_as_file(root, path)
        request = json.dumps({"root": root, "path": path, "all": every, "data": data, "from": start})
        file = native_path(root, path)
        answer: dict[str, Any] = json.loads(self._call(self._component.artwork_json, request, file=file))
        return answer


def seen_as_file(root: str, path: str) -> Seen | None:
    """What is seen of one file. Raises `TrackNotFound` for what is no regular file: to open a pipe
    would block.
    """
    seen = at(root, path)
    if isinstance(seen, NoFile):
        raise error_of("file-not-found", path, native_path(root, path))
    return seen


def sandbox(roots: Sequence[str]) -> wasmtime.WasiConfig:
    """The rights of an instance: to read the roots, each under its own path. No arguments, no
    environment, no input.
    """
    wasi = wasmtime.WasiConfig()
    for root in roots:
        try:
            wasi.preopen_dir(root, root, False)
        except wasmtime.WasmtimeError as error:
            check_root(root)
            raise error_of("root-unreadable", root) from error
    return wasi


def record(values: Mapping[str, object]) -> wasm.Record:
    """A record as the bindings take it, whose fields have the names of the contract."""
    made = wasm.Record()
    for name, value in values.items():
        setattr(made, name.replace("_", "-"), value)
    return made


def first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def reason(error: str) -> str:
    """The innermost cause of a trap, as wasmtime prints it."""
    found = error.rpartition("wasm trap: ")[2] if "wasm trap: " in error else error
    return found.strip().partition("\n")[0]
