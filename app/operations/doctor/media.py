"""Uploaded files: those that are missing or cut short, and those that nobody knows."""

import os
from collections.abc import Iterator
from itertools import islice

import sqlalchemy as sa

from app.media import Media, open_store
from app.operations.doctor.finding import Finding, Patient, counted, ok, warning, wrong

# The newest rows, and any files; all of them if asked for. A bucket is asked for each file.
SAMPLE, SAMPLE_OF_BUCKET = 1_000, 50
NAMED = 3


def look(patient: Patient) -> Iterator[Finding]:
    """Rows without files, files without rows."""
    store = open_store(patient.settings, os.environ)
    in_bucket = "://" in patient.settings.media_url
    place = "the bucket" if in_bucket else patient.settings.media
    sample = None if patient.full else SAMPLE_OF_BUCKET if in_bucket else SAMPLE
    with patient.engine.connect() as connection:
        newest = sa.select(Media.name, Media.size).order_by(Media.id.desc()).limit(sample)
        rows = connection.execute(newest).all()
        lost = [name for name, size in rows if store.size(name) != size]
        strays = [name for name in islice(store.names(), sample)
                  if connection.scalar(sa.select(Media.id).where(Media.name == name)) is None]
    if lost:
        yield wrong(f"{counted(len(lost), 'file')} missing or cut short in {place}:"
                    f" {_some(lost)}.",
                    "Bring them back from a backup, with `lectern restore` or by hand.")
    if strays:
        yield warning(f"{counted(len(strays), 'file')} in {place} that nothing shows:"
                      f" {_some(strays)}.", "Once a backup has them, they can be deleted.")
    if not lost:
        some = " of the newest (--full looks at all)" if len(rows) == sample else ""
        yield ok(f"{counted(len(rows), 'file')}{some} in place.")


def _some(names: list[str]) -> str:
    rest = len(names) - NAMED
    return ", ".join(sorted(names)[:NAMED]) + (f" and {rest:,} more" if rest > 0 else "")
