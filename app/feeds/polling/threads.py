"""Threads that wait for other people's servers, and for which nobody has to wait in turn.

They are daemons, unlike those of `concurrent.futures`: a worker that is told to end ends, whatever
some server is still thinking about.
"""

from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Crew(Generic[T]):
    """Work that was begun, and what came of it in the order in which it ends."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._done: SimpleQueue[T | BaseException] = SimpleQueue()
        self.busy = 0

    def start(self, work: Callable[[], T]) -> None:
        """Begins this in a thread of its own."""
        self.busy += 1
        Thread(target=self._run, args=(work,), name=self._name, daemon=True).start()

    def finished(self, seconds: float | None = None) -> list[T]:
        """All that has ended; if nothing has yet, waits for the first, at most for so long.

        Raises what the work raised.
        """
        ended: list[T | BaseException] = []
        try:
            ended.append(self._done.get(timeout=seconds))
            while True:
                ended.append(self._done.get_nowait())
        except Empty:
            self.busy -= len(ended)
        return [_result(each) for each in ended]

    def _run(self, work: Callable[[], T]) -> None:
        try:
            self._done.put(work())
        except BaseException as error:
            self._done.put(error)


def all_of(works: Iterable[Callable[[], T]], at_once: int, name: str) -> list[T]:
    """The results of all these, at most `at_once` at a time, in the order in which they end."""
    crew: Crew[T] = Crew(name)
    results: list[T] = []
    for work in works:
        if crew.busy >= at_once:
            results += crew.finished()
        crew.start(work)
    while crew.busy:
        results += crew.finished()
    return results


def _result(ended: T | BaseException) -> T:
    if isinstance(ended, BaseException):
        raise ended
    return ended
