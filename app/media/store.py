"""Where files are kept, and what can go wrong with it.

A store holds whole files by name: what was not put to its end is not there. Another store than
those in folder.py and bucket.py needs these methods and no more.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath
from re import fullmatch
from typing import BinaryIO, Protocol

# What this site itself puts into a store; a table of the machine's may know it or not.
TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".webp": "image/webp"}
# One segment of a path that begins with no dot: nothing leads out of a store.
NAME = r"[0-9A-Za-z_-][0-9A-Za-z._-]{0,199}"


class StoreFailed(OSError):
    """The store cannot be used now; the text is one sentence that says why."""


class Missing(LookupError):
    """There is no file of this name."""


class Store(Protocol):
    """Files by name. Every method raises StoreFailed if the store cannot be used, and OSError
    where its disk is full.
    """

    # The origin, beyond our own, from which browsers get what `address` tells; "" if none.
    origin: str

    def put(self, name: str, stream: BinaryIO) -> None:
        """Keeps all that the stream says under a name, in the place of what was there before."""

    def open(self, name: str) -> BinaryIO:
        """The file, to be read from any point and closed. Raises Missing."""

    def size(self, name: str) -> int | None:
        """Its length in bytes, None if it is not there."""

    def uses(self, name: str, size: int) -> bool:
        """Whether it has this file in this length, and will not count it as unused for a while."""

    def unused(self, before: datetime) -> Iterator[str]:
        """The names of files that nobody has put or used since, and of pieces of files."""

    def delete(self, name: str, before: datetime) -> bool:
        """Forgets a file, unless somebody has put or used it since; says whether it is gone."""

    def names(self) -> Iterator[str]:
        """The name of every file, in no particular order."""

    def room(self) -> float:
        """How many more bytes it takes; infinite where nobody says."""

    def address(self, name: str) -> str | None:
        """Where a browser gets the file without us, for some hours at least; None if nowhere."""


def checked(name: str) -> str:
    """The same name. Raises Missing for one that no store gives a file."""
    if not fullmatch(NAME, name):
        raise Missing(name)
    return name


def content_type(name: str) -> str:
    """What a file is, by its name."""
    return TYPES.get(PurePath(name).suffix, "application/octet-stream")
