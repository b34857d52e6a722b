"""Later work: woken by a commit, found again by the round, done once."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from huey import Huey, SqliteHuey
from sqlalchemy.orm import Session

from app import clock, jobs, mail, media, throttle
from app.accounts import actions as accounts
from app.comments import correcting, thanking
from app.comments.cases import retention
from app.database import all_or_nothing, writing
from app.entries import actions as entries
from app.entries.models import EntryState
from app.feeds import actions as feeds
from app.feeds import digests
from app.feeds.deal import claiming
from app.feeds.mending import lengthening, pictures
from app.feeds.polling import hubs
from app.mail import OutgoingMail
from app.operations import beating
from app.operations.serving.working import WORKERS
from app.pagecache import log as purge_log
from app.readers import actions as readers
from app.readers import notices
from app.rules import closing
from app.throttle import Attempts
from app.trigrams import indexing
from app.worker import WAITING
from tests.conftest import NOON, FakeClock
from tests.making import Maker


@pytest.fixture
def queue(app: Flask) -> Huey:
    found: Huey = app.extensions["jobs"].queue
    return found


def asked(queue: Huey) -> list[tuple[str, object]]:
    """What the worker will be woken for, and when."""
    return [(task.args[0], task.eta) for task in (*queue.scheduled(), *queue.pending())]


def test_the_worker_is_woken_after_the_commit_and_not_before(queue: Huey, session: Session) -> None:
    session.add(Attempts(key="a", since=NOON, count=1))
    jobs.wake(session, "send-mail", NOON + timedelta(seconds=30))
    session.flush()
    assert asked(queue) == []
    session.commit()
    [(name, eta)] = asked(queue)
    assert name == "send-mail"
    assert str(eta).startswith("2026-05-04 12:00:30"), "UTC, whatever the machine's zone"


def test_a_rollback_wakes_nobody_then_or_later(queue: Huey, session: Session) -> None:
    session.add(Attempts(key="a", since=NOON, count=1))
    jobs.wake(session, "send-mail", NOON)
    session.flush()
    session.rollback()
    session.add(Attempts(key="b", since=NOON, count=1))
    session.commit()
    assert asked(queue) == []


def test_the_same_wake_up_asked_for_twice_is_one(queue: Huey, session: Session) -> None:
    session.add(Attempts(key="a", since=NOON, count=1))
    jobs.wake(session, "send-mail", NOON)
    jobs.wake(session, "send-mail", NOON)
    session.commit()
    session.add(Attempts(key="b", since=NOON, count=1))
    session.commit()
    assert len(asked(queue)) == 1


def test_a_queue_that_is_broken_breaks_no_commit(
        app: Flask, session: Session, caplog: pytest.LogCaptureFixture) -> None:
    queue: SqliteHuey = app.extensions["jobs"].queue
    with queue.storage.db(commit=True) as connection:
        connection.execute("drop table task")
    session.add(Attempts(key="a", since=NOON, count=1))
    jobs.wake(session, "send-mail", NOON)
    session.commit()
    assert session.get(Attempts, "a")
    assert "could not be woken" in caplog.text
    app.extensions["jobs"].ask("send-mail")


def test_a_mail_asks_for_the_worker_when_it_may_leave(queue: Huey, session: Session) -> None:
    mail.queue(session, "ada@reader.example", "x", "x", about="x:1", now=NOON)
    session.commit()
    [(name, eta)] = asked(queue)
    assert (name, str(eta)) == (mail.JOB, "2026-05-04 12:00:30")


def test_all_or_nothing_that_fails_loses_its_wake_ups_work_too(app: Flask) -> None:
    def queue_and_crash() -> None:
        with app.app_context(), all_or_nothing() as session:
            mail.queue(session, "ada@reader.example", "x", "x", about="x:1", now=NOON)
            session.commit()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        queue_and_crash()
    with app.app_context(), writing() as session:
        assert session.scalars(sa.select(OutgoingMail)).all() == []


def test_every_subjects_job_is_known(app: Flask) -> None:
    known = set(app.extensions["jobs"]._jobs)
    assert known == {mail.JOB, mail.SWEEP, entries.JOB, feeds.JOB, accounts.JOB, closing.JOB,
                     retention.JOB, readers.JOB, notices.JOB, throttle.JOB, thanking.JOB,
                     correcting.JOB, digests.JOB, claiming.JOB, hubs.JOB, lengthening.JOB,
                     pictures.JOB, purge_log.JOB, media.JOB, beating.JOB, indexing.JOB}


def test_a_round_runs_every_job_though_one_fails(
        tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    work, ran = jobs.Jobs(jobs.make_queue("", tmp_path)), []
    work.register("first", lambda: ran.append("first"))
    work.register("broken", lambda: 1 / 0)  # type: ignore[arg-type,return-value]
    work.register("last", lambda: ran.append("last"))
    with caplog.at_level(logging.ERROR):
        work.run_all()
    assert ran == ["first", "last"]
    assert "The job broken failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_a_worker_that_begins_takes_up_every_job(tmp_path: Path) -> None:
    work, ran = jobs.Jobs(jobs.make_queue("", tmp_path)), []
    for name in ("first", "last"):
        work.register(name, lambda name=name: ran.append(name))  # type: ignore[misc]
    work.enqueue_all()
    assert ran == [], "the worker's threads do that"
    while task := work.queue.dequeue():
        work.queue.execute(task)
    assert ran == ["first", "last"]


def test_mail_has_a_thread_when_all_that_waits_for_strangers_waits() -> None:
    assert len(WAITING) < WORKERS


def test_a_periodic_job_comes_every_minute(tmp_path: Path) -> None:
    work, ran = jobs.Jobs(jobs.make_queue("", tmp_path)), []
    work.register("tidy", lambda: ran.append("tidy"))
    for task in work.queue.read_periodic(clock.now()):
        work.queue.execute(task)
    assert ran == ["tidy"]


@pytest.fixture
def due(make: Maker, time: FakeClock) -> Callable[[], int]:
    """Something due for every job that has an effect; counts the effects."""
    entry = make.post("Tomorrow", published=False)
    entries.publish(make.session, entry, now=time.now(), at=time.now() + timedelta(hours=1))
    mail.queue(make.session, "ada@reader.example", "x", "x", about="x:1", now=time.now())
    make.session.commit()
    time.forward(hours=2)

    def effects() -> int:
        make.session.rollback()
        make.session.expire_all()
        sent = make.session.scalars(sa.select(OutgoingMail.attempts)).one()
        done = (entry.state is EntryState.PUBLISHED) + sent
        make.session.rollback()
        return done
    return effects


def test_a_lost_wake_up_delays_work_and_never_loses_it(
        app: Flask, queue: Huey, due: Callable[[], int]) -> None:
    queue.flush()
    assert due() == 0
    app.extensions["jobs"].run_all()
    assert due() == 2


def test_a_job_run_twice_has_its_effect_once(app: Flask, due: Callable[[], int]) -> None:
    for _ in range(3):
        app.extensions["jobs"].run_all()
    assert due() == 2


def test_a_job_that_is_alone_is_not_begun_while_it_runs(tmp_path: Path) -> None:
    work, ran = jobs.Jobs(jobs.make_queue("", tmp_path)), []

    def visit() -> None:
        ran.append("visit")
        work.run("visit")

    work.register("visit", visit, alone=True)
    work.run("visit")
    work.run("visit")
    assert ran == ["visit", "visit"]


def test_a_job_that_is_alone_and_failed_is_begun_again(tmp_path: Path) -> None:
    work, ran = jobs.Jobs(jobs.make_queue("", tmp_path)), []

    def visit() -> None:
        ran.append("visit")
        raise RuntimeError

    work.register("visit", visit, alone=True)
    work.run("visit")
    work.run("visit")
    assert ran == ["visit", "visit"]


def test_a_queue_in_a_file_of_ones_own_is_made_there(tmp_path: Path) -> None:
    jobs.make_queue(f"sqlite:///{tmp_path}/deep/queue.sqlite", tmp_path)
    assert (tmp_path / "deep" / "queue.sqlite").exists()
    assert not (tmp_path / "queue.sqlite").exists()


def test_the_queue_in_postgresql_wakes_too(
        postgres: str | None, database: str, engine_name: str, tmp_path: Path) -> None:
    if postgres is None:
        pytest.skip("this queue lives in PostgreSQL")
    work = jobs.Jobs(jobs.make_queue(database.replace("+psycopg", ""), tmp_path))
    ran: list[str] = []
    work.register("tidy", lambda: ran.append("tidy"))
    work._run.schedule(("tidy",), eta=NOON)
    work.queue.execute(work.queue.dequeue(), NOON.replace(tzinfo=None))
    work.queue.storage.close()
    assert ran == ["tidy"]


def test_a_site_begins_though_its_queue_is_away(tmp_path: Path,
                                                caplog: pytest.LogCaptureFixture) -> None:
    work = jobs.Jobs(jobs.make_queue("postgresql://nobody@127.0.0.1:1/none", tmp_path))
    work.register("send-mail", lambda: None)
    work.enqueue_all()
    assert "The queue cannot be reached" in caplog.text
