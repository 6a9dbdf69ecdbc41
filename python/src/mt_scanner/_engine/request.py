"""Requests of `step-json` (`wit/scan.wit`)."""

import json
from collections.abc import Iterator, Sequence

from mt_scanner._engine.beneath import CAN, opened
from mt_scanner._engine.plan import Plan, Work
from mt_scanner._engine.seen import Look, NoFile, Storage, archive
from mt_scanner._types.contract import ARCHIVE_MARK, Budget

Facts = dict[tuple[str, str | None], str]
"""What a library knows of folders, each as JSON text, by the folder and the name behind which its
files are asked for.
"""


def request(plan: Plan, root: str, work: Sequence[Work], budget: Budget, known: Facts, entered: str) -> str:
    """The request for one step. `known`: what the library knows of the folders that are compared.
    `entered`: the places that links have led to so far, in the component's words.
    """
    text = json.dumps(
        {
            "root": root,
            "entered": entered,
            "budget": budget._asdict(),
            "mode": plan.mode,
            "walking": plan.walking_of(root)._asdict(),
            "reading": plan.reading._asdict(),
            "deep": bool(plan.sync and plan.sync.deep),
        }
    )
    return f'{text[:-1]}, "work": [{", ".join(completed(plan, work, known))}]}}'


def known(plan: Plan, root: str, work: Sequence[Work]) -> Facts:
    """What the library knows of the folders that are compared."""
    asked = [asked_of(item) for item in work if is_compared(plan, item)]
    return dict(zip(asked, plan.sync.known(root, asked), strict=True)) if plan.sync and asked else {}


def asked_of(folder: Work) -> tuple[str, str | None]:
    """The folder, and the name behind which its files are asked for."""
    return folder["folder"], folder.get("after")


def looked_at(
    plan: Plan, work: Sequence[Work], items: int, storage: Storage
) -> tuple[Sequence[Work], list[Work], list[Work]]:
    """Work with what was seen of its files, `items` at most; those of it that are files; and what
    is left for other steps.
    """
    if not (plan.reads and CAN):
        return work, [], []
    seen, left = storage.seen(filter(is_read, work), items)
    folders = [with_archive(storage.root, item) for item in work if not is_read(item)]
    # Files in folders of the disk are seen before they are read.
    left += [{**folder, "whole": False} for folder in folders if is_no_archive(folder)]
    return [*(folder for folder in folders if not is_no_archive(folder)), *seen], seen, left


def completed(plan: Plan, work: Sequence[Work], known: Facts) -> Iterator[str]:
    """Work as JSON, with the facts that the component cannot see by itself."""
    for item in work:
        if item["files"] and item.get("seen"):
            yield from map(json.dumps, looked_upon(item, item["seen"]))
        elif is_compared(plan, item):
            yield f'{json.dumps(item)[:-1]}, "known": {known[asked_of(item)]}}}'
        else:
            yield json.dumps(item)


def looked_upon(item: Work, looks: Sequence[Look]) -> Iterator[Work]:
    """Files with what was seen of them. One that is no regular file is not to be opened."""
    start = 0
    for place, look in enumerate(looks):
        if isinstance(look, NoFile):
            if start < place:
                yield {**item, "files": item["files"][start:place], "seen": looks[start:place]}
            yield {**item, "files": [item["files"][place]], "seen": [], "blind": True}
            start = place + 1
    if start < len(looks):
        yield {**item, "files": item["files"][start:], "seen": looks[start:]}


def with_archive(root: str, item: Work) -> Work:
    """A folder with what was seen of the archive that it may be: the component cannot see the time
    of the last change of status.
    """
    if item["files"] is not None or not item["folder"].endswith(ARCHIVE_MARK):
        return item
    with opened(root, item["folder"]) as folder:
        look = archive(root, item["folder"]) if folder is None else None
    return item if look is None or isinstance(look, NoFile) else {**item, "seen": [look]}


def is_no_archive(item: Work) -> bool:
    """Whether the item was to be listed and read in one go, as an archive, and is none."""
    return item["files"] is None and bool(item.get("whole")) and not item.get("seen")


def is_read(item: Work) -> bool:
    """Whether the item is files to read. A link that was held back is none yet, nor is what somebody
    has named: the component judges it first.
    """
    return item["files"] is not None and not item.get("held") and not item.get("named")


def is_compared(plan: Plan, item: Work) -> bool:
    """Whether the item is a folder that is to be compared with what the library knows of it."""
    return plan.sync is not None and item["files"] is None and "known" not in item and "unless_mtime_ns" not in item
