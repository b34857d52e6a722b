"""Places for those who work at once: one, and another each time that all who work take long.

Threads of one process take turns at the interpreter, and each change of turns costs: two requests
at once take more than two after each other. Only whoever waits for something lets another work
meanwhile, and nobody can tell beforehand who will.
"""

from threading import Condition
from time import monotonic

# Seconds after which whoever came last is taken for somebody who waits.
SLOW = 0.005


class Places:
    """At most `most` places, handed out one at a time, and faster only if they are kept long."""

    def __init__(self, most: int, slow: float = SLOW) -> None:
        self._most, self._slow = most, slow
        self._change = Condition()
        self._taken, self._last, self._watched = 0, 0.0, False

    def acquire(self, timeout: float | None = None) -> bool:
        """Takes a place; False if there was none for so many seconds."""
        end = None if timeout is None else monotonic() + timeout
        with self._change:
            taken = self._wait(end)
            # One of those who wait looks at the clock; whoever leaves them sees that one does.
            if not self._watched:
                self._change.notify()
            return taken

    def release(self) -> None:
        """Gives a place back."""
        with self._change:
            self._taken -= 1
            self._change.notify()

    def _wait(self, end: float | None) -> bool:
        while not self._is_open(now := monotonic()):
            left = None if end is None else end - now
            if left is not None and left <= 0:
                return False
            if self._watched or self._taken >= self._most:
                self._change.wait(left)
            else:
                self._watch(self._last + self._slow - now, left)
        self._taken, self._last = self._taken + 1, now
        return True

    def _is_open(self, now: float) -> bool:
        return not self._taken or (self._taken < self._most and now >= self._last + self._slow)

    def _watch(self, until_slow: float, left: float | None) -> None:
        self._watched = True
        try:
            self._change.wait(until_slow if left is None else min(left, until_slow))
        finally:
            self._watched = False
