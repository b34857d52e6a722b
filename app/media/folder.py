"""Files in a directory of this machine."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from app.media.store import Missing, StoreFailed, checked

DRAFT = ".part"


class Folder:
    """A store in a directory, which is made when something is put into it."""

    origin = ""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, name: str, stream: BinaryIO) -> None:
        """Keeps a file; it has its name only when all of it is on the disk."""
        path = self.path / checked(name)
        draft = path.with_name(f"{path.name}.{token_hex(6)}{DRAFT}")
        with self._told(), _cleared(draft):
            self.path.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                shutil.copyfileobj(stream, file)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
            _sync(self.path)

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
                            if each.is_file() and not each.name.endswith(DRAFT))

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


@contextmanager
def _cleared(draft: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    # A new name is on the disk only when its directory is.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
