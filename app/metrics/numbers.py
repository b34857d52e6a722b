"""The numbers of one application, added up over all of its processes."""

import os
import socket
import time
import weakref
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TypeVar

from app.metrics.cells import FIRST, Cells, Series, others, read
from app.metrics.exposition import Family, labelled
from app.metrics.measures import Counter, Gauge, Histogram, Measure, Values

# A cell that nobody reads, for series that there is no room for.
SPARE = 1
Some = TypeVar("Some", bound=Measure)
STARTED = "lectern_process_start_time_seconds"


class Numbers:
    """The numbers that this process writes, and all that the processes of this machine wrote."""

    def __init__(self, folder: Path | None = None) -> None:
        """In files in `folder`; without one, or on a disk that takes none, known here alone."""
        self._folder = folder
        self._series: list[Series] = []
        self._at: dict[str, int] = {}
        self._measures: list[Measure] = []
        self._began = Measure(self, STARTED, "When each process began, in seconds since 1970.", ())
        self._began.kind = "gauge"
        self._ours: Cells | None = None
        self.cells: Values
        self._forget()
        _known.add(self)

    def _forget(self) -> None:
        # No file is made before something is counted: most commands count nothing.
        self.lock, self.cells = Lock(), _Unopened(self)
        self._ours = None

    def after_fork(self) -> None:
        """In a child: its numbers begin at 0, in a file of its own once it counts something."""
        if self._ours:
            self._ours.let_go()
        self._forget()

    def open(self) -> Cells:
        """This process's cells; call it with the lock."""
        if self._ours is None:
            ours = self._ours = Cells(self._folder)
            self.cells = ours.values
            process = labelled({"process": f"{socket.gethostname()}-{os.getpid()}"})
            ours.name("gauge", 1, STARTED + process, FIRST)
            self.cells[FIRST] = time.time()
            # What a parent knew stands in its child where it stood before.
            for kind, name, values in self._series:
                ours.name(kind, len(values), name, self._at[name])
            self._take_over(ours)
        return self._ours

    def place(self, kind: str, number: int, name: str) -> int:
        """Where the cells of a series begin."""
        with self.lock:
            return self._place(self.open(), kind, number, name)

    def _place(self, ours: Cells, kind: str, number: int, name: str) -> int:
        if name not in self._at:
            at = FIRST + 1 + sum(len(each.values) for each in self._series)
            if not ours.name(kind, number, name, at):
                return SPARE
            self._at[name] = at
            self._series.append(Series(kind, name, [0.0] * number))
        return self._at[name]

    def _take_over(self, ours: Cells) -> None:
        """Adds to ours what processes counted that have ended, and removes their files."""
        with suppress(OSError), others(self._folder, ours.path, taking=True) as files:
            for path in (path for path, has_ended in files if has_ended):
                left = read(path.read_bytes())
                path.unlink()
                for kind, name, values in left:
                    if kind != "gauge" and (at := self._place(ours, kind, len(values), name)):
                        for offset, value in enumerate(values if at != SPARE else ()):
                            self.cells[at + offset] += value

    def families(self) -> list[Family]:
        """All that was counted, by all processes; gauges of those that live, summed."""
        totals: dict[str, list[float]] = {}
        for _kind, name, values in self._everywhere():
            known = totals.setdefault(name, [0.0] * len(values))
            if len(known) == len(values):
                totals[name] = [a + b for a, b in zip(known, values, strict=True)]
        return [each.family(totals) for each in (self._began, *self._measures)]

    def _everywhere(self) -> Iterator[Series]:
        with self.lock:
            ours = self.open()
        with suppress(OSError), others(self._folder, ours.path) as files:
            for path, has_ended in files:
                yield from (each for each in read(path.read_bytes())
                            if not (has_ended and each.kind == "gauge"))
        yield from read(bytes(ours.buffer))

    def counter(self, name: str, says: str, *labels: str) -> Counter:
        """What only grows."""
        return self._measure(Counter(self, name, says, labels))

    def gauge(self, name: str, says: str, *labels: str) -> Gauge:
        """What goes up and down."""
        return self._measure(Gauge(self, name, says, labels))

    def histogram(self, name: str, says: str, *labels: str) -> Histogram:
        """Seconds, and how many took how long."""
        return self._measure(Histogram(self, name, says, labels))

    def _measure(self, measure: Some) -> Some:
        self._measures.append(measure)
        return measure


class _Unopened:
    """Stands for the cells until the first of them is used."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def __getitem__(self, at: int) -> float:
        return self._numbers.open().values[at]

    def __setitem__(self, at: int, value: float) -> None:
        self._numbers.open().values[at] = value


_known: weakref.WeakSet[Numbers] = weakref.WeakSet()


def _after_fork() -> None:
    for numbers in _known:
        numbers.after_fork()


os.register_at_fork(after_in_child=_after_fork)
