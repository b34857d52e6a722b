"""Places for those who work at once: one, and another for each who takes long.

Threads of one process take turns at the interpreter, and each change of turns costs: two requests
at once take more than two after each other. Only whoever waits for something lets another work
meanwhile, and nobody can tell beforehand who will.
"""

from threading import Condition, Lock, Thread, get_ident
from time import monotonic

# Seconds after which whoever works is taken for somebody who waits.
SLOW = 0.01


class Places:
    """At most `most` places for threads; free is one that is needed beside none but slow ones."""

    def __init__(self, most: int, slow: float = SLOW) -> None:
        self._most, self._slow = most, slow
        lock = Lock()
        self._free, self._wanted = Condition(lock), Condition(lock)
        # Since when each thread that works does, by its number, and how many wait.
        self._since: dict[int, float] = {}
        self._waiting = 0
        self._watch: Thread | None = None

    def acquire(self, timeout: float | None = None) -> bool:
        """Takes a place; False if there was none for so many seconds."""
        with self._free:
            if not self._is_free() and not self._wait(timeout):
                return False
            self._since[get_ident()] = monotonic()
            return True

    def release(self) -> None:
        """Gives the place of this thread back."""
        with self._free:
            del self._since[get_ident()]
            self._free.notify()

    def _is_free(self) -> bool:
        slow = monotonic() - self._slow
        return len(self._since) < self._most and all(
            since <= slow for since in self._since.values())

    def _wait(self, timeout: float | None) -> bool:
        self._waiting += 1
        if self._watch is None:
            self._watch = Thread(target=self._look, daemon=True)
            self._watch.start()
        if self._waiting == 1:
            self._wanted.notify()
        try:
            return self._free.wait_for(self._is_free, timeout)
        finally:
            self._waiting -= 1

    def _look(self) -> None:
        """Tells one of those who wait when others have become slow, for as long as anybody waits.
        """
        with self._wanted:
            while True:
                self._wanted.wait_for(lambda: self._waiting)
                self._wanted.wait(self._slow)
                if self._is_free():
                    self._free.notify()
