"""Cells of memory with names, in a file that one process writes and any other reads.

A file begins with CELLS doubles, the first of which says how many bytes of names follow them. A
line of the names says what the next cells are: their kind, their number, the series.
"""

import fcntl
import mmap
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import NamedTuple

CELLS, NAMES = 8_192, 192 * 1024
SIZE = CELLS * 8 + NAMES
SUFFIX = ".cells"
# The first one with a name; those before it hold the length of the names, and what nobody reads.
FIRST = 32


class Series(NamedTuple):
    """Some cells: what they are, and what stands in them."""

    kind: str
    name: str
    values: list[float]


class Cells:
    """The cells that this process writes."""

    def __init__(self, folder: Path | None) -> None:
        """In a file in `folder`; in memory of our own if there is none or no file can be made."""
        self.path: Path | None = None
        mapped = self._map(folder) if folder else None
        self.buffer = bytearray(SIZE) if mapped is None else mapped
        view = memoryview(self.buffer)
        self.values, self._names = view[:CELLS * 8].cast("d"), view[CELLS * 8:]

    def _map(self, folder: Path) -> mmap.mmap | None:
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            with alone(folder, fcntl.LOCK_EX):
                file, name = mkstemp(SUFFIX, dir=folder)
                self._close = weakref.finalize(self, os.close, file)
                try:
                    # Held as long as we live.
                    fcntl.flock(file, fcntl.LOCK_EX)
                    # Now, not when it is written to: on a full disk that would end the process.
                    os.posix_fallocate(file, 0, SIZE)
                    mapped = mmap.mmap(file, SIZE)
                    self.path = Path(name)
                    return mapped
                except OSError:
                    os.unlink(name)
        return None

    def let_go(self) -> None:
        """In a child that was forked: the file stays its parent's."""
        if self.path:
            self._close()

    def name(self, kind: str, number: int, series: str, at: int) -> bool:
        """Says what the cells from `at` on are; False if there is no room for them."""
        line, used = f"{kind} {number} {series}\n".encode(), int(self.values[0])
        if at + number > CELLS or used + len(line) > NAMES:
            return False
        self._names[used:used + len(line)] = line
        self.values[0] = used + len(line)
        return True


def read(data: bytes) -> list[Series]:
    """What stands in a file. Of one that is no such file, or that a power cut tore, nothing."""
    if len(data) != SIZE:
        return []
    try:
        return list(_read(data))
    # What says how long the names are may have come to the disk without them.
    except (ValueError, OverflowError):
        return []


def _read(data: bytes) -> Iterator[Series]:
    values, at = memoryview(data)[:CELLS * 8].cast("d"), FIRST
    names = data[CELLS * 8:CELLS * 8 + int(values[0])].decode()
    for line in names.splitlines():
        kind, number, series = line.split(" ", 2)
        yield Series(kind, series, list(values[at:at + int(number)]))
        at += int(number)


@contextmanager
def others(folder: Path | None, ours: Path | None,
           taking: bool = False) -> Iterator[list[tuple[Path, bool]]]:
    """The files of other processes, and whether each of these has ended.

    Nobody takes one over while somebody adds them all up. Raises OSError.
    """
    if folder is None or ours is None:
        yield []
        return
    with alone(folder, fcntl.LOCK_EX if taking else fcntl.LOCK_SH):
        yield [(each, _has_ended(each)) for each in sorted(folder.glob(f"*{SUFFIX}"))
               if each != ours]


@contextmanager
def alone(folder: Path, how: int) -> Iterator[None]:
    """While this lasts, files in a folder are not taken over, and with LOCK_EX not read either."""
    file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, how)
        yield
    finally:
        os.close(file)


def _has_ended(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
