"""Components, each compiled once a process: its engine, its linker, and handles of its exports."""

import gc
import math
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from mt_scanner._engine import carried, forks
from mt_scanner._engine.roots import why
from mt_scanner._engine.within import Attend, Call, nobody
from mt_scanner._types.contract import IMPORT_INTERFACES, IMPORT_PACKAGES, IMPORT_REFUSED
from mt_scanner._types.errors import ComponentError

# Thousands of declarations that stay, and a collector that would look through them again and again:
# 5 ms of 60.
_collects = gc.isenabled()
gc.disable()
try:
    # `wasmtime` loads a native library, so more than ImportError can come of it.
    import wasmtime
    from wasmtime import component as wasm
except (ImportError, OSError, RuntimeError) as error:
    raise ComponentError(f"wasmtime cannot be imported: {error}", "") from error
finally:
    if _collects:
        gc.enable()

from mt_scanner._engine.export import Export  # noqa: E402 (after wasmtime)

PACKAGE, VERSION = "mt:scanner", "0.1.0"

TICK = 0.05
"""Time between two epochs in s: deadlines are exact to one tick."""


class Compiled:
    """A compiled component of the package `mt:scanner`, whatever its world."""

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            with open(path, "rb") as file:
                code = file.read()
        except OSError as error:
            raise ComponentError(f"the component cannot be read: {why(error)}", path) from error
        try:
            self.engine = engine()
            self.code = wasm.Component(self.engine, code)
            self.linker = wasm.Linker(self.engine)
            self.linker.add_wasip2()
        except wasmtime.WasmtimeError as error:
            raise ComponentError(f"the component cannot be compiled: {error}", path) from error
        refused = next((name for name in self.code.type.imports(self.engine) if not may_import(name)), None)
        if refused is not None:
            raise ComponentError(IMPORT_REFUSED.format(**{"import": refused}), path)
        self._clock = threading.Condition()
        self._users = 0
        self._runs = False

    def export(self, interface: str, function: str) -> Export:
        """The handle of an exported function."""
        outer = self.code.get_export_index(f"{PACKAGE}/{interface}@{VERSION}")
        inner = outer and self.code.get_export_index(function, outer)
        if not inner:
            reason = f"the component does not export {PACKAGE}/{interface}@{VERSION}.{function}"
            raise ComponentError(reason, self.path)
        return Export(inner)

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Lets the engine's epoch advance every `TICK`, for as long as anybody is in here.

        The epoch is common to all stores of an engine. Everybody's deadline is counted in ticks
        from the start of a call, so that more scans at a time change nothing for each of them.
        """
        with self._clock:
            if not self._runs:
                threading.Thread(target=self._tick, name="mt-scanner clock", daemon=True).start()
                self._runs = True
            self._users += 1
        try:
            yield
        finally:
            with self._clock:
                self._users -= 1
                if not self._users:
                    self._clock.notify()

    def _tick(self) -> None:
        with self._clock:
            while self._users:
                if not self._clock.wait(TICK):
                    self.engine.increment_epoch()
            self._runs = False


class Component(Compiled):
    """A component of the world `scanner`."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.step_json = self.export("scan", "step-json")
        self.arrange_roots = self.export("scan", "arrange-roots")
        self.inspect_json = self.export("files", "inspect-json")
        self.artwork_json = self.export("pictures", "artwork-json")
        self.schema_version = self.export("library", "schema-version")
        self.migrations = self.export("library", "migrations")
        self.statements = self.export("library", "statements")
        self.folders_of_events = self.export("library", "folders-of-events")
        self.in_words = self.export("reports", "in-words")


def may_import(name: str) -> bool:
    """Whether a component may import an interface: the list is the contract's, in any version."""
    interface = name.partition("@")[0]
    package, slash, _ = interface.partition("/")
    return interface in IMPORT_INTERFACES or (bool(slash) and package in IMPORT_PACKAGES)


def engine() -> wasmtime.Engine:
    """An engine with interruption by epochs, and with wasmtime's own cache of compiled code where
    that can be had.
    """
    config = wasmtime.Config()
    config.epoch_interruption = True
    try:
        config.cache = True
    except wasmtime.WasmtimeError:
        # No home, or not ours to write to: then every process compiles for itself.
        pass
    return wasmtime.Engine(config)


World = TypeVar("World", bound=Compiled)

_compiled: dict[tuple[type[Compiled], str], Compiled] = {}
_compiling = threading.Lock()


def compiled(world: type[World], path: str, attend: Attend = nobody) -> World:
    """The component of a world at `path`, compiled on first use. That takes some seconds, unless
    wasmtime has kept the code: `attend` is called meanwhile, and may raise to end the wait. So may
    Ctrl-C.
    """
    path = os.path.abspath(path)
    forks.use(path)
    found = _compiled.get((world, path))
    if isinstance(found, world):
        return found
    new: World = Call(made, world, path).result(math.inf, attend)
    return new


def made(world: type[World], path: str) -> World:
    """The component, compiled by one thread if several want it."""
    with _compiling:
        found = _compiled.get((world, path))
        if not isinstance(found, world):
            found = _compiled[world, path] = world(path)
        return found


def load(path: str | None = None, attend: Attend = nobody) -> Component:
    """The scanner of the package, or another one."""
    return compiled(Component, path or carried.COMPONENT, attend)
