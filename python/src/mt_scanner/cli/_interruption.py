"""Ctrl-C. Imports nothing: it may come before anything else is there."""

# Type checkers know the name; `typing` takes longer to import than all that is in here.
TYPE_CHECKING = False

if TYPE_CHECKING:
    import sys
    import threading
    from types import FrameType

INTERRUPTED = 130
AGAIN = 0.01
"""Time after which an interruption that was lost comes again, in s."""


class Interruption:
    """Takes Ctrl-C while a command runs: `with ctrl_c: ...`.

    The first one raises `KeyboardInterrupt`, or sets an event. A second one ends the process at
    once: what was written to a library is true at any time.
    """

    def __init__(self) -> None:
        self._asked = False
        self._stop: threading.Event | None = None

    def __enter__(self) -> "Interruption":
        import signal
        import threading

        self._asked = False
        # Whoever ignores the signal, as shells do in the background, goes on ignoring it. Python
        # tells of signals in its first thread alone.
        is_first = threading.current_thread() is threading.main_thread()
        self._is_taken = is_first and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._is_taken:
            signal.signal(signal.SIGINT, self._take)
        return self

    def __exit__(self, *_: object) -> None:
        import signal

        self._stop = None
        if self._is_taken:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def sets(self, stop: "threading.Event") -> None:
        """From now on the first Ctrl-C sets `stop`, for work that ends by itself then."""
        self._stop = stop

    def lost(self, unraisable: "sys.UnraisableHookArgs") -> None:
        """A hook for exceptions that Python drops, of callbacks of weak references for one. Ctrl-C
        must not be lost so: it comes again.
        """
        import sys

        if not issubclass(unraisable.exc_type, KeyboardInterrupt):
            sys.__unraisablehook__(unraisable)
            return
        import threading

        self._asked = False
        timer = threading.Timer(AGAIN, interrupt)
        timer.daemon = True
        timer.start()

    def _take(self, number: int, frame: "FrameType | None") -> None:
        if self._asked:
            import os

            os._exit(INTERRUPTED)
        self._asked = True
        if self._stop is None:
            raise KeyboardInterrupt
        self._stop.set()


def interrupt() -> None:
    """Ctrl-C for this process, whichever thread asks."""
    import _thread
    import signal
    import threading

    first = threading.main_thread().ident
    if first is not None and hasattr(signal, "pthread_kill") and callable(signal.getsignal(signal.SIGINT)):
        # A true signal ends a call of the system that waits. Python's own interruption comes behind
        # it.
        signal.pthread_kill(first, signal.SIGINT)
    else:
        _thread.interrupt_main()


ctrl_c = Interruption()
"""A process has one."""
