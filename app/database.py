"""The database: the base of all models, UTC times, and write sessions that SQLite never refuses.

On SQLite a transaction that read first is refused at once when it writes after another one wrote,
whatever the timeout. So whoever will change something asks for a write session, which takes its
place in the queue of writers when it begins; all other sessions begin deferred and never wait.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any, cast
from weakref import WeakKeyDictionary, ref

import sqlalchemy as sa
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, mapped_column
from sqlalchemy.sql.functions import FunctionElement

BUSY_TIMEOUT_SECONDS = 10

# Named constraints can be changed by a later migration; unnamed ones cannot on SQLite.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment, aware and in UTC on the Python side on every engine."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuses a naive time: nobody could say which moment it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without its zone cannot be stored.")
        return value.astimezone(UTC)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any]:
        """SQLite forgets the zone of what was stored in UTC; PostgreSQL answers in its own zone.

        One step for both: a page has dozens of moments.
        """
        plain = self.impl_instance.result_processor(dialect, coltype)

        def read(value: Any) -> datetime | None:
            if value is None:
                return None
            moment = cast(datetime, plain(value) if plain else value)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

        return read


class Model(DeclarativeBase):
    """The base of every table."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: sa.JSON,
                           list[dict[str, Any]]: sa.JSON, list[dict[str, str]]: sa.JSON,
                           list[str]: sa.JSON, str: sa.Text}


def choice(enum: type[StrEnum], **kwargs: Any) -> Any:
    """A column for a StrEnum: its value as text, with a check constraint."""
    kind = sa.Enum(enum, native_enum=False, create_constraint=True, length=20,
                   name=enum.__name__.lower(), values_callable=lambda e: [m.value for m in e])
    return mapped_column(kind, **kwargs)


# What was to be stored stands in no error's text: it would end up in the log.
db = SQLAlchemy(engine_options={"pool_pre_ping": True, "hide_parameters": True},
                session_options={"expire_on_commit": False})


# Of each SQLite engine that reads, the one that writes, and the other way round.
_writers: WeakKeyDictionary[sa.Engine, sa.Engine] = WeakKeyDictionary()
_readers: WeakKeyDictionary[sa.Engine, Callable[[], sa.Engine | None]] = WeakKeyDictionary()


def prepare(engine: sa.Engine) -> None:
    """Gives a SQLite engine durable commits, foreign keys and explicit transactions, and any other
    an end of its patience with locks.

    All writers of a process share one connection. They could not write at once anyway; so they
    wait in line instead of asking again and again, and what a connection has read of the database
    is not read anew for every change, because somebody else made the last one.
    """
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _lose_patience)
        return
    writer = sa.create_engine(engine.url, hide_parameters=True, poolclass=sa.QueuePool,
                              pool_size=1, max_overflow=0, pool_timeout=BUSY_TIMEOUT_SECONDS)
    for each, beginning in ((engine, "BEGIN"), (writer, "BEGIN IMMEDIATE")):
        event.listen(each, "connect", _on_connect)
        event.listen(each, "begin", partial(_begin, beginning))
    event.listen(engine, "engine_disposed", lambda _engine: writer.dispose())
    _writers[engine], _readers[writer] = writer, ref(engine)


def _lose_patience(connection: Any, record: Any) -> None:
    # Without it, whoever waits for a row that is never let go waits for ever.
    connection.execute(f"SET lock_timeout = '{BUSY_TIMEOUT_SECONDS}s'")
    connection.commit()


def _on_connect(connection: Any, record: Any) -> None:
    # The driver must not begin transactions of its own; _begin says how each one begins.
    connection.isolation_level = None
    # SQLite's own knows ASCII only, and would take “Éthique” and “éthique” for two topics.
    connection.create_function("lower", 1, _lower, deterministic=True)
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _begin(how: str, connection: sa.Connection) -> None:
    ask_driver(connection, how)


def ask_driver(connection: sa.Connection, text: str, values: Any = (),
               answer: Callable[[Any], list[Any]] = lambda _cursor: []) -> list[Any]:
    """What `answer` reads from a cursor of the driver's own, once it has executed this.

    For what SQLAlchemy takes several times as long to ask as a database to answer. Raises the
    driver's errors as SQLAlchemy words them.
    """
    cursor, dialect = connection.connection.cursor(), cast(Any, connection.dialect)
    for hear in connection.dispatch.before_cursor_execute:
        hear(connection, cursor, text, values, None, False)
    try:
        cursor.execute(text, values)
        return answer(cursor)
    except dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError.instance(
            text, values, error, dialect.loaded_dbapi.Error,
            hide_parameters=connection.engine.hide_parameters, dialect=dialect) from error
    finally:
        cursor.close()


def for_writing(session: Session) -> Session:
    """The same session, whose transactions begin as writers. Call it before the first query."""
    bind = session.get_bind()
    session.bind = writer_of(bind) if isinstance(bind, sa.Engine) else bind
    return session


def writer_of(engine: sa.Engine) -> sa.Engine:
    """The engine of the same database whose transactions begin as writers."""
    return _writers.get(engine, engine)


def for_reading(session: Session) -> Session:
    """The same session, whose next transactions only read and so wait for nobody.

    Call it when the last change is committed and no transaction is open: what an answer shows is
    no writer's business.
    """
    bind = session.get_bind()
    reader = _readers.get(bind) if isinstance(bind, sa.Engine) else None
    session.bind = reader() if reader else bind
    return session


def table(model: type[Model]) -> sa.Table:
    """The table behind a model, for statements that ask for plain values."""
    return cast(sa.Table, model.__table__)


@contextmanager
def writing() -> Iterator[Session]:
    """A write session of its own, committed at the end, rolled back on any error."""
    with for_writing(db.sessionmaker()) as session:
        yield session
        session.commit()


def rows_changed(result: Any) -> int:
    """How many rows a statement has changed."""
    return cast("sa.CursorResult[Any]", result).rowcount


class unindexed(FunctionElement[bool]):
    """The same condition, worded so that SQLite takes no index for it.

    It counts nothing beforehand, takes any comparison with a value for a way to few rows, and goes
    through all that is published rather than through the ten that are newest. PostgreSQL counts.
    """

    type = sa.Boolean()
    inherit_cache = True


@compiles(unindexed)
def _plain(element: unindexed, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


@compiles(unindexed, "sqlite")
def _in_a_case(element: unindexed, compiler: Any, **options: Any) -> str:
    return f"CASE WHEN {_plain(element, compiler, **options)} THEN 1 ELSE 0 END = 1"


def unordered(column: Any) -> sa.ColumnElement[Any]:
    """The same value, worded so that no index gives the order of rows.

    A few rows that are known by their numbers are found first and sorted then. PostgreSQL would
    rather read in the order until it has met enough of them, which may be years away.
    """
    return sa.func.coalesce(column, column)


def free(session: Session, column: InstrumentedAttribute[Any], wanted: str,
         *where: sa.ColumnExpressionArgument[bool]) -> str:
    """`wanted`, or the first of `wanted-2`, `wanted-3` … that `column` does not hold yet."""
    first, names = 1, [wanted]
    # Asked by name, more each time: a search by beginnings would go through all there are.
    while len(taken := set(session.scalars(sa.select(column).where(column.in_(names),
                                                                   *where)))) == len(names):
        first += len(names)
        names = [f"{wanted}-{number}" for number in range(first, 3 * first)]
    return next(each for each in names if each not in taken)


@contextmanager
def all_or_nothing() -> Iterator[Session]:
    """A write session in which a commit only marks a step: all steps become real at the end."""
    with (
        writer_of(db.engine).connect() as connection,
        connection.begin(),
        db.sessionmaker(bind=connection, join_transaction_mode="create_savepoint") as session,
    ):
        yield session
