"""The outbox: half a minute in which nothing leaves and all can be taken back."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import mail
from app.database import db, writing
from app.mail import OutgoingMail
from tests.conftest import NOON, FakeClock
from tests.mail.conftest import SENDER, Post, send


def test_nothing_leaves_before_half_a_minute_is_over(
        session: Session, queued: OutgoingMail, post: Post, time: FakeClock) -> None:
    time.forward(seconds=29.9)
    assert send(session, post, time) == 0
    time.forward(seconds=0.1)
    assert send(session, post, time) == 1
    assert post.subjects == ["It is published"]


def test_a_mail_leaves_once(
        session: Session, queued: OutgoingMail, post: Post, time: FakeClock) -> None:
    time.forward(minutes=1)
    assert [send(session, post, time) for _ in range(3)] == [1, 0, 0]
    time.forward(days=1)
    assert send(session, post, time) == 0


def test_what_is_taken_back_in_time_never_leaves(
        session: Session, queued: OutgoingMail, post: Post, time: FakeClock) -> None:
    time.forward(seconds=29)
    assert mail.retract(session, "decision:12", now=time.now()) == []
    session.commit()
    time.forward(days=1)
    assert send(session, post, time) == 0


def test_only_mail_about_the_same_cause_is_taken_back(
        session: Session, queued: OutgoingMail, post: Post, time: FakeClock) -> None:
    mail.retract(session, "decision:1", now=time.now())
    time.forward(minutes=1)
    assert send(session, post, time) == 1


def test_what_has_left_is_told_so_that_a_second_mail_can_follow(
        session: Session, queued: OutgoingMail, post: Post, time: FakeClock) -> None:
    time.forward(minutes=1)
    send(session, post, time)
    assert mail.retract(session, "decision:12", now=time.now()) == [queued]


def test_what_is_on_its_way_counts_as_gone(
        app: Flask, session: Session, queued: OutgoingMail, time: FakeClock) -> None:
    def deliver_while_somebody_takes_it_back(message: EmailMessage) -> None:
        with app.app_context(), writing() as other:
            told.extend(each.id for each in mail.retract(other, "decision:12", now=time.now()))

    told: list[int] = []
    time.forward(minutes=1)
    assert mail.send_due(session, deliver_while_somebody_takes_it_back, SENDER, time.now) == 1
    assert told == [queued.id]


def test_a_change_that_is_rolled_back_sends_nothing(
        session: Session, post: Post, time: FakeClock) -> None:
    mail.queue(session, "ada@reader.example", "x", "x", about="x:1", now=time.now())
    session.rollback()
    time.forward(minutes=1)
    assert send(session, post, time) == 0


@pytest.mark.parametrize("address", [
    "ada@reader.example\nBcc: bo@reader.example", "ada@reader.example\r\n", "ada@reader.example\n",
    "ada", "ada@", "@reader.example", "ada@localhost", "ada b@reader.example", "a@b@c.example",
    "ada@reader.example, bo@reader.example", "Ada <ada@reader.example>", "ada;bo@reader.example",
    "=?utf-8?q?x=0d=0aBcc?=@reader.example", "ada@=?utf-8?q?=0a?=.example", "a\x00b@reader.example",
    "a" * 250 + "@b.example", ""])
def test_what_is_no_address_gets_no_mail(
        session: Session, time: FakeClock, address: str) -> None:
    with pytest.raises(ValueError, match="real address"):
        mail.queue(session, address, "x", "x", about="x:1", now=time.now())
    session.rollback()
    assert session.scalars(sa.select(OutgoingMail)).all() == []


def test_a_decision_and_its_mail_are_written_together(
        app: Flask, session: Session, time: FakeClock) -> None:
    mail.queue(session, "ada@reader.example", "x", "x", about="x:1", now=time.now())
    with app.app_context(), db.sessionmaker() as other:
        assert other.scalars(sa.select(OutgoingMail)).all() == []
    session.commit()
    with app.app_context(), db.sessionmaker() as other:
        assert len(other.scalars(sa.select(OutgoingMail)).all()) == 1


def test_a_month_later_nobody_reads_in_the_outbox_who_was_written_what(session: Session) -> None:
    mail.queue(session, "rita@reader.example", "News", "Dear Rita", about="decision:1", now=NOON)
    session.commit()
    later = NOON + timedelta(hours=1)
    mail.send_due(session, lambda message: None, SENDER, lambda: later)
    for days, kept in ((29, True), (31, False)):
        mail.sweep(session, NOON + timedelta(days=days))
        session.commit()
        [row] = session.scalars(sa.select(OutgoingMail))
        assert (bool(row.recipient), bool(row.body)) == (kept, kept)
        assert row.sent_at is not None
