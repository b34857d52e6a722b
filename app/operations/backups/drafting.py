"""The file that a backup is written to: beside the one that is wanted, until it is whole."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from app import disk
from app.operations.backups.manifest import CannotSave

PRIVATE = 0o600
TAKEN = "{} exists already. Choose another name, or add --replace."
# What file systems say that know no second name for a file: USB sticks, shares of other machines.
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


@contextmanager
def drafted(file: Path, replace: bool) -> Iterator[BinaryIO]:
    """A file beside `file` that takes its name once it is whole and on the disk; raises CannotSave
    or OSError.
    """
    path = file.with_name(f".{file.name}.part")
    # What a killed backup left behind is written over.
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, PRIVATE), "r+b") as draft:
        _lock(draft, path, file)
        try:
            os.fchmod(draft.fileno(), PRIVATE)
            draft.truncate()
            yield draft
            draft.flush()
            os.fsync(draft.fileno())
            _name(path, file, replace)
        except BaseException:
            with suppress(FileNotFoundError):
                path.unlink()
            raise
    disk.sync(file.parent)


def _lock(draft: BinaryIO, path: Path, file: Path) -> None:
    try:
        fcntl.flock(draft, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Another may have ended since it was opened: then this is what they have made, no draft.
        ours = os.path.samestat(os.fstat(draft.fileno()), path.stat())
    except OSError:
        ours = False
    if not ours:
        raise CannotSave(f"Another backup is being written to {file}.")


def _name(path: Path, file: Path, replace: bool) -> None:
    if replace:
        path.replace(file)
        return
    try:
        # Unlike a rename, a link never takes the place of what somebody put there meanwhile.
        os.link(path, file)
    except FileExistsError:
        raise CannotSave(TAKEN.format(file)) from None
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if file.exists():
            raise CannotSave(TAKEN.format(file)) from None
        path.rename(file)
    else:
        path.unlink()
