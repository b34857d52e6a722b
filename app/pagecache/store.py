"""The pages of one process: by address, within a bound of memory, dropped by their tags."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from threading import Event, Lock

from app.pagecache.changing import EVERYTHING
from app.pagecache.page import Page

Key = tuple[str, str]
# How much of the bound is left in use when it was reached, and how much of it one page may take.
LEFT, LARGEST = 0.9, 0.1


class Flight:
    """One page being made, and what was dropped meanwhile. `page` is what others may have of it."""

    def __init__(self, page: Page | None = None) -> None:
        self.dropped: set[str] = set()
        self.page, self.landed = page, Event()
        if page is not None:
            self.landed.set()


class Pages:
    """Pages by path and query. Whoever wants one that is not there makes it, once for all."""

    def __init__(self, most: int, watch: Callable[[int, int], None] = lambda *_: None) -> None:
        """`most` is in bytes. `watch` is told how many there are, and their size, when it changes.
        """
        self.most, self.size, self._watch = most, 0, watch
        self._pages: dict[Key, Page] = {}
        self._carrying: dict[str, set[Key]] = defaultdict(set)
        self._flights: dict[Key, Flight] = {}
        self._lock = Lock()
        # Without a lock: a lookup in a dictionary is one step.
        self.get = self._pages.get

    def __len__(self) -> int:
        return len(self._pages)

    def take_off(self, key: Key) -> tuple[Flight, bool]:
        """The flight that makes this page, and whether it is the caller who must make it."""
        with self._lock:
            if (page := self._pages.get(key)) is not None:
                return Flight(page), False
            if (flight := self._flights.get(key)) is not None:
                return flight, False
            flight = self._flights[key] = Flight()
            return flight, True

    def board(self, key: Key, patience: float) -> tuple[Flight, bool]:
        """As `take_off`, but of a flight of somebody else's, its end is awaited for so many
        seconds. Where something was dropped meanwhile, one of all who waited makes the page anew.
        """
        flight, ours = self.take_off(key)
        if ours or not flight.landed.wait(patience) or flight.page or not flight.dropped:
            return flight, ours
        flight, ours = self.take_off(key)
        if not ours:
            flight.landed.wait(patience)
        return flight, ours

    def land(self, key: Key, flight: Flight, page: Page | None) -> None:
        """Keeps a page that was made, unless something that it carries was dropped meanwhile."""
        with self._lock:
            del self._flights[key]
            if page is not None and not flight.dropped & {*page.tags, EVERYTHING}:
                flight.page = page
                self._keep(key, page)
                self._watch(len(self._pages), self.size)
        flight.landed.set()

    def _keep(self, key: Key, page: Page) -> None:
        if page.size > self.most * LARGEST:
            return
        self._pages[key] = page
        self.size += page.size
        for tag in page.tags:
            self._carrying[tag].add(key)
        if self.size > self.most:
            self._make_room()

    def _make_room(self) -> None:
        for key in sorted(self._pages, key=lambda each: self._pages[each].used):
            if self.size <= self.most * LEFT:
                return
            self._forget(key)

    def _forget(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page is None:
            return
        self.size -= page.size
        for tag in page.tags:
            self._carrying[tag].discard(key)
            if not self._carrying[tag]:
                del self._carrying[tag]

    def drop(self, tags: Iterable[str]) -> None:
        """Forgets every page that carries one of these tags, also one that is just being made."""
        tags = set(tags)
        with self._lock:
            for flight in self._flights.values():
                flight.dropped |= tags
            keys = set(self._pages) if EVERYTHING in tags else set[Key]().union(
                *(self._carrying.get(tag, ()) for tag in tags))
            for key in keys:
                self._forget(key)
            if keys:
                self._watch(len(self._pages), self.size)
