"""Requests of `step-json` (`wit/scan.wit`)."""

import json
from collections.abc import Iterator, Sequence

from mt_scanner._engine.plan import Plan, Work
from mt_scanner._engine.seen import Storage
from mt_scanner._types.contract import Budget


def request(plan: Plan, root: str, work: Sequence[Work], budget: Budget, storage: Storage, entered: str) -> str:
    """The request for one step. `entered`: the places that links have led to so far, in the
    component's words.
    """
    text = json.dumps(
        {
            "root": root,
            "entered": entered,
            "budget": budget._asdict(),
            "mode": plan.mode,
            "walking": plan.walking._asdict(),
            "reading": plan.reading._asdict(),
            "deep": bool(plan.sync and plan.sync.deep),
        }
    )
    return f'{text[:-1]}, "work": [{", ".join(completed(plan, root, work, budget.items, storage))}]}}'


def completed(plan: Plan, root: str, work: Sequence[Work], items: int, storage: Storage) -> Iterator[str]:
    """Work as JSON, with the facts that the component cannot see by itself, of `items` files at
    most.
    """
    asked = [(item["folder"], item.get("after")) for item in work if is_compared(plan, item)]
    known = iter(plan.sync.known(root, asked) if plan.sync and asked else ())
    looks = plan.mode in ("tracks", "sync")
    looked_at = [item for item in work if looks and is_read(item)]
    seen_of = iter(storage.seen(root, looked_at, items) if looked_at else ())
    for item in work:
        if looks and is_read(item):
            yield json.dumps({**item, "seen": next(seen_of)})
        elif is_compared(plan, item):
            yield f'{json.dumps(item)[:-1]}, "known": {next(known)}}}'
        else:
            yield json.dumps(item)


def is_read(item: Work) -> bool:
    """Whether the item is files to read. A link that was held back is none yet."""
    return item["files"] is not None and not item.get("held")


def is_compared(plan: Plan, item: Work) -> bool:
    """Whether the item is a folder that is to be compared with what the library knows of it."""
    return plan.sync is not None and item["files"] is None and "known" not in item and "unless_mtime_ns" not in item
