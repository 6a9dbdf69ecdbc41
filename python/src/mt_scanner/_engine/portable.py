"""The portable backend: the component under wasmtime's Python package, which takes no compiler to
install.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from mt_scanner._engine.component import Component, load
from mt_scanner._engine.desk import About, Desks
from mt_scanner._engine.instance import Ended, Instance
from mt_scanner._engine.plan import Limits, Plan
from mt_scanner._engine.pool import Pool
from mt_scanner._engine.roots import native_path
from mt_scanner._engine.schema import Schema
from mt_scanner._engine.within import Attend
from mt_scanner._types.contract import Reading
from mt_scanner._types.errors import ComponentError, FileFailed

T = TypeVar("T")


def prepare(component: str | None, attend: Attend) -> None:
    """Loads the component, which may take a second. `attend` is called meanwhile, and may raise to
    end the wait.
    """
    load(component, attend)
    if component is not None:
        # It arranges roots and finds words.
        load(None, attend)


def default_workers() -> int:
    """64 at most. As many as `usual_workers` work at a time, and more only while storage is slow."""
    return 64


def pool(plan: Plan, component: str | None) -> Pool:
    """A scan that begins when it is iterated over."""
    return Pool(load(component), plan)


def schema(component: str | None) -> Schema:
    """The tables and statements of a library."""
    loaded = load(component)

    def ask(instance: Instance) -> Schema:
        return Schema(
            instance.ask(loaded.schema_version),
            [(migration.version, migration.sql) for migration in instance.ask(loaded.migrations)],
            {statement.name: list(statement.sql) for statement in instance.ask(loaded.statements)},
        )

    return asked(loaded, None, ask)


def folders_of_events(root: str, request: str, component: str | None) -> str:
    """The folders in which something has changed; request and answer are JSON text
    (`wit/library.wit`).
    """
    loaded = load(component)
    folders: str = asked(loaded, root, lambda instance: instance.ask(loaded.folders_of_events, request))
    return folders


def arrange_roots(request: str) -> str:
    """Arranges folders and files that were named as roots; request and answer are JSON text
    (`wit/scan.wit`).
    """
    loaded = load()
    text: str = asked(loaded, None, lambda instance: instance.ask(loaded.arrange_roots, request))
    return text


def in_words(report: str) -> str:
    """A report for people, from JSON text (`wit/reports.wit`)."""
    loaded = load()
    text: str = asked(loaded, None, lambda instance: instance.ask(loaded.in_words, report))
    return text


_desks: dict[Component, Desks] = {}


def desks(loaded: Component) -> Desks:
    """The desks of a component."""
    return _desks.setdefault(loaded, Desks(loaded))


def asked(loaded: Component, root: str | None, call: Callable[[Instance], T]) -> T:
    """The answer to a question about a root, or about none. Raises `ComponentError` if it ends the
    instance.
    """
    try:
        return desks(loaded).ask(About(root, Limits()), call)
    except Ended as ended:
        raise ComponentError(f"{ended.outcome}: {ended.detail}", loaded.path) from ended


def inspect(root: str, path: str, reading: Reading, limits: Limits, component: str | None) -> dict[str, Any]:
    """One file: `track`, `problems` and `tags`."""
    return of_file(root, path, limits, component, lambda instance: instance.inspect(root, path, reading))


def artwork(
    root: str, path: str, every: bool, data: bool, start: int, limits: Limits, component: str | None
) -> dict[str, Any]:
    """Pictures of a file: `pictures`, `problems` and `data`."""
    ask = partial(Instance.artwork, root=root, path=path, every=every, data=data, start=start)
    return of_file(root, path, limits, component, ask)


def of_file(
    root: str, path: str, limits: Limits, component: str | None, ask: Callable[[Instance], dict[str, Any]]
) -> dict[str, Any]:
    """An answer about one file. Raises `FileFailed` if that ends the instance."""
    try:
        return desks(load(component)).ask(About(root, limits), ask)
    except Ended as ended:
        raise FileFailed(f"{ended.outcome}: {ended.detail}", native_path(root, path)) from ended
