"""A session: roots, how to scan them, and the backend that does it."""

import copy
import os
import weakref
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, get_args

from mt_scanner._engine import backends
from mt_scanner._engine.arranged import Arranged, arranged
from mt_scanner._engine.extensions import more_extensions
from mt_scanner._engine.later import Later
from mt_scanner._engine.places import Place, found, is_utf8, places
from mt_scanner._engine.plan import READING, WALKING, Limits, Plan, Sync, check_effort, cores
from mt_scanner._engine.question import Question
from mt_scanner._engine.roots import StrPath, check_root, resolve
from mt_scanner._engine.within import Attend, Late, Patience
from mt_scanner._types.contract import FILE_NOT_UTF8, UNKNOWN_CHARSET, FollowLinks, Reading, Walking
from mt_scanner._types.errors import EscapesRoot, ScanError

if TYPE_CHECKING:
    from mt_scanner._engine.backend import Backend, Pool, Running
    from mt_scanner._engine.examination import Examination


class Options(TypedDict, total=False):
    """How to scan: the options of `Scanner`, which documents them with their defaults."""

    workers: int | None
    backend: backends.Name
    follow_links: FollowLinks | bool
    hidden_folders: bool
    ignored_folders: bool
    archives: bool
    extensions: Iterable[str]
    legacy_charset: str
    cue: bool
    file_timeout: float
    memory_limit: int


class Session:
    """Roots that are scanned, any number of times, with the same options."""

    def __init__(
        self,
        roots: StrPath | Iterable[StrPath],
        *,
        workers: int | None = None,
        backend: backends.Name = "auto",
        follow_links: FollowLinks | bool = WALKING.follow_links,
        hidden_folders: bool = WALKING.hidden_folders,
        ignored_folders: bool = WALKING.ignored_folders,
        archives: bool = WALKING.archives,
        extensions: Iterable[str] = (),
        legacy_charset: str = READING.legacy_charset,
        cue: bool = READING.cue,
        file_timeout: float = Limits().seconds,
        memory_limit: int = Limits().memory,
        component: StrPath | None = None,
    ) -> None:
        backends.check(backend)
        self._limits = Limits(file_timeout, memory_limit)
        check_effort(workers, self._limits)
        several = [roots] if isinstance(roots, (str, os.PathLike)) else list(roots)
        if not several:
            raise ValueError("a scanner has at least one root")
        self._named = [resolve(root) for root in several]
        self._places: list[Place] | None = None
        self._arranged: Arranged | None = None
        self._backend = backend
        self._workers = workers
        self._walking = Walking(
            which_links(follow_links), hidden_folders, ignored_folders, more_extensions(extensions), archives, []
        )
        if not is_utf8(legacy_charset):
            # Of other names the component says whether they are known; this one does not reach it.
            raise ScanError(UNKNOWN_CHARSET, legacy_charset)
        self.reading = Reading(legacy_charset, cue)
        """The options that shape values."""
        self.patience = Patience()
        """What roots are waited for with whose storage does not answer."""
        self._component = None if component is None else os.fspath(component)
        self._pools: weakref.WeakSet[Running] = weakref.WeakSet()

    @property
    def places(self) -> list[Place]:
        """Where the roots are, looked at once. Raises `RootUnreadable` or `ScanError` for a name that
        is not UTF-8.
        """
        return self._placed(self.patience)

    @property
    def arranged(self) -> Arranged:
        """The roots with all that is known of them.

        Raises as `places` does, and `ComponentError`.
        """
        return self.look(self.patience)

    @property
    def roots(self) -> tuple[str, ...]:
        """The roots, as absolute paths, each once. That of a file is its folder."""
        return tuple(root.name for root in self.arranged.roots)

    def in_library(self, known: Sequence[str]) -> "Session":
        """The same session with the roots by the names of a library, and with those of the library
        inside them. `known`: its roots, oldest first.
        """
        return self._of(self.places, arranged(self.places, known, self._arrange, self.patience))

    def only(self, roots: Iterable[str]) -> "Session":
        """The same session with some of its roots, at a later time: those that were silent are asked
        again.
        """
        names = set(roots)
        some = tuple(root for root in self.arranged.roots if root.name in names)
        other = self._of(None, Arranged(some), [root.name for root in some])
        other.patience = Patience(self.patience.attend)
        return other

    def of_files(self, files: Iterable[str]) -> "Session":
        """The same session with these files, whether they are there or not.

        Raises as `places` does.
        """
        names: dict[str, list[str]] = {}
        for file in files:
            folder, name = os.path.split(file)
            if not is_utf8(name):
                raise ScanError(FILE_NOT_UTF8, file)
            names.setdefault(folder, []).append(name)
        folders = found(list(names), self.patience)
        return self._of([place._replace(files=names[place.name]) for place in folders], None)

    def _of(self, places: list[Place] | None, arranged: Arranged | None, named: Sequence[str] = ()) -> "Session":
        other = copy.copy(self)
        other._places, other._arranged, other._named = places, arranged, list(named)
        other._pools = weakref.WeakSet()
        return other

    def look(self, patience: Patience) -> Arranged:
        """Looks where the roots are, unless that was done before. Raises as `arranged` does."""
        if self._arranged is None:
            self._arranged = arranged(self._placed(patience), None, self._arrange, patience)
        return self._arranged

    def _placed(self, patience: Patience) -> list[Place]:
        if self._places is None:
            self._places = places(self._named, patience)
        return self._places

    def _arrange(self, request: str) -> str:
        return self.backend.arrange_roots(request)

    @property
    def backend(self) -> "Backend":
        """The backend that runs the component. Raises `ComponentError` if it is not there."""
        return backends.get(self._backend)

    def check(self, but: Collection[str] = (), patience: Patience | None = None) -> None:
        """Raises `RootNotFound`, `RootNotAFolder` or `RootUnreadable` unless every root can be
        scanned. A root that does not answer is left to the scan, which names it. `but`: roots that
        were checked before. `patience`: that of a caller with a wait of its own.
        """
        patience = patience or self.patience
        roots = [root.name for root in self.look(patience).roots if root.name not in but]
        for error in patience.of_each(check_root, roots):
            if error is not None and not isinstance(error, Late):
                raise error

    def pool(self, mode: str, *, limit: int | None = None, sync: Sync | None = None) -> "Pool":
        """A scan that begins when it is iterated over. `mode`, `limit` and `sync` are those of
        `Plan`.
        """
        backend = self.backend
        workers = self._workers or backend.default_workers()
        roots = self.arranged.roots
        plan = Plan(roots, mode, self._walking, self.reading, self._limits, workers, limit=limit, sync=sync)
        pool = backend.pool(plan, self._component)
        self._pools.add(pool)
        return pool

    def later(self, mode: str) -> Later:
        """A scan that looks at its roots and checks them when it is iterated over."""

        def begin(attend: Attend) -> "Pool":
            self.backend.prepare(self._component, attend)
            self.check(patience=Patience(attend))
            return self.pool(mode)

        later = Later(begin)
        self._pools.add(later)
        return later

    def examination(self, question: Question, analyser: StrPath | None) -> "Examination":
        """An examination of every audio file, which begins when it is iterated over. `analyser`:
        another component of that world.
        """
        # It loads wasmtime's package, whatever the backend, and scans do without.
        from mt_scanner._engine.analyser import load
        from mt_scanner._engine.examination import Examination
        from mt_scanner._engine.walk import Walk

        component = load(None if analyser is None else os.fspath(analyser))
        walking = self._walking._replace(archives=False)
        workers = self.backend.default_workers()
        plan = Plan(self.arranged.roots, "paths", walking, self.reading, self._limits, workers)
        walk = Walk(self.backend.pool(plan, self._component))
        examination = Examination(component, walk, question, self._limits, self._workers or cores())
        self._pools.add(examination)
        return examination

    def inspect(self, path: str) -> dict[str, Any]:
        """One file: `track`, `problems` and `tags`. `path` is absolute, or relative to the first
        root.
        """
        root, below = self._checked(path)
        return self.backend.inspect(root, below, self.reading, self._limits, self._component)

    def artwork(self, path: str, *, every: bool, data: bool, start: int = 0) -> dict[str, Any]:
        """Pictures of a file: `pictures`, `problems` and `data` (`artwork-json` in
        `wit/pictures.wit`). `path` is absolute, or relative to the first root; `start` pictures are
        left out.
        """
        root, below = self._checked(path)
        return self.backend.artwork(root, below, every, data, start, self._limits, self._component)

    def folders_of_events(self, root: str, known: Iterable[str], events: list[tuple[str, str]]) -> set[str]:
        """The folders of a root in which something has changed, as its library knows them.

        `known`: rows of the statement `folders`. `events`: paths below the root, with `made`,
        `changed` or `written`.
        """
        import json

        told = json.dumps({"root": root, "events": events})
        request = f'{told[:-1]}, "known": [{", ".join(known)}]}}'
        return set(json.loads(self.backend.folders_of_events(root, request, self._component)))

    def close(self) -> None:
        """Ends every scan that is under way."""
        for pool in list(self._pools):
            pool.stop()

    def _checked(self, path: str) -> tuple[str, str]:
        """The root that a file is in, and its path there. Raises if its name is not UTF-8."""
        root, below = self._below(path)
        try:
            below.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ScanError(FILE_NOT_UTF8, path) from error
        return root, below

    def _below(self, path: str) -> tuple[str, str]:
        """The root that a file is in, and its path there as the contract writes it."""
        whole = os.path.normpath(os.path.join(self.roots[0], os.path.expanduser(path)))
        for root in sorted(self.roots, key=len, reverse=True):
            if whole.startswith(os.path.join(root, "")):
                return root, os.path.relpath(whole, root).replace(os.sep, "/")
        raise EscapesRoot("the file is in no root of this scanner", whole)


def which_links(follow_links: FollowLinks | bool) -> FollowLinks:
    """The word for what a caller has given. Raises `ValueError` if it is none."""
    if isinstance(follow_links, bool):
        return "once" if follow_links else "no"
    if follow_links not in get_args(FollowLinks):
        raise ValueError(f"follow_links is one of {', '.join(get_args(FollowLinks))}, not {follow_links!r}")
    return follow_links
