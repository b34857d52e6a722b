"""Restoring a backup: checked, built beside the site, and put in its place in one step.

Whoever ends it in the middle leaves the old site as it was, or the new one whole. Files are added
under names that say what is in them, so the old site never notices them.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app import disk
from app.database import Model
from app.media import Store
from app.operations import migrations, steps
from app.operations.backups import keys, postgresql, rows, sqlite
from app.operations.backups.manifest import (
    DAMAGED,
    NEWER,
    BadBackup,
    CannotRestore,
    Manifest,
    Member,
)
from app.operations.backups.reading import PIECE, Backup
from app.operations.backups.telling import Tell, silently
from app.pagecache.changing import EVERYTHING
from app.pagecache.log import Purge

Site = sqlite.Site | postgresql.Site
OCCUPIED = ("This site has content. Add --replace to put the backup in its place;"
            " what is here is kept aside.")
# More than is logged while the new database takes its place: no process stands there yet.
AHEAD = 1_000


@dataclass(frozen=True)
class Restored:
    """What was restored, and where the database is that was there before, "" if there was none.

    `new_key` if the secret key is another one now.
    """

    manifest: Manifest
    before: str
    new_key: bool


def restore(engine: sa.Engine, store: Store, key: Path | None, file: Path, *, now: datetime,
            replace: bool = False, tell: Tell = silently) -> Restored:
    """Makes this site what it was when `file` was written, on the schema of today.

    `key` is the file of the secret key, None if it is set by whoever runs the site. Raises
    BadBackup or CannotRestore, and has changed nothing then; OSError where the disk is full.
    """
    site = (postgresql if engine.dialect.name == "postgresql" else sqlite).Site(engine)
    with Backup(file) as backup:
        _refuse_unknown_schema(backup)
        backup.verify(tell)
        with site.alone():
            occupied = _is_occupied(engine)
            if occupied and not replace:
                raise CannotRestore(OCCUPIED)
            _refuse_without_room(site, backup.manifest)
            with site.staging() as staging:
                _build(site, staging, backup, tell)
                _add_media(store, backup, tell)
                _log_everything(site, staging, engine, now)
                with keys.ready(key, backup, now, keep=occupied) as put_key_in_place:
                    before = site.put_in_place(staging, now, keep=occupied)
                    new_key = put_key_in_place()
        return Restored(backup.manifest, before, new_key)


def _refuse_unknown_schema(backup: Backup) -> None:
    if backup.manifest.revision not in steps.known():
        raise BadBackup(NEWER.format(backup.file, backup.manifest.lectern))


def _is_occupied(engine: sa.Engine) -> bool:
    with engine.connect() as connection:
        return not rows.is_empty(connection)


def _refuse_without_room(site: Site, manifest: Manifest) -> None:
    size = manifest.size - sum(manifest.members[name].size for name in manifest.media)
    if not site.has_room(size):
        raise CannotRestore("There is not enough room on the disk for the rows of the backup"
                            f" ({size:,} bytes). Nothing was changed.")


def _build(site: Site, staging: sa.Engine, backup: Backup, tell: Tell) -> None:
    """The database of the backup, brought to the schema of today."""
    migrations.upgrade(staging, backup.manifest.revision)
    with _told(backup), site.loading(staging) as connection:
        _load(site, connection, backup, tell)
    migrations.upgrade(staging)


@contextmanager
def _told(backup: Backup) -> Iterator[None]:
    """What rows cannot be is said in a sentence."""
    try:
        yield
    except BadBackup:
        raise
    except DBAPIError as error:
        if disk.is_full(error.orig):
            raise disk.full() from error
        why = str(error.orig).splitlines()[0]
        raise BadBackup(DAMAGED.format(backup.file, f"the database refuses it ({why})")) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadBackup(DAMAGED.format(backup.file, f"its rows make no sense ({error})")) from error


def _load(site: Site, connection: sa.Connection, backup: Backup, tell: Tell) -> None:
    places = {table.name: table for table in rows.tables(connection)}
    of, done = backup.manifest.rows, 0
    # A step of the schema may have brought rows along; the backup has those, too.
    for table in places.values():
        connection.execute(table.delete())
    for name, member in backup.manifest.tables.items():
        before = done
        for number in rows.load(connection, places[name], backup.lines(member)):
            done += number
            if done < of:
                tell("Rows restored", done, of)
        if done - before != backup.manifest.members[member].rows:
            raise ValueError(f"{name} has another number of rows")
        site.numbered(connection, places[name], backup.manifest.numbers.get(name, 0))
    tell("Rows restored", of, of)


def _add_media(store: Store, backup: Backup, tell: Tell) -> None:
    every = backup.manifest.media
    for number, name in enumerate(every, 1):
        wanted, place = backup.manifest.members[name], name.removeprefix("media/")
        if not _is_there(store, place, wanted):
            with backup.stream(name) as stream:
                store.put(place, stream)
        if number < len(every):
            tell("Files restored", number, len(every))
    tell("Files restored", len(every), len(every))


def _is_there(store: Store, name: str, wanted: Member) -> bool:
    if not store.renew(name, wanted.size):
        return False
    digest = hashlib.sha256()
    with store.open(name) as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest() == wanted.sha256


def _log_everything(site: Site, staging: sa.Engine, engine: sa.Engine, now: datetime) -> None:
    """Every process that keeps pages will drop them all: the log is another one now."""
    log = Model.metadata.tables[Purge.__tablename__]
    highest = sa.select(sa.func.max(log.c.id))
    with engine.connect() as old:
        last = (old.scalar(highest) or 0) if sa.inspect(old).has_table(log.name) else 0
    with staging.begin() as connection:
        position = max(last, connection.scalar(highest) or 0) + AHEAD
        connection.execute(sa.insert(log).values(id=position, tags=[EVERYTHING], at=now))
        site.numbered(connection, log, position)
