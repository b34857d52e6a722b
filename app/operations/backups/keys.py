"""The secret key of a backup, and how it becomes that of the site."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from app import disk
from app.operations.backups.manifest import KEY
from app.operations.backups.reading import Backup

# In bytes.
LONGEST = 4_096


@contextmanager
def ready(key: Path | None, backup: Backup, now: datetime, *, keep: bool
          ) -> Iterator[Callable[[], bool]]:
    """The last step: makes the key of the backup that in the file `key`, and says whether it is
    another. All that can fail, such as a full disk, does so here and leaves what was there; the
    site's own is kept aside if it is to `keep`. Raises OSError.
    """
    ours, theirs = key.read_bytes() if key and key.exists() else b"", _of(backup)
    if key is None or theirs in {b"", ours}:
        yield lambda: False
        return
    draft = key.with_name(f".{key.name}.restored")
    aside = key.with_name(f"{key.name}-before-{now:%Y%m%d-%H%M%S}")

    def put_in_place() -> bool:
        draft.replace(key)
        disk.sync(key.parent)
        return True

    try:
        disk.write(draft, [theirs], 0o600)
        if keep:
            disk.write(aside, [ours], 0o600)
        yield put_in_place
    # Whoever interrupts it may do so when ours is nowhere else any more.
    except Exception:
        for each in (draft, aside):
            each.unlink(missing_ok=True)
        raise


def _of(backup: Backup) -> bytes:
    member = backup.manifest.members.get(KEY)
    return b"".join(backup.pieces(KEY)) if member and member.size <= LONGEST else b""
