"""Signs of life of a thread, seen from others."""

import sys
import threading
import time

if sys.platform == "linux":

    def own_clock() -> int:
        """The clock of the processor time of the calling thread, for any thread to read."""
        return time.pthread_getcpuclockid(threading.get_ident())

    def reading(clock: int) -> int | None:
        """The time of such a clock in ns; `None` once its thread has ended."""
        try:
            return time.clock_gettime_ns(clock)
        except OSError:
            return None
else:

    def own_clock() -> int:
        """No clock: the system has none that others may read."""
        return 0

    def reading(_clock: int) -> int | None:
        """Nothing."""
        return None


class Life:
    """The life of the thread that makes it. A call of the system that returns costs the thread
    processor time, and a call that hangs costs none.
    """

    def __init__(self) -> None:
        self._clock = own_clock()
        self._used: int | None = None

    def shows(self) -> bool:
        """Whether the thread has done anything since this was asked last; false where the system does
        not tell.
        """
        before, self._used = self._used, reading(self._clock)
        return self._used is not None and self._used != before
