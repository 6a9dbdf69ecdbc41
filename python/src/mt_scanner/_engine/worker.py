"""A worker: a thread with an instance of its own, which does one load after the other."""

import time
from collections.abc import Callable

from mt_scanner._engine.beneath import list_whole
from mt_scanner._engine.component import Component
from mt_scanner._engine.instance import Ended, Instance
from mt_scanner._engine.life import Life
from mt_scanner._engine.pending import Load
from mt_scanner._engine.plan import Plan
from mt_scanner._engine.request import known, looked_at, request
from mt_scanner._engine.seen import kept
from mt_scanner._engine.suspects import Found


class Worker:
    """What a worker does. `load` is `None` while it is in no step."""

    def __init__(self, component: Component, plan: Plan, others: Callable[[], tuple[str, ...]]) -> None:
        """`others`: the roots whose storage answers."""
        self.load: Load | None = None
        self.dismissed = False
        """Nobody waits for what it brings: it leaves without a word when it comes back."""
        self._component = component
        self._plan = plan
        self._others = others
        # Work that needs more memory becomes a suspect, and has the whole of it then, alone.
        self._usual = plan.limits._replace(memory=plan.limits.memory // 4)
        self._instance: Instance | None = None
        self._of: tuple[str, bool] | None = None
        self._life: Life | None = None

    def lives(self) -> bool:
        """Whether a call of its step has returned since this was asked last, if that shows."""
        return self._life is not None and self._life.shows()

    def work(
        self, take: Callable[["Worker"], Load | None], give: Callable[["Worker", Load, Found | Ended], None]
    ) -> None:
        """Does loads until there are no more, or nobody waits for one."""
        self._life = Life()
        try:
            while (load := take(self)) is not None:
                found = self._step(load)
                if not self.dismissed:
                    give(self, load, found)
        finally:
            self._leave_instance()

    def _step(self, load: Load) -> Found | Ended:
        root = load.pending.root
        facts = known(self._plan, root, load.items)
        load.begin()
        try:
            load.pending.storage.find()
            if load.suspect is not None and load.suspect.is_folder:
                # Wasmtime lists a folder in one call, which takes long for very many names. How
                # long shows before: here each name is a call.
                load.begin(self._plan.limits.seconds)
                since = time.monotonic()
                if list_whole(root, load.suspect.work["folder"], load.lives):
                    load.begin(self._plan.limits.seconds + time.monotonic() - since)
                else:
                    load.begin(load.suspect.seconds(self._plan.limits))
            instance = self._instance_for(load)
            links, storage = load.pending.links, load.pending.storage
            work, seen, left = looked_at(self._plan, load.items, load.budget.items, storage)
            if self.dismissed:
                return {}
            load.begin()
            found = instance.step(request(self._plan, root, work, load.budget, facts, links.entered), load.seconds)
            kept(found.get("work", ()), seen)
            found["work"] = left + found.get("work", [])
            return found
        except Ended as ended:
            self._leave_instance()
            return ended

    def _instance_for(self, load: Load) -> Instance:
        """An instance that sees the root of the load, and others that links of it may lead into, but
        none that hangs: that is no matter to the others.
        """
        of = load.pending.root, load.suspect is not None
        if self._instance is None or self._of != of:
            self._leave_instance()
            limits = self._usual if load.suspect is None else self._plan.limits
            own = load.pending.root
            roots = [own, *(root for root in self._others() if root != own)]
            self._instance, self._of = Instance(self._component, roots, limits), of
        return self._instance

    def _leave_instance(self) -> None:
        if self._instance is not None:
            self._instance.close()
            self._instance = None
