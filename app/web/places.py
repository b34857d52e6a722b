"""Places for those who work at once: one, and another for each who takes long.

Threads of one process take turns at the interpreter, and each change of turns costs: two requests
at once take more than two after each other. Only whoever waits for something lets another work
meanwhile, and nobody can tell beforehand who will.

Whoever leaves hands the place to the one who has waited longest, so that a thread is woken once and
has what it waited for. Writers wait for each other in the database, so they never have all places:
those who read go on meanwhile.
"""

from collections import deque
from threading import Condition, Lock, Thread, get_ident
from time import monotonic
from typing import NamedTuple

# Seconds after which whoever works is taken for somebody who waits.
SLOW = 0.01


class _Guest(NamedTuple):
    """Somebody who waits: a thread by its number, what opens when the place is theirs, and whether
    they write.
    """

    thread: int
    door: Lock
    writes: bool


class Places:
    """At most `most` places for threads; free is one that is needed beside none but slow ones."""

    def __init__(self, most: int, slow: float = SLOW) -> None:
        self._most, self._slow = most, slow
        self._lock = Lock()
        # Since when each thread that works does, by its number.
        self._since: dict[int, float] = {}
        self._writing: set[int] = set()
        self._line: deque[_Guest] = deque()
        self._wanted = Condition(self._lock)
        self._watch: Thread | None = None

    def acquire(self, timeout: float = -1, *, writes: bool = False) -> bool:
        """Takes a place; False if there was none for so many seconds. `writes` if one may have to
        wait for others who write.
        """
        with self._lock:
            if not self._line and self._is_free(writes):
                self._take(get_ident(), writes)
                return True
            guest = self._stand_in_line(writes)
        if guest.door.acquire(timeout=timeout):
            return True
        with self._lock:
            if guest in self._line:
                self._line.remove(guest)
                return False
            # It was opened in this very moment.
            return True

    def release(self) -> None:
        """Gives the place of this thread back."""
        with self._lock:
            del self._since[get_ident()]
            self._writing.discard(get_ident())
            self._let_in()

    def _is_free(self, writes: bool) -> bool:
        if not self._since:
            return True
        if len(self._since) >= self._most or (writes and len(self._writing) >= self._most - 1):
            return False
        slow = monotonic() - self._slow
        return all(since <= slow for since in self._since.values())

    def _take(self, thread: int, writes: bool) -> None:
        self._since[thread] = monotonic()
        if writes:
            self._writing.add(thread)

    def _stand_in_line(self, writes: bool) -> _Guest:
        guest = _Guest(get_ident(), Lock(), writes)
        guest.door.acquire()
        self._line.append(guest)
        if self._watch is None:
            self._watch = Thread(target=self._look, daemon=True)
            self._watch.start()
        if len(self._line) == 1:
            self._wanted.notify()
        return guest

    def _let_in(self) -> None:
        # Where there is no place for a reader, there is none for anybody.
        free = self._line if self._line and self._is_free(False) else ()
        if guest := next((each for each in free if self._is_free(each.writes)), None):
            self._line.remove(guest)
            self._take(guest.thread, guest.writes)
            guest.door.release()

    def _look(self) -> None:
        """Lets in one of those who wait when others have become slow, for as long as anybody waits.
        """
        with self._wanted:
            while True:
                self._wanted.wait_for(lambda: self._line)
                self._wanted.wait(self._slow)
                self._let_in()
