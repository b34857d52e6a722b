"""Files in a directory of this machine."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from secrets import token_hex
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
            disk.write(path, iter(partial(stream.read, PIECE), b""))

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

    def uses(self, name: str, size: int) -> bool:
        """Whether it is there; from now on it is in use."""
        path = self.path / checked(name)
        with self._told():
            try:
                there = path.stat().st_size == size
                os.utime(path)
            except FileNotFoundError:
                return False
            return there

    def unused(self, before: datetime) -> Iterator[str]:
        """Old files, and drafts of a process that was killed."""
        with self._told():
            if self.path.is_dir():
                yield from (each.name for each in os.scandir(self.path)
                            if _is_old(self.path / each.name, before))

    def delete(self, name: str, before: datetime) -> bool:
        """Forgets it. Whoever puts the same meanwhile finds it gone, or has marked it as used."""
        path = self.path / name
        aside = path.with_name(f".{token_hex(6)}{disk.DRAFT}")
        with self._told():
            try:
                path.rename(aside)
            except FileNotFoundError:
                return False
            if not _is_old(aside, before):
                aside.rename(path)
                return False
            aside.unlink()
            return True

    def names(self) -> Iterator[str]:
        """All files; none while there is no directory yet."""
        with self._told():
            if self.path.is_dir():
                yield from (each.name for each in os.scandir(self.path)
                            if each.is_file() and not each.name.endswith(disk.DRAFT))

    def room(self) -> float:
        """What the disk has left."""
        with self._told():
            self.path.mkdir(parents=True, exist_ok=True)
            return shutil.disk_usage(self.path).free

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
            if disk.is_full(error):
                raise
            raise StoreFailed(f"The media directory {self.path} cannot be used"
                              f" ({error.strerror}).") from error


def _is_old(path: Path, before: datetime) -> bool:
    try:
        return path.is_file() and path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False
