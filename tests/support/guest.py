"""The component itself, without a host of this project: instances under wasmtime's Python bindings,
step by step.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import wasmtime
from wasmtime import component as wasm

from support.doors import component

MUSIC = "/music"
OFF = wasm.Record()
"""The record `reading` with its default."""
setattr(OFF, "legacy-charset", "off")
OFF.cue = True
Rows = tuple[list[str], list[str]]


@cache
def engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.cache = True
    return wasmtime.Engine(config)


@cache
def code() -> wasm.Component:
    """The component, compiled once."""
    return wasm.Component.from_file(engine(), str(component()))


class Failed(Exception):
    """An error of the contract."""

    def __init__(self, case: str, path: str) -> None:
        super().__init__(f"{case}({path})")
        self.case = case


class Guest:
    """One instance that sees `root`, read-only, as `/music`."""

    def __init__(self, root: Path) -> None:
        wasi = wasmtime.WasiConfig()
        wasi.preopen_dir(str(root), MUSIC, False)
        self.store = wasmtime.Store(engine())
        self.store.set_wasi(wasi)
        linker = wasm.Linker(engine())
        linker.add_wasip2()
        self.instance = linker.instantiate(self.store, code())

    def call(self, interface: str, name: str, *arguments: object) -> Any:
        """Calls an exported function. Raises `Failed` for an error of the contract."""
        outer = code().get_export_index(f"mt:scanner/{interface}@0.1.0")
        index = outer and code().get_export_index(name, outer)
        assert index, f"{interface}.{name} is not exported"
        function = self.instance.get_func(self.store, index)
        assert function is not None
        answer = function(self.store, *arguments)
        if isinstance(answer, wasm.Variant):
            raise Failed(answer.tag, str(answer.payload))
        return answer

    def step(
        self, work: list[Any] | None = None, root: str = MUSIC, entered: str = "", **options: Any
    ) -> dict[str, Any]:
        """Calls `step-json`. `items` and `only_list` are of the budget, the rest is `mode` and
        names of `walking`.
        """
        walking = {"follow_links": "once", "hidden_folders": False, "ignored_folders": False, "archives": False}
        request = {
            "root": root,
            "entered": entered,
            "budget": {
                "items": options.pop("items", 1000),
                "milliseconds": 0,
                "only_list": options.pop("only_list", False),
            },
            "mode": options.pop("mode", "tracks"),
            "reading": {"legacy_charset": options.pop("legacy_charset", "off"), "cue": options.pop("cue", True)},
            "walking": walking | options,
        }
        if work is not None:
            request["work"] = work
        answer: dict[str, Any] = json.loads(self.call("scan", "step-json", json.dumps(request)))
        return answer

    def inspect(self, path: str, root: str = MUSIC) -> dict[str, Any]:
        """Calls `inspect-json`."""
        answer: dict[str, Any] = json.loads(self.call("files", "inspect-json", root, path, OFF))
        return answer

    def whole(self, chance: random.Random | None = None, **options: Any) -> Rows:
        """A whole scan: tracks and problems as sorted JSON. With `chance` work goes in in any order
        and portion.
        """
        work: list[Any] = [{"folder": "", "files": None, "ignored_by": []}]
        tracks: list[Any] = []
        problems: list[Any] = []
        links: list[Any] = []
        entered = ""
        while work or links:
            if not work:
                links.sort(
                    key=lambda link: (link["links"], f"{link['folder']}/{link['files'][0]}".lstrip("/").encode())
                )
                least = sum(link["links"] == links[0]["links"] for link in links)
                portion = least if chance is None else chance.randint(1, least)
                work, links = links[:portion], links[portion:]
            elif chance is None:
                portion = len(work)
            else:
                chance.shuffle(work)
                portion = chance.randint(1, len(work))
            answer = self.step(work[:portion], entered=entered, **options)
            entered = answer.get("entered", entered)
            links += [item for item in answer["work"] if item.get("held")]
            work = [*(item for item in answer["work"] if not item.get("held")), *work[portion:]]
            tracks += answer["paths"] or answer["tracks"]
            problems += answer["problems"]
        return rows(tracks), rows(problems)


def rows(values: Iterable[Any]) -> list[str]:
    """Rows as comparable text in one order."""
    return sorted(json.dumps(value, ensure_ascii=False) for value in values)
