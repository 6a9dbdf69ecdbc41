"""What another thread may say to a sync: to stop, to rest, to go on."""

import threading

LOOKING = 0.05
"""How often a sync that rests looks up, in s."""


class Control:
    """The wishes of others for a sync that is under way. Any thread may call it."""

    def __init__(self, stopped: threading.Event) -> None:
        self._stopped = stopped
        self._going = threading.Event()
        self._going.set()

    @property
    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    @property
    def is_paused(self) -> bool:
        return not self._going.is_set()

    def stop(self) -> None:
        self._stopped.set()

    def pause(self) -> None:
        self._going.clear()

    def resume(self) -> None:
        self._going.set()

    def rest(self) -> None:
        """Waits until it is resumed, for `LOOKING` at most."""
        self._going.wait(LOOKING)
