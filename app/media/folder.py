"""Files in a directory of this machine."""

import os
from collections.abc import Iterator, Set
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from app import disk
from app.media.store import Missing, StoreFailed, checked

PIECE = 1024 * 1024


class Folder:
    """A store in a directory, which is made when something is put into it."""

    origin = ""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, name: str, stream: BinaryIO) -> None:
        """Keeps a file; it has its name only when all of it is on the disk."""
        path = self.path / checked(name)
        with self._told():
            self.path.mkdir(parents=True, exist_ok=True)
            disk.write(path, iter(lambda: stream.read(PIECE), b""))

    def renew(self, name: str, size: int) -> bool:
        """Whether it is there, with the time of now."""
        path = self.path / checked(name)
        with self._told():
            try:
                os.utime(path)
                return path.stat().st_size == size
            except FileNotFoundError:
                return False

    def forget(self, kept: Set[str], before: datetime) -> int:
        """Deletes what is older and not kept."""
        with self._told():
            old = [path for path in self.path.glob("*") if path.name not in kept
                   and _is_old(path, before)]
            return sum(_delete(path, before) for path in old)

    def open(self, name: str) -> BinaryIO:
        """The file."""
        with self._told():
            try:
                return (self.path / checked(name)).open("rb")
            except FileNotFoundError:
                raise Missing(name) from None

    def size(self, name: str) -> int | None:
        """Its length."""
        with self._told():
            try:
                return (self.path / checked(name)).stat().st_size
            except FileNotFoundError:
                return None

    def delete(self, name: str) -> None:
        """Forgets it."""
        with self._told():
            (self.path / checked(name)).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        """All files; none while there is no directory yet."""
        with self._told():
            if self.path.is_dir():
                yield from (each.name for each in os.scandir(self.path)
                            if each.is_file() and not each.name.endswith(disk.DRAFT))

    def address(self, name: str) -> str | None:
        """Nowhere: the site sends it."""
        return None

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except StoreFailed:
            raise
        except OSError as error:
            raise StoreFailed(f"The media directory {self.path} cannot be used"
                              f" ({error.strerror}).") from error


def _is_old(path: Path, before: datetime) -> bool:
    try:
        return path.is_file() and path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _delete(path: Path, before: datetime) -> bool:
    # Whoever puts the same at this moment either finds it gone, or has renewed it.
    aside = path.with_name(f".{path.name}.old{disk.DRAFT}")
    path.rename(aside)
    if not _is_old(aside, before):
        aside.rename(path)
        return False
    aside.unlink()
    return True
