"""Where a backup becomes a site on PostgreSQL: a schema beside the site's, then one transaction.

The last step moves the old tables into a schema of their own and the new ones into the site's,
which takes a moment however much is in them. So the site may run meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa

from app.database import Model
from app.operations.backups.manifest import BUSY, CannotRestore
from app.operations.backups.rows import VERSIONS

STAGING = "lectern_restoring"
# The key of an advisory lock: any number that no other program in the database uses.
LOCK = 5_241_987_161
PATIENCE = "60s"
# lock_not_available, deadlock_detected: somebody holds what must be moved.
_HELD = {"55P03", "40P01"}

_KEYS = sa.text("SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)"
                " FROM pg_constraint WHERE contype = 'f'"
                " AND connamespace = current_schema()::regnamespace ORDER BY 1, 2")
_NUMBERS = ("SELECT setval(pg_get_serial_sequence(:table, 'id'), greatest(max(id), :last, 1),"
            " coalesce(greatest(max(id), :last), 0) > 0) FROM ")


class Site:
    """A site whose tables are in a schema of a PostgreSQL database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else restores meanwhile, on no machine; raises CannotRestore if somebody does."""
        with self._engine.connect() as connection:
            if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(LOCK))):
                raise CannotRestore("Another backup is being restored here.")
            connection.commit()
            try:
                yield
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(LOCK)))

    def has_room(self, size: int) -> bool:
        """Nobody here knows how much room the server has; it will tell."""
        return True

    @contextmanager
    def staging(self) -> Iterator[sa.Engine]:
        """An empty schema beside the site's, gone at the end."""
        self._clear(make=True)
        engine = sa.create_engine(self._engine.url,
                                  connect_args={"options": f"-c search_path={STAGING}"})
        try:
            yield engine
        finally:
            engine.dispose()
            self._clear(make=False)

    def _clear(self, *, make: bool) -> None:
        with self._engine.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {STAGING} CASCADE")
            if make:
                connection.exec_driver_sql(f"CREATE SCHEMA {STAGING}")

    @contextmanager
    def loading(self, staging: sa.Engine) -> Iterator[sa.Connection]:
        """One transaction in which rows may come in any order; raises IntegrityError at its end."""
        with staging.begin() as connection:
            keys = connection.execute(_KEYS).all()
            for table, name, _definition in keys:
                connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            yield connection
            for table, name, said in keys:
                connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {said}")

    def numbered(self, connection: sa.Connection, table: sa.Table, last: int) -> None:
        """Lets a table's numbers go on after the highest, and after `last`."""
        if isinstance(table.c.get("id", sa.Column()).type, sa.Integer):
            connection.execute(sa.text(_NUMBERS + table.name),
                               {"table": table.name, "last": last or None})

    def put_in_place(self, staging: sa.Engine, now: datetime, *, keep: bool) -> str:
        """Makes the new tables the site's, in one step; says where the old ones are kept."""
        staging.dispose()
        aside = f"lectern_before_{now:%Y%m%d_%H%M%S}"
        with _patience(), self._engine.begin() as connection:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            found = sa.inspect(connection)
            site = str(connection.scalar(sa.select(sa.func.current_schema())))
            connection.exec_driver_sql(f"CREATE SCHEMA {aside}")
            ours = {*Model.metadata.tables, VERSIONS} & set(found.get_table_names())
            _move(connection, ours, site, aside)
            _move(connection, set(found.get_table_names(STAGING)), STAGING, site)
            if not keep:
                connection.exec_driver_sql(f"DROP SCHEMA {aside} CASCADE")
        return f"the schema {aside}" if keep else ""


@contextmanager
def _patience() -> Iterator[None]:
    try:
        yield
    except sa.exc.DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") not in _HELD:
            raise
        raise CannotRestore(BUSY) from error


def _move(connection: sa.Connection, tables: set[str], source: str, target: str) -> None:
    for table in sorted(tables):
        connection.exec_driver_sql(f'ALTER TABLE "{source}"."{table}" SET SCHEMA "{target}"')
