"""What is counted: a name, and a series of cells for each combination of its labels."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Protocol

from app.metrics.exposition import Family, labelled

# In seconds.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Values(Protocol):
    """Numbers by their place."""

    def __getitem__(self, at: int) -> float: ...
    def __setitem__(self, at: int, value: float) -> None: ...


class Store(Protocol):
    """Where the cells are, and who may write them at the moment."""

    lock: Lock
    cells: Values

    def place(self, kind: str, number: int, name: str) -> int:
        """Where the cells of a series begin."""
        ...


class Measure:
    """One name, with what it says."""

    kind = "counter"
    width = 1
    bounds: Sequence[float] = ()

    def __init__(self, store: Store, name: str, says: str, labels: Sequence[str]) -> None:
        self._store, self.name, self._says, self._labels = store, name, says, labels
        self._places: dict[tuple[str, ...], int] = {}

    def _place(self, values: tuple[str, ...]) -> int:
        series = self.name + labelled(dict(zip(self._labels, values, strict=True)))
        at = self._places[values] = self._store.place(self.kind, self.width, series)
        return at

    def family(self, totals: Mapping[str, Sequence[float]]) -> Family:
        """What it amounts to, of the values of all series."""
        found = Family(self.name, self.kind, self._says, bounds=self.bounds)
        for series, values in totals.items():
            name, brace, labels = series.partition("{")
            # A process of an older version may have counted otherwise.
            if name == self.name and len(values) == self.width:
                found.samples[brace + labels] = values
        return found


class Counter(Measure):
    """What only grows."""

    def add(self, *values: str, number: float = 1) -> None:
        """Counts one more, or `number`, under these values of the labels."""
        at = self._places.get(values)
        if at is None:
            at = self._place(values)
        with self._store.lock:
            self._store.cells[at] += number


class Gauge(Measure):
    """What goes up and down."""

    kind = "gauge"

    def set(self, value: float, *values: str) -> None:
        """Says how much it is now, in this process."""
        at = self._places.get(values)
        if at is None:
            at = self._place(values)
        with self._store.lock:
            self._store.cells[at] = value


class Histogram(Measure):
    """Seconds, and how many took how long."""

    kind = "histogram"
    bounds = BOUNDS
    width = len(BOUNDS) + 2

    def add(self, seconds: float, *values: str) -> None:
        """Notes how long one took."""
        at = self._places.get(values)
        if at is None:
            at = self._place(values)
        with self._store.lock:
            self._store.cells[at + bisect_left(BOUNDS, seconds)] += 1
            self._store.cells[at + len(BOUNDS) + 1] += seconds
