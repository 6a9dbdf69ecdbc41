"""Suspects: work whose step ended its instance. It is done again, file by file, so that the guilty
one can be named.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from mt_scanner._engine.component import Component
from mt_scanner._engine.instance import Ended, Instance
from mt_scanner._engine.plan import Plan, Work
from mt_scanner._engine.request import request
from mt_scanner._engine.seen import Storage
from mt_scanner._types.contract import LISTING_FAILED, READING_FAILED, Budget

Found = dict[str, Any]


class Suspect(NamedTuple):
    """Work that is to be looked at alone, with the whole of the limits for each file."""

    work: Work


class Lens:
    """Looks at one thing at a time, with a new instance after each that ends it."""

    def __init__(self, component: Component, plan: Plan, root: str, entered: str) -> None:
        self._storage = Storage()
        self._component = component
        self._plan = plan
        self._root = root
        self._entered = entered
        self._instance: Instance | None = None

    def step(self, work: Work) -> Found:
        """Lists one folder, or reads one file."""
        if self._instance is None:
            self._instance = Instance(self._component, self._plan.roots, self._plan.limits)
        try:
            is_folder = work["files"] is None
            seconds = self._plan.limits.listing if is_folder else self._plan.limits.seconds
            asked = request(self._plan, self._root, [work], Budget(1, 0, is_folder), self._storage, self._entered)
            return self._instance.step(asked, seconds)
        except Ended:
            self.close()
            raise

    def close(self) -> None:
        if self._instance is not None:
            self._instance.close()
            self._instance = None


def look_at(
    suspect: Suspect, component: Component, plan: Plan, root: str, entered: str, stopped: Callable[[], bool]
) -> Found:
    """Does a suspect's work. The answer is one of `step-json`, but its `work` may have suspects in
    it.

    `entered` is that of the request.
    """
    lens = Lens(component, plan, root, entered)
    try:
        if suspect.work["files"] is None:
            return list_folder(lens, suspect.work, root)
        found: Found = {}
        for file in suspect.work["files"]:
            if stopped():
                break
            merge(found, read_file(lens, {**suspect.work, "files": [file]}, root))
        return found
    finally:
        lens.close()


def list_folder(lens: Lens, work: Work, root: str) -> Found:
    """Lists a folder and reads nothing. Its entries are work again, its files under suspicion."""
    try:
        found = lens.step(work)
    except Ended as ended:
        return {"problems": [[root, work["folder"], ended.outcome, LISTING_FAILED.format(why=ended.detail)]]}
    found["work"] = [item if item["files"] is None or item.get("held") else Suspect(item) for item in found["work"]]
    return found


def read_file(lens: Lens, work: Work, root: str) -> Found:
    """Reads one file. One that ends the instance is a problem, and a track with its fingerprint and
    nothing else.
    """
    try:
        return lens.step(work)
    except Ended as ended:
        (file,) = work["files"]
        name = file if isinstance(file, str) else file[0]
        path = f"{work['folder']}/{name}" if work["folder"] else name
        problem = [root, path, ended.outcome, READING_FAILED.format(why=ended.detail)]
    try:
        found = lens.step({**work, "blind": True})
    except Ended:
        found = {}
    merge(found, {"problems": [problem]})
    return found


def merge(found: Found, more: Found) -> None:
    """Adds up two answers."""
    for key, value in more.items():
        if key not in found:
            found[key] = value
        elif isinstance(value, dict):
            merge(found[key], value)
        elif key == "entered":
            found[key] = value
        else:
            found[key] = found[key] + value
