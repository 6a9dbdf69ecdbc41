"""Events of roots where the system watches whole trees, by watchfiles: FSEvents on macOS,
`ReadDirectoryChangesW` on Windows.
"""

import threading
from collections.abc import Generator

from watchfiles import watch

from mt_scanner._library.watch.batch import LONGEST, SILENCE, Events


class Trees:
    """The watches of some roots."""

    def __init__(self, roots: list[str], stop: threading.Event) -> None:
        """Raises `OSError` or `RuntimeError` if one of them cannot be watched."""
        step = round(1000 * SILENCE)
        self._watching: Generator[Events, None, None] = watch(  # type: ignore[assignment]
            *roots,
            watch_filter=None,
            step=step,
            debounce=round(1000 * LONGEST),
            rust_timeout=step,
            yield_on_timeout=True,
            stop_event=stop,
            force_polling=False,
            ignore_permission_denied=False,
        )
        # It begins when it is asked for the first time.
        try:
            self._early = next(self._watching, set())
        except BaseException:
            self._watching.close()
            raise

    def batch(self) -> Events:
        """Events up to a silence; none if there are none for so long.

        Raises `OSError` or `RuntimeError` if there will be no more.
        """
        early, self._early = self._early, set()
        return early or next(self._watching, set())

    def close(self) -> None:
        self._watching.close()
