"""Sessions that read and never wait, and those that write and are never refused.

On SQLite a transaction that read first is refused at once when it writes after another one wrote,
whatever the timeout. So whoever will change something asks for a write session, which takes its
place in the queue of writers when it begins; all other sessions begin deferred and never wait.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary, ref

import sqlalchemy as sa
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.database.driver import ask_driver

BUSY_TIMEOUT_SECONDS = 10
# Of libpq, where an address does not say otherwise: a server that is gone without a word, and with
# it every connection to it, is noticed in about ten seconds instead of a quarter of an hour.
SILENCE = {"connect_timeout": 5, "tcp_user_timeout": 10_000, "keepalives_idle": 5,
           "keepalives_interval": 5, "keepalives_count": 2}

# What was to be stored stands in no error's text: it would end up in the log.
db = SQLAlchemy(engine_options={"pool_pre_ping": True, "hide_parameters": True},
                session_options={"expire_on_commit": False})


# Of each SQLite engine that reads, the one that writes, and the other way round.
_writers: WeakKeyDictionary[sa.Engine, sa.Engine] = WeakKeyDictionary()
_readers: WeakKeyDictionary[sa.Engine, Callable[[], sa.Engine | None]] = WeakKeyDictionary()


def prepare(engine: sa.Engine) -> None:
    """Gives a SQLite engine durable commits, foreign keys and explicit transactions, and any other
    an end of its patience with locks and with a server that says nothing.

    All writers of a process share one connection. They could not write at once anyway; so they
    wait in line instead of asking again and again, and what a connection has read of the database
    is not read anew for every change, because somebody else made the last one.
    """
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _lose_patience)
        event.listen(engine, "do_connect", _notice_silence)
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


def _notice_silence(_dialect: Any, _record: Any, _words: Any, options: dict[str, Any]) -> None:
    for name, value in SILENCE.items():
        options.setdefault(name, value)


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


@contextmanager
def writing() -> Iterator[Session]:
    """A write session of its own, committed at the end, rolled back on any error."""
    with for_writing(db.sessionmaker()) as session:
        yield session
        session.commit()


@contextmanager
def all_or_nothing() -> Iterator[Session]:
    """A write session in which a commit only marks a step: all steps become real at the end."""
    with (
        writer_of(db.engine).connect() as connection,
        connection.begin(),
        db.sessionmaker(bind=connection, join_transaction_mode="create_savepoint") as session,
    ):
        yield session
