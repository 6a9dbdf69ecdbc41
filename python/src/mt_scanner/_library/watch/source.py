"""Where events come from: watchfiles, a batch at a time."""

import errno
import os
import threading
from collections.abc import Generator

from mt_scanner._library.watch.batch import Event
from mt_scanner._library.watch.eye import Eye
from mt_scanner._types.errors import WatchError

SILENCE = 0.15
"""A batch ends when nothing has happened for this long, or twice as long, in s."""
LONGEST = 2.0
"""It ends so long after its first event, at the latest."""
QUEUE = "/proc/sys/fs/inotify/max_queued_events"
MISSING = "watching takes the package watchfiles: `pip install watchfiles`; or use poll=True (--poll)"

Events = set[Event]


class Source:
    """Events of some roots, until `stop` is set."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._watchfiles: Generator[Events, None, None] | None = None
        self._early: Events = set()

    def open(self, eyes: list[Eye]) -> None:
        """Waits for events of these roots and no others, from now on.

        Raises `OSError` or `RuntimeError` if one of them cannot be watched, and `WatchError`
        without watchfiles.
        """
        self.close()
        if not eyes:
            return
        try:
            from watchfiles import watch
        except ImportError as error:
            raise WatchError(MISSING, "") from error
        step = round(1000 * SILENCE)
        watching: Generator[Events, None, None] = watch(  # type: ignore[assignment]
            *(eye.real for eye in eyes),
            watch_filter=None,
            step=step,
            debounce=round(1000 * LONGEST),
            rust_timeout=step,
            yield_on_timeout=True,
            stop_event=self._stop,
            force_polling=False,
            ignore_permission_denied=False,
        )
        # It begins when it is asked for the first time.
        try:
            self._early = next(watching, set())
        except BaseException:
            watching.close()
            raise
        self._watchfiles = watching

    def wait(self, seconds: float) -> Events:
        """A batch of events; none from time to time, and after `seconds` where no root tells of
        any.

        Raises `OSError` or `RuntimeError` if there will be no more.
        """
        early, self._early = self._early, set()
        if early:
            return early
        if self._watchfiles is None:
            self._stop.wait(seconds)
            return set()
        return next(self._watchfiles, set())

    def close(self) -> None:
        self._early = set()
        if self._watchfiles is not None:
            self._watchfiles.close()
            self._watchfiles = None


def is_limit(error: BaseException) -> bool:
    """Whether there are too many watches. watchfiles hands on what the crate notify says, or the
    system.
    """
    return "MaxFilesWatch" in str(error) or getattr(error, "errno", None) == errno.ENOSPC


def crowd() -> int:
    """So many events in a batch, or files that were read in one sync, may be more than the system's
    queue has held.
    """
    try:
        with open(QUEUE, encoding="ascii") as queue:
            return int(queue.read()) // 4
    except (OSError, ValueError):
        # The queue of Windows has 16 KiB, in which an event takes some hundred bytes.
        return 1 << 62 if os.name == "posix" else 64
