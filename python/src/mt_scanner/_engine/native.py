"""The native backend: the Rust host, out of the package `mt-scanner-native`. Component and sandbox
are the same.
"""

import json
import math
import os
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from mt_scanner._engine import ending, forks
from mt_scanner._engine.answer import Answer
from mt_scanner._engine.carried import COMPONENT
from mt_scanner._engine.plan import Known, Limits, Plan
from mt_scanner._engine.roots import check_root, error_of, native_path, why
from mt_scanner._engine.schema import Schema
from mt_scanner._engine.within import Attend, Call
from mt_scanner._types.contract import Reading
from mt_scanner._types.errors import ComponentError, FileFailed, ScanError
from mt_scanner._types.progress import Progress

HOW = "`make native` in a checkout, or `pip install ./python/native`"

try:
    import mt_scanner_native as native
except ImportError as error:
    raise ComponentError(f"the backend native is not installed ({error}): {HOW}", "") from error

# Rows have the columns of their component, and two versions of it do not mix.
try:
    _carried = native.Component.is_carried(COMPONENT)
except OSError as error:
    raise ComponentError(f"the component cannot be read: {why(error)}", COMPONENT) from error
if not _carried:
    raise ComponentError(f"the backend native carries another component than this package: {HOW}", COMPONENT)


class Pool:
    """One scan under way. Iterate over it once; everything else may be called from any thread."""

    def __init__(self, component: native.Component, plan: Plan) -> None:
        self._scan = component.scan(plan)
        self._sync = plan.sync
        self._expected = None if plan.sync is None else plan.sync.expected
        # Set while no librarian is about. `Thread.join` would not do: Ctrl-C may come while the
        # thread starts.
        self._unattended = threading.Event()
        self._unattended.set()
        self._failure: BaseException | None = None
        self._stopped = False
        self.complete = False
        """Whether all of the work was done, and nobody stopped the scan before."""

    def __iter__(self) -> Iterator[Answer]:
        """The answers of the steps, in no certain order. Leaving the loop stops the scan."""
        ending.begin(self)
        try:
            if self._sync is not None:
                self._unattended.clear()
                answer = partial(self._answer, self._sync.known)
                threading.Thread(target=answer, name="mt-scanner librarian", daemon=True).start()
            while (found := self._next()) is not None:
                root, rows, paths, problems, changes = found
                tracks = json.loads(rows) if rows else []
                yield Answer(root, paths, tracks, problems, json.loads(changes) if changes else {})
            self.complete = not self._stopped
        finally:
            self.stop()

    @property
    def progress(self) -> Progress:
        """How far the scan is."""
        counts, rest = self._scan.progress
        progress = Progress(*counts, *rest)
        return progress if self._expected is None else self._expected.of(progress)

    def stop(self) -> None:
        """Ends the scan: files that are being read are left, and answers that nobody has read are
        dropped.
        """
        self._stopped = True
        self._scan.stop()

    def join(self, seconds: float) -> bool:
        """Waits for the workers of a stopped scan; false if one is still in a call to the
        filesystem.
        """
        until = time.monotonic() + seconds
        left = self._scan.join(seconds)
        return self._unattended.wait(max(0.0, until - time.monotonic())) and left

    def _next(self) -> tuple[str, str, list[str], list[list[str]], str] | None:
        forks.check(COMPONENT)
        try:
            found = next(self._scan, None)
        except native.Failure as failure:
            raise mapped(failure) from failure
        if found is None and self._failure is not None:
            raise self._failure
        return found

    def _answer(self, known: Known) -> None:
        """The life of the librarian: it answers the workers, of which none enters the interpreter."""
        try:
            while (question := self._scan.asked()) is not None:
                number, root, folders = question
                self._scan.answer(number, known(root, folders))
        except BaseException as error:
            self._failure = error
            self.stop()
        finally:
            self._unattended.set()


def prepare(component: str | None, attend: Attend) -> None:
    """Loads the component. `attend` is called meanwhile, and may raise to end the wait: another
    component than the one that the module carries is compiled, which takes seconds.
    """
    if component is None:
        load(component)
    else:
        Call(load, component).result(math.inf, attend)


def default_workers() -> int:
    """64 at most. As many as there are cores work at a time, and more only while storage is slow."""
    return 64


def pool(plan: Plan, component: str | None) -> Pool:
    """A scan that begins when it is iterated over."""
    return Pool(load(component), plan)


def inspect(root: str, path: str, reading: Reading, limits: Limits, component: str | None) -> dict[str, Any]:
    """One file: `track`, `problems` and `tags`."""
    loaded = load(component)
    try:
        found: dict[str, Any] = json.loads(loaded.inspect(root, path, reading, limits))
    except native.Failure as failure:
        raise of_file(failure, root, path) from failure
    return found


def artwork(
    root: str, path: str, every: bool, data: bool, start: int, limits: Limits, component: str | None
) -> dict[str, Any]:
    """Pictures of a file: `pictures`, `problems` and `data`."""
    loaded = load(component)
    try:
        found: dict[str, Any] = json.loads(loaded.artwork(root, path, every, data, start, limits))
    except native.Failure as failure:
        raise of_file(failure, root, path) from failure
    return found


def folders_of_events(root: str, request: str, component: str | None) -> str:
    """The folders in which something has changed; request and answer are JSON text
    (`wit/library.wit`).
    """
    try:
        return load(component).folders_of_events(root, request)
    except native.Failure as failure:
        raise mapped(failure) from failure


def arrange_roots(request: str) -> str:
    """Arranges folders and files that were named as roots; request and answer are JSON text
    (`wit/scan.wit`).
    """
    try:
        return native.Component.arrange_roots(request)
    except native.Failure as failure:
        raise mapped(failure) from failure


def in_words(report: str) -> str:
    """A report for people, from JSON text (`wit/reports.wit`)."""
    try:
        return native.Component.in_words(report)
    except native.Failure as failure:
        raise mapped(failure) from failure


def schema(component: str | None) -> Schema:
    """The tables and statements of a library."""
    try:
        version, migrations, statements = load(component).schema()
    except native.Failure as failure:
        raise mapped(failure) from failure
    return Schema(version, migrations, dict(statements))


_loaded: dict[str | None, native.Component] = {}
_loading = threading.Lock()


def load(path: str | None) -> native.Component:
    """The component that the module carries, or another one, compiled on first use."""
    path = None if path is None else os.path.abspath(path)
    forks.use(path or COMPONENT)
    with _loading:
        if path not in _loaded:
            try:
                _loaded[path] = native.Component(path)
            except native.Failure as failure:
                raise mapped(failure) from failure
        return _loaded[path]


def of_file(failure: native.Failure, root: str, path: str) -> ScanError:
    """The exception for a failure to answer about a file."""
    kind = failure.args[0]
    if kind.startswith("root-") or kind == "file-not-found":
        try:
            check_root(root)
        except ScanError as error:
            return error
    return mapped(failure, native_path(root, path))


def mapped(failure: native.Failure, file: str | None = None) -> ScanError:
    """The exception for a failure of the host. `file`: the one asked for."""
    kind, path, reason = failure.args
    if kind == "component":
        return ComponentError(reason, path)
    if kind in ("timeout", "memory", "trap"):
        return FileFailed(f"{kind}: {reason}", file or path)
    return error_of(kind, path, file)
