"""The log of what was disturbed: written by whoever changes something, followed by all processes.

The numbers of its rows are positions in the order of commits. On SQLite there is one writer at a
time; on PostgreSQL sequences run ahead of commits, so a lock is held from the number to the commit.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import clock
from app.database import Model
from app.pagecache.listening import NOTIFY

JOB = "sweep-purges"
KEPT = timedelta(days=1)
# The key of PostgreSQL's advisory lock: any number that no other program in the database uses.
LOCK = 5_241_987_160
MOST = 1_000


class Purge(Model):
    """What one transaction disturbed."""

    __tablename__ = "purges"
    # Without it, SQLite would give numbers of swept rows again.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    tags: Mapped[list[str]]
    at: Mapped[datetime] = mapped_column(index=True)


_INSERT = sa.insert(Purge)
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(LOCK))
_SINCE = (sa.select(Purge.id, Purge.tags).where(Purge.id >= sa.bindparam("position"))
          .order_by(Purge.id).limit(MOST))
_NEWEST = sa.select(sa.func.max(Purge.id))


def write(connection: sa.Connection, tags: Iterable[str]) -> None:
    """Logs tags in the transaction that is about to commit; the last thing it does."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)
    connection.execute(_INSERT, {"tags": sorted(tags), "at": clock.now()})
    if connection.dialect.name == "postgresql":
        connection.execute(NOTIFY)


def newest(connection: sa.Connection) -> int:
    """The position of the last row; 0 while there is none."""
    return connection.scalar(_NEWEST) or 0


def since(connection: sa.Connection, position: int) -> Sequence[tuple[int, list[str]]] | None:
    """What was logged after a position. None if that cannot be told: it is too long ago or too
    much, or the log is another one.
    """
    rows = connection.execute(_SINCE, {"position": position}).all()
    if len(rows) == MOST or (position and (not rows or rows[0][0] != position)):
        return None
    return [(row[0], row[1]) for row in rows if row[0] != position]


def sweep(session: Session, now: datetime) -> None:
    """Deletes what everybody has followed long ago, but never the last row: it is a position."""
    newest = sa.select(sa.func.max(Purge.id)).scalar_subquery()
    session.execute(sa.delete(Purge).where(Purge.at < now - KEPT, Purge.id < newest)
                    .execution_options(synchronize_session=False))
