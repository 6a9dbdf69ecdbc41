"""The priority of a thread."""

import os
import sys
import threading
from contextlib import suppress

NICENESS = 10
"""The niceness of threads that work for later, as nice(1) gives it. Linux derives the priority of
their reads from it, as ioprio_set(2) says.
"""


def lower() -> None:
    """Lets the threads of everybody else go first, where the system knows of the priority of a single
    thread: on Linux. The thread keeps it to its end.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):
            # A sandbox may forbid it.
            os.setpriority(os.PRIO_PROCESS, thread, max(NICENESS, os.getpriority(os.PRIO_PROCESS, thread)))
