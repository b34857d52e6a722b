"""Uploaded files: those that are missing or cut short, and those that nobody knows."""

from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from app.media import Media
from app.operations.doctor.finding import Finding, Patient, counted, ok, warning, wrong

# The newest rows, and any files; all of them if asked for.
SAMPLE = 1_000
NAMED = 3


def look(patient: Patient) -> Iterator[Finding]:
    """Rows without files, files without rows."""
    if "://" in patient.settings.media_url:
        yield ok("Media is kept elsewhere than on this machine, which is not looked at.")
        return
    folder = patient.settings.media
    with patient.engine.connect() as connection:
        most = sa.select(Media.name, Media.size).order_by(Media.id.desc())
        rows = connection.execute(most if patient.full else most.limit(SAMPLE)).all()
        lost = [name for name, size in rows if not _is_whole(folder / name, size)]
        strays = [each for each in _files(folder, patient.full)
                  if connection.scalar(sa.select(Media.id).where(Media.name == each)) is None]
    if lost:
        yield wrong(f"{counted(len(lost), 'file')} missing or cut short in {folder}:"
                    f" {_some(lost)}.",
                    "Bring them back from a backup, with `lectern restore` or by hand.")
    if strays:
        yield warning(f"{counted(len(strays), 'file')} in {folder} belong to nothing:"
                      f" {_some(strays)}.", "Once a backup has them, they can be deleted.")
    if not lost:
        all_of = "" if patient.full or len(rows) < SAMPLE else " of the newest (--full for all)"
        yield ok(f"{counted(len(rows), 'file')}{all_of} in place.")


def _is_whole(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _files(folder: Path, full: bool) -> list[str]:
    if not folder.is_dir():
        return []
    found: list[str] = []
    for each in folder.iterdir():
        if each.is_file() and not full and len(found) == SAMPLE:
            break
        if each.is_file():
            found.append(each.name)
    return found


def _some(names: list[str]) -> str:
    rest = len(names) - NAMED
    return ", ".join(sorted(names)[:NAMED]) + (f" and {rest:,} more" if rest > 0 else "")
