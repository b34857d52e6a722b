"""Making a backup: one moment of the database, the files it names, and a manifest at the end.

The rows are read in one transaction, which on either engine sees what was committed when it began,
while others go on writing. A file never changes under its name, so it may be read later.
"""

import hashlib
import stat
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import IO, BinaryIO

import sqlalchemy as sa

from app.media import Media, Missing, Store
from app.operations import steps
from app.operations.backups import rows
from app.operations.backups.drafting import PRIVATE, TAKEN, drafted
from app.operations.backups.manifest import KEY, NAME, CannotSave, Manifest, Member
from app.operations.backups.telling import Tell, silently

PIECE = 1024 * 1024


class Archive:
    """A backup that is being written, member by member."""

    def __init__(self, file: BinaryIO, now: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self._now = now
        self.members: dict[str, Member] = {}

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *failure: object) -> None:
        # After a failure its end is of no use to anybody, and perhaps there is no room for it.
        with suppress(OSError, ValueError):
            self._zip.close()

    def add(self, name: str, pieces: Iterator[tuple[bytes, int]], *, packed: bool) -> None:
        """A member of these pieces, each with the number of rows in it."""
        size, count, digest = 0, 0, hashlib.sha256()
        with self._zip.open(self._info(name, packed=packed), "w", force_zip64=True) as member:
            for piece, rows_in_it in pieces:
                member.write(piece)
                digest.update(piece)
                size, count = size + len(piece), count + rows_in_it
        self.members[name] = Member(size, digest.hexdigest(), count)

    def close(self, manifest: Manifest) -> None:
        """Ends it with what it says of itself."""
        self._zip.writestr(self._info(NAME, packed=True), manifest.written())
        self._zip.close()

    def _info(self, name: str, *, packed: bool) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._now.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = (stat.S_IFREG | PRIVATE) << 16
        return info


def save(engine: sa.Engine, store: Store, key: Path | None, file: Path, *, now: datetime,
         replace: bool = False, tell: Tell = silently) -> Manifest:
    """Writes a backup of this database and these files to `file`, which is whole or not there.

    `key` is the file of the secret key, None if it was set by whoever runs the site. Raises
    CannotSave; OSError where the disk is full or cannot be written to.
    """
    if file.exists() and not replace:
        raise CannotSave(TAKEN.format(file))
    with drafted(file, replace) as draft, Archive(draft, now) as archive:
        with _moment(engine) as connection:
            revision = rows.revision(connection)
            if revision is None:
                raise CannotSave("The database has no tables yet, so there is nothing to save.")
            if revision not in steps.known():
                # It may have tables that nobody here would think of.
                raise CannotSave(steps.UNKNOWN.format(revision))
            every = rows.tables(connection)
            _add_rows(archive, connection, every, tell)
            numbers = rows.numbers(connection, every)
            named = dict(connection.execute(sa.select(Media.name, Media.size)).all())
        missing = _add_media(archive, named, store, tell)
        if key is not None:
            archive.add(KEY, iter([(key.read_bytes(), 0)]), packed=False)
        manifest = Manifest(lectern=metadata.version("lectern"), revision=revision,
                            engine=engine.dialect.name, made_at=now.isoformat(),
                            members=archive.members, numbers=numbers, missing=tuple(missing))
        archive.close(manifest)
    return manifest


@contextmanager
def _moment(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection whose transaction sees one moment of the database and holds up nobody."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ",
                                         postgresql_readonly=True)
        yield connection


def _add_rows(archive: Archive, connection: sa.Connection, every: Sequence[sa.Table],
              tell: Tell) -> None:
    of, done = sum(rows.count(connection, table) for table in every), 0
    for table in every:
        # The first part is the names of the columns, which is no row.
        parts = ((b"".join(part), len(part) if number else 0)
                 for number, part in enumerate(rows.lines(connection, table)))
        archive.add(f"rows/{table.name}.jsonl", parts, packed=True)
        done += archive.members[f"rows/{table.name}.jsonl"].rows
        if done < of:
            tell("Rows", done, of)
    tell("Rows", of, of)


def _add_media(archive: Archive, named: dict[str, int], store: Store, tell: Tell) -> list[str]:
    of, done, missing = sum(named.values()), 0, []
    for name, size in sorted(named.items()):
        try:
            with store.open(name) as file:
                archive.add(f"media/{name}", _pieces(file), packed=False)
        except Missing:
            missing.append(name)
        done += size
        if done < of:
            tell("Bytes of files", done, of)
    tell("Bytes of files", of, of)
    return missing


def _pieces(file: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    while piece := file.read(PIECE):
        yield piece, 0
