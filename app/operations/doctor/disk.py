"""The disk: room, and directories that can be written to; how old the newest backup is."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from app.operations.backups.manifest import BadBackup
from app.operations.backups.reading import Backup
from app.operations.doctor.finding import Finding, Patient, lasting, ok, warning, wrong

# Bytes that must be free: below the first nothing can be promised, below the second soon not.
LEAST, LITTLE = 200 * 2**20, 2**30
OLD_SECONDS = 2 * 86_400


def look(patient: Patient) -> Iterator[Finding]:
    """Data, media and backups."""
    settings = patient.settings
    places = {"data": settings.data}
    if "://" not in settings.media_url:
        places["media"] = settings.media
    backups = settings.data / "backups"
    if backups.is_dir():
        places["backups"] = backups
    for name, path in places.items():
        yield from _writable(name, path)
    yield from _room(places)
    yield _newest(backups, patient.now.timestamp())


def _writable(name: str, path: Path) -> Iterator[Finding]:
    there = next(each for each in (path.absolute(), *path.absolute().parents) if each.exists())
    if not path.exists() and name == "data":
        yield wrong(f"The directory {path} does not exist.",
                    "Set LECTERN_DATA to where the data is, or make it.")
    elif not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
        yield wrong(f"The directory of {name}, {path}, cannot be written to.",
                    f"Give it to the user that runs Lectern: chown lectern {there}")


def _room(places: dict[str, Path]) -> Iterator[Finding]:
    seen: set[int] = set()
    for name, path in places.items():
        there = next(each for each in (path.absolute(), *path.absolute().parents) if each.exists())
        if (device := there.stat().st_dev) in seen:
            continue
        seen.add(device)
        yield _free(name, there, shutil.disk_usage(there).free)


def _free(name: str, path: Path, free: int) -> Finding:
    says = f"{free / 2**30:,.1f} GB are free where {name} is kept ({path})."
    if free < LEAST:
        return wrong(says, "Make room now: on a full disk nothing more is taken.")
    if free < LITTLE:
        return warning(says, "Make room, or move LECTERN_DATA to a larger disk.")
    return ok(says)


def _newest(folder: Path, now: float) -> Finding:
    # Newest first. Whatever else lies there is no comfort: half of one, or somebody's notes.
    times = sorted(((each.stat().st_mtime, each) for each in folder.glob("*") if each.is_file()),
                   reverse=True)
    newest = next((time for time, each in times if _is_backup(each)), None)
    do = f"Run `lectern backup {folder}/NAME`, or let deploy/lectern-backup.timer do it."
    if newest is None:
        return warning(f"No backup lies in {folder}.", f"{do} If you keep them elsewhere, good.")
    age = now - newest
    if age > OLD_SECONDS:
        return warning(f"The newest backup in {folder} is {lasting(age)} old.", do)
    return ok(f"The newest backup is {lasting(max(age, 0))} old.")


def _is_backup(path: Path) -> bool:
    try:
        with Backup(path):
            return True
    except BadBackup:
        return False
