"""Where a backup becomes a site on SQLite: a file beside the database, then one transaction of it.

The last step is SQLite's own backup, which writes the whole new database into the old one as one
transaction. So the site may run meanwhile, and a crash takes either all of it or nothing.
"""

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from app import disk
from app.database import prepare, writer_of
from app.operations.backups.manifest import BUSY, CannotRestore

PATIENCE_SECONDS = 60
# What is needed of room for each byte: the new database, its way in, the old one aside.
ROOM = 3
_REMEMBERS = sa.text("SELECT 1 FROM sqlite_master WHERE name = :table AND type = 'table'"
                     " AND sql LIKE '%AUTOINCREMENT%'")
_FORGET = sa.text("DELETE FROM sqlite_sequence WHERE name = :table AND seq <= :last")
_REMEMBER = sa.text("INSERT INTO sqlite_sequence (name, seq) SELECT :table, :last WHERE NOT EXISTS"
                    " (SELECT 1 FROM sqlite_sequence WHERE name = :table)")


class Site:
    """A site whose database is a SQLite file."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._path = Path(engine.url.database or "").absolute()
        self._staging = self._path.with_name(f".{self._path.name}.restoring")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else restores meanwhile; raises CannotRestore if somebody does."""
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise CannotRestore("Another backup is being restored here.") from None
        finally:
            os.close(folder)

    def has_room(self, size: int) -> bool:
        """Whether a database of about so many bytes has room here."""
        return shutil.disk_usage(self._path.parent).free > ROOM * size

    @contextmanager
    def staging(self) -> Iterator[sa.Engine]:
        """An empty database beside the site's, gone at the end."""
        self._clear()
        engine = sa.create_engine(f"sqlite:///{self._staging}")
        prepare(engine)
        try:
            yield engine
        finally:
            engine.dispose()
            self._clear()

    def _clear(self) -> None:
        for ending in ("", "-wal", "-shm", "-journal"):
            with suppress(FileNotFoundError):
                Path(f"{self._staging}{ending}").unlink()

    @contextmanager
    def loading(self, staging: sa.Engine) -> Iterator[sa.Connection]:
        """One transaction in which rows may come in any order; raises ValueError at its end."""
        with writer_of(staging).connect() as connection:
            # Inside a transaction the pragma would do nothing.
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA foreign_keys = OFF")
            with connection.begin():
                yield connection
                if found := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise ValueError(f"a row of {found[0]} points at nothing")
            raw.execute("PRAGMA foreign_keys = ON")

    def numbered(self, connection: sa.Connection, table: sa.Table, last: int) -> None:
        """Lets a table's numbers go on after the highest, and after `last` if it remembers them."""
        if connection.scalar(_REMEMBERS, {"table": table.name}):
            connection.execute(_FORGET, {"table": table.name, "last": last})
            connection.execute(_REMEMBER.bindparams(table=table.name, last=last))

    def put_in_place(self, staging: sa.Engine, now: datetime, *, keep: bool) -> str:
        """Makes the new database the site's, in one step; says where the old one is kept."""
        aside = self._path.with_name(f"{self._path.stem}-before-{now:%Y%m%d-%H%M%S}.sqlite")
        try:
            if keep:
                aside.touch(0o600)
                _copy(self._path, aside)
                disk.sync(aside.parent)
            staging.dispose()
            self._engine.dispose()
            _copy(self._staging, self._path)
        # Whoever interrupts it may do so when the old one is nowhere else any more.
        except Exception:
            aside.unlink(missing_ok=True)
            raise
        return str(aside) if keep else ""


def _copy(source: Path, target: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS

    def wait(status: int, _left: int, _of: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and time.monotonic() > until:
            raise CannotRestore(BUSY)

    with (closing(sqlite3.connect(source)) as old,
          closing(sqlite3.connect(target, timeout=PATIENCE_SECONDS)) as new):
        new.execute("PRAGMA synchronous = FULL")
        try:
            old.backup(new, progress=wait)
        except sqlite3.OperationalError as error:
            if not disk.is_full(error):
                raise
            raise disk.full() from error
