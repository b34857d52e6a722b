"""Files that are whole or not there, and that a power cut does not take once they are written."""

import errno
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

# How a file ends that is being written. One that was left behind by a killed process stays so.
DRAFT = ".part"
# No room left on the disk, in one's quota, or under one's limit.
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def write(path: Path, pieces: Iterable[bytes], mode: int = 0o666) -> None:
    """Puts these bytes into a file of this name, on the disk before it returns; raises OSError.

    Nobody ever sees a part of them there, whoever ends this process and whenever.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}{DRAFT}")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(draft, flags, mode), "wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(folder: Path) -> None:
    """Makes sure that a power cut does not take the names of files out of their folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def full() -> OSError:
    """What a file says on a full disk, for a database that has words of its own for it."""
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def is_full(error: BaseException | None) -> bool:
    """Whether something failed because there is no room left, be it a file or a database."""
    if isinstance(error, OSError):
        return error.errno in _FULL or (error.errno is None and is_full(error.__cause__))
    # SQLite has its own words for it, and others for the file beside its log; 53100 is PostgreSQL's
    # disk_full.
    return ("database or disk is full" in str(error) or getattr(error, "sqlstate", "") == "53100"
            or getattr(error, "sqlite_errorname", "") == "SQLITE_IOERR_SHMSIZE")
