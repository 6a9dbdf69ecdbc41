"""The portable backend: the component under wasmtime's Python package, which takes no compiler to
install.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from mt_scanner._engine.component import Component, load
from mt_scanner._engine.instance import Ended, Instance
from mt_scanner._engine.plan import Limits, Plan
from mt_scanner._engine.pool import Pool
from mt_scanner._engine.roots import native_path
from mt_scanner._engine.schema import Schema
from mt_scanner._engine.within import Late, within
from mt_scanner._types.contract import HANG_MARGIN, STOPPED_BY_TIME, Reading
from mt_scanner._types.errors import ComponentError, FileFailed


def default_workers() -> int:
    """64 at most. As many as `usual_workers` work at a time, and more only while storage is slow."""
    return 64


def pool(plan: Plan, component: str | None) -> Pool:
    """A scan that begins when it is iterated over."""
    return Pool(load(component), plan)


def schema(component: str | None) -> Schema:
    """The tables and statements of a library."""
    loaded = load(component)
    with instance_of(loaded, []) as instance:
        return Schema(
            instance.ask(loaded.schema_version),
            [(migration.version, migration.sql) for migration in instance.ask(loaded.migrations)],
            {statement.name: list(statement.sql) for statement in instance.ask(loaded.statements)},
        )


def folders_of_events(root: str, request: str, component: str | None) -> str:
    """The folders in which something has changed; request and answer are JSON text
    (`wit/library.wit`).
    """
    loaded = load(component)

    def ask() -> str:
        with instance_of(loaded, [root]) as instance:
            folders: str = instance.ask(loaded.folders_of_events, request)
            return folders

    seconds = Limits().seconds
    try:
        return within(seconds + HANG_MARGIN, ask)
    except Late:
        raise ComponentError(f"timeout: {STOPPED_BY_TIME.format(seconds=f'{seconds:g}')}", loaded.path) from None


def arrange_roots(request: str) -> str:
    """Arranges folders and files that were named as roots; request and answer are JSON text
    (`wit/scan.wit`).
    """
    loaded = load()
    with instance_of(loaded, []) as instance:
        text: str = instance.ask(loaded.arrange_roots, request)
        return text


def in_words(report: str) -> str:
    """A report for people, from JSON text (`wit/reports.wit`)."""
    loaded = load()
    with instance_of(loaded, []) as instance:
        text: str = instance.ask(loaded.in_words, report)
        return text


@contextmanager
def instance_of(component: Component, roots: Sequence[str]) -> Iterator[Instance]:
    """An instance for some calls. Raises `ComponentError` if one of them ends it."""
    with component.ticking():
        instance = Instance(component, roots, Limits())
        try:
            yield instance
        except Ended as ended:
            raise ComponentError(f"{ended.outcome}: {ended.detail}", component.path) from ended
        finally:
            instance.close()


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
    """An answer about one file, from an instance of its own. Raises `FileFailed` if the file ends
    it.
    """
    loaded = load(component)

    def look() -> dict[str, Any]:
        with loaded.ticking():
            instance = Instance(loaded, [root], limits)
            try:
                return ask(instance)
            finally:
                instance.close()

    file = native_path(root, path)
    try:
        return within(limits.seconds + HANG_MARGIN, look)
    except Ended as ended:
        raise FileFailed(f"{ended.outcome}: {ended.detail}", file) from ended
    except Late:
        raise FileFailed(f"timeout: {STOPPED_BY_TIME.format(seconds=f'{limits.seconds:g}')}", file) from None
