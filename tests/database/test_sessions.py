"""The floor under everything: writers wait their turn, nothing acknowledged is ever lost."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any, NoReturn

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import create_app
from app.config import Settings
from app.database import SILENCE, all_or_nothing, db, for_writing, prepare, writing
from app.throttle import Attempts
from tests.conftest import NOON, disconnect
from tests.killing import forked
from tests.making import Maker

WRITERS, TURNS = 16, 12


@pytest.fixture
def counter(app: Flask) -> str:
    with app.app_context(), writing() as session:
        session.add(Attempts(key="counter", since=NOON, count=0))
    return "counter"


def stored(app: Flask) -> dict[str, int]:
    with app.app_context(), db.sessionmaker() as fresh:
        return {row.key: row.count for row in fresh.scalars(sa.select(Attempts))}


def test_of_many_writers_at_once_none_is_refused_and_none_is_lost(app: Flask, counter: str) -> None:
    together = threading.Barrier(WRITERS, timeout=30)

    def write(number: int) -> None:
        together.wait()
        for turn in range(TURNS):
            with app.app_context(), writing() as session:
                row = session.get_one(Attempts, counter, with_for_update=True)
                session.add(Attempts(key=f"{number}-{turn}", since=NOON, count=row.count))
                row.count += 1

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    rows = stored(app)
    assert rows.pop(counter) == WRITERS * TURNS
    assert sorted(rows.values()) == list(range(WRITERS * TURNS))


def test_without_a_write_session_whoever_read_first_would_be_refused(
        app: Flask, counter: str, engine_name: str) -> None:
    if engine_name != "sqlite":
        pytest.skip("PostgreSQL makes the second writer wait instead")
    with app.app_context(), db.sessionmaker() as deferred:
        row = deferred.get_one(Attempts, counter)
        with writing() as other:
            other.get_one(Attempts, counter).count = 1
        row.count = 2
        with pytest.raises(OperationalError, match="locked"):
            deferred.flush()


def test_a_reader_never_waits_for_a_writer(app: Flask, counter: str) -> None:
    with app.app_context(), for_writing(db.sessionmaker()) as writer:
        writer.get_one(Attempts, counter).count = 7
        writer.flush()
        assert stored(app) == {counter: 0}
        writer.commit()
        assert stored(app) == {counter: 7}


def test_a_write_session_stays_one_after_its_commit(
        app: Flask, counter: str, engine_name: str) -> None:
    if engine_name != "sqlite":
        pytest.skip("only SQLite has one writer at a time")
    with app.app_context(), for_writing(db.sessionmaker()) as writer:
        writer.commit()
        writer.get_one(Attempts, counter)
        with db.engine.connect() as other:
            other.exec_driver_sql("PRAGMA busy_timeout = 0")
            with pytest.raises(OperationalError, match="locked"):
                other.execute(sa.update(Attempts).values(count=1))


def test_a_crash_inside_a_write_session_leaves_nothing(app: Flask) -> None:
    def write_and_crash() -> None:
        with app.app_context(), writing() as session:
            session.add(Attempts(key="half", since=NOON, count=1))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_crash()
    assert stored(app) == {}


def test_a_server_that_is_gone_without_a_word_is_noticed(app: Flask, engine_name: str) -> None:
    if engine_name == "sqlite":
        pytest.skip("SQLite has no server.")
    with app.app_context():
        engine = sa.create_engine(db.engine.url.update_query_dict({"connect_timeout": "9"}))
    prepare(engine)
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        used = raw.info.get_parameters()
    engine.dispose()
    assert used["connect_timeout"] == "9", "an address may say otherwise"
    assert {name: used[name] for name in SILENCE if name != "connect_timeout"} == {
        name: str(value) for name, value in SILENCE.items() if name != "connect_timeout"}


def test_on_sqlite_a_commit_is_on_the_disk_before_it_returns(settings: Settings,
                                                             engine_name: str) -> None:
    if engine_name != "sqlite":
        pytest.skip("pragmas are SQLite's")
    # One of its own: the shared one need not survive a power cut.
    app = create_app(settings)
    with app.app_context(), db.engine.connect() as connection:
        def pragma(name: str) -> object:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2, "FULL"
        assert pragma("foreign_keys") == 1
    disconnect(app)


def test_on_postgresql_nobody_waits_for_a_lock_for_ever(app: Flask, engine_name: str) -> None:
    if engine_name != "postgresql":
        pytest.skip("SQLite has a busy timeout")
    with app.app_context(), db.engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "10s"


def test_all_or_nothing_takes_back_what_was_committed_inside(app: Flask) -> None:
    def write_and_crash() -> None:
        with app.app_context(), all_or_nothing() as session:
            session.add(Attempts(key="first step", since=NOON, count=1))
            session.commit()
            session.add(Attempts(key="second step", since=NOON, count=1))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_crash()
    assert stored(app) == {}


def test_all_or_nothing_keeps_every_step_once_it_is_through(app: Flask) -> None:
    with app.app_context(), all_or_nothing() as session:
        session.add(Attempts(key="first step", since=NOON, count=1))
        session.commit()
        session.add(Attempts(key="a slip", since=NOON, count=1))
        session.rollback()
        session.add(Attempts(key="second step", since=NOON, count=2))
        session.commit()
        assert stored(app) == {}
    assert stored(app) == {"first step": 1, "second step": 2}


def write_for_ever(settings: Settings, number: int, says: int) -> NoReturn:
    """Writes a row after the other, and says of each that it is kept."""
    app = create_app(settings)
    with app.app_context():
        for turn in count():
            with writing() as session:
                session.add(Attempts(key=f"{number}-{turn}", since=datetime.now(UTC), count=turn))
            os.write(says, f"{number}-{turn}\n".encode())
    raise AssertionError("never")


def test_a_writer_that_is_killed_loses_nothing_that_it_acknowledged(
        app: Flask, settings: Settings) -> None:
    acknowledged = set()
    with app.app_context():
        # A child must not share a connection.
        db.engine.dispose()
    for number in range(4):
        heard, says = os.pipe()
        act = partial(write_for_ever, settings, number, says)
        with forked(act) as writer, open(heard) as lines:
            os.close(says)
            acknowledged |= {lines.readline().strip() for _ in range(20 + 7 * number)}
            os.kill(writer, signal.SIGKILL)
            acknowledged |= set(lines.read().split("\n")[:-1])
    assert len(acknowledged) >= 122
    assert acknowledged <= stored(app).keys()
    with app.app_context(), writing() as session:
        session.add(Attempts(key="and it goes on", since=datetime.now(UTC), count=1))


def test_a_row_written_at_once_is_known_as_if_it_had_been_flushed(session: Session,
                                                                 make: Maker) -> None:
    comment = make.comment(make.post("On gates"))
    with make.session.no_autoflush:
        assert sa.inspect(comment).persistent
        assert (comment.edited_at, comment.thanks, len(comment.public_id)) == (None, 0, 10)
    comment.thanks = 3
    session.commit()
    session.expire_all()
    assert (comment.thanks, comment.entry.title) == (3, "On gates")
