"""Where files are kept, and what can go wrong with it.

A store holds whole files by name: what was not put to its end is not there. Another store than
those in folder.py and bucket.py needs these methods and no more.
"""

from collections.abc import Iterator, Set
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
    """Files by name. Every method raises StoreFailed if the store cannot be used."""

    # The origin, beyond our own, from which browsers get what `address` tells; "" if none.
    origin: str

    def put(self, name: str, stream: BinaryIO) -> None:
        """Keeps all that the stream says under a name, in the place of what was there before."""

    def open(self, name: str) -> BinaryIO:
        """The file, to be read from any point and closed. Raises Missing."""

    def renew(self, name: str, size: int) -> bool:
        """Whether a file of this length is there; from now on it counts as put just now."""

    def forget(self, kept: Set[str], before: datetime) -> int:
        """Deletes what was put before that moment, drafts too, but for these names; how many."""

    def size(self, name: str) -> int | None:
        """Its length in bytes, None if it is not there."""

    def delete(self, name: str) -> None:
        """Forgets a file; one that is not there is no mistake."""

    def names(self) -> Iterator[str]:
        """The name of every file, in no particular order."""

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
