"""A whole database as it once was, brought back as often as one likes.

Nobody may be connected meanwhile but whoever was killed: close every connection before.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from app.database import Model

KEPT = "kept"
# Whoever was killed may still hold rows, until the server has noticed.
END_OTHERS = ("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE state <> 'idle'"
              " AND datname = current_database() AND pid <> pg_backend_pid()")


class Snapshot(Protocol):
    """What was there when it was made."""

    def bring_back(self) -> None:
        """Makes the database what it was."""

    def close(self) -> None:
        """Leaves nothing behind."""


def snapshot(database: str, folder: Path) -> Snapshot:
    """Of the database at this address; `folder` may be needed to keep it in."""
    if database.startswith("sqlite:///"):
        return _File(Path(database.removeprefix("sqlite:///")), folder / "kept.sqlite")
    return _Schema(database)


class _File:
    """A copy of the file."""

    def __init__(self, path: Path, copy: Path) -> None:
        self._path, self._copy = path, copy
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(path, copy)

    def bring_back(self) -> None:
        for ending in ("-wal", "-shm"):
            Path(f"{self._path}{ending}").unlink(missing_ok=True)
        shutil.copy(self._copy, self._path)

    def close(self) -> None:
        self._copy.unlink()


class _Schema:
    """Copies of all tables that hold something, beside them. Making a copy of the database would
    take ten times as long.
    """

    def __init__(self, database: str) -> None:
        self._engine = sa.create_engine(database, pool_size=1, isolation_level="AUTOCOMMIT")
        self._tables = list(Model.metadata.tables)
        with self._engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {KEPT}")
            self._full = [each for each in self._tables if connection.exec_driver_sql(
                f'SELECT EXISTS (SELECT 1 FROM "{each}")').scalar_one()]
            for each in self._full:
                connection.exec_driver_sql(f'CREATE TABLE {KEPT}."{each}" AS TABLE "{each}"')

    def bring_back(self) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(END_OTHERS)
            # Foreign keys rest meanwhile. Together they are one transaction.
            connection.exec_driver_sql("; ".join((
                "SET LOCAL session_replication_role = replica",
                *(f'DELETE FROM "{each}"' for each in self._tables),
                *(f'INSERT INTO "{each}" TABLE {KEPT}."{each}"' for each in self._full))))

    def close(self) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {KEPT} CASCADE")
        self._engine.dispose()
