"""The Rust host of mt-scanner. Only `mt_scanner._engine.native` uses it."""

import os
from collections.abc import Callable, Sequence
from typing import Literal, Protocol, TypeAlias, final

_Counts: TypeAlias = tuple[int, int, int, int, float, int, int]
_Totals: TypeAlias = tuple[
    int, int, int, bool, str | None, Literal["waiting", "scanning", "paused", "finishing", "done"]
]

class _Walking(Protocol):
    @property
    def follow_links(self) -> str: ...
    @property
    def hidden_folders(self) -> bool: ...
    @property
    def ignored_folders(self) -> bool: ...
    @property
    def extensions(self) -> list[str]: ...
    @property
    def archives(self) -> bool: ...

class _Reading(Protocol):
    @property
    def legacy_charset(self) -> str: ...
    @property
    def cue(self) -> bool: ...

class _Limits(Protocol):
    @property
    def seconds(self) -> float: ...
    @property
    def memory(self) -> int: ...

class _Sync(Protocol):
    @property
    def deep(self) -> bool: ...
    @property
    def begin(self) -> Callable[[str], list[str]]: ...

class _Root(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def files(self) -> list[str] | None: ...
    @property
    def inside(self) -> Sequence[str]: ...

class _Plan(Protocol):
    @property
    def whole(self) -> Sequence[_Root]: ...
    @property
    def mode(self) -> str: ...
    @property
    def walking(self) -> _Walking: ...
    @property
    def reading(self) -> _Reading: ...
    @property
    def limits(self) -> _Limits: ...
    @property
    def workers(self) -> int: ...
    @property
    def items(self) -> int | None: ...
    @property
    def limit(self) -> int | None: ...
    @property
    def sync(self) -> _Sync | None: ...

class Failure(Exception):
    """The error of a call."""

    args: tuple[str, str, str]
    """Its kind, the path that it is about, and the reason in words."""

@final
class Component:
    """A component: the one that this module carries, or the one at `path`."""

    def __new__(cls, path: str | os.PathLike[str] | None = None) -> Component: ...
    @staticmethod
    def is_carried(path: str | os.PathLike[str]) -> bool:
        """Whether the file at `path` is the component that this module carries, byte for byte."""

    def scan(self, plan: _Plan) -> Scan:
        """A scan that begins when it is first asked for something."""

    def schema(self) -> tuple[int, list[tuple[int, str]], list[tuple[str, list[str]]]]:
        """The tables and statements of a library: the version, the migrations, and the statements by name."""

    def folders_of_events(self, root: str, request: str) -> str:
        """The folders of a root in which something has changed; request and answer are JSON text."""

    @staticmethod
    def arrange_roots(request: str) -> str:
        """Arranges folders and files that were named as roots; request and answer are JSON text."""

    @staticmethod
    def in_words(report: str) -> str:
        """A report for people, from JSON text."""

    def artwork(self, root: str, path: str, every: bool, data: bool, start: int, limits: _Limits, /) -> str:
        """The pictures of a file as JSON text (`artwork-json` in `wit/pictures.wit`)."""

    def inspect(self, root: str, path: str, reading: _Reading, limits: _Limits) -> str:
        """One file as JSON text: an object with the keys `track`, `problems` and `tags`."""

@final
class Scan:
    """An iterator over what the steps of a scan bring: the root, rows of tracks as JSON text, paths, problems, and
    changes as JSON text. Texts are empty where there is nothing, and all is where nothing comes for a while."""

    @property
    def progress(self) -> tuple[_Counts, _Totals]:
        """The fields of `Progress`, in its order."""

    def asked(self) -> tuple[int, str, list[tuple[str, str | None]]] | None:
        """The next question of a sync's workers: its number, the root, and folders, each with the name behind which
        its files are asked for. Waits for it; `None` at the end of the scan."""

    def answer(self, number: int, known: list[str]) -> None:
        """Answers the question of this number."""

    def stop(self) -> None:
        """Ends the scan. Nothing more comes out of it, and what runs is interrupted. A forked process only leaves."""

    def join(self, seconds: float) -> bool:
        """Waits for the workers of a scan that ends; false if they have not within `seconds`."""

    def __iter__(self) -> Scan: ...
    def __next__(self) -> tuple[str, str, list[str], list[list[str]], str]: ...
