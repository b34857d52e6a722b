"""The weekly letter about broken feeds."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import mail
from app.accounts.models import Role
from app.database import db, for_writing
from app.feeds import actions, digests
from app.feeds.models import Feed
from tests.at_once import at_once
from tests.conftest import NOON, FakeClock
from tests.making import Maker

__all__ = ["at_once"]
# NOON is on a Monday.
WEEK = timedelta(days=7)


@pytest.fixture
def failing(session: Session) -> Feed:
    return broken(session, "https://a.example/")


def broken(session: Session, url: str, **facts: Any) -> Feed:
    feed, _new = actions.add(session, url, now=NOON - WEEK)
    feed.title, feed.health, feed.failures = "The Second Shelf", "The server hung up.", 7
    feed.visited_at, feed.broken_since = NOON, NOON - timedelta(days=3)
    for name, value in facts.items():
        setattr(feed, name, value)
    session.commit()
    return feed


def mails(session: Session) -> list[mail.OutgoingMail]:
    found = list(session.scalars(sa.select(mail.OutgoingMail).order_by(mail.OutgoingMail.id)))
    session.commit()
    return found


def write(session: Session, now: datetime = NOON) -> int:
    return digests.write(session, now=now, base_url="https://site.example")


def test_every_editor_is_told_what_is_broken_since_when_and_what_to_do(
    session: Session, make: Maker, failing: Feed,
) -> None:
    make.account(Role.EDITOR)
    make.account(Role.ADMIN)
    make.account(Role.GUEST)
    make.account(Role.EDITOR, "gone@lectern.example").disabled_at = NOON
    assert write(session) == 2
    sent = mails(session)
    assert {each.recipient for each in sent} == {"editor@lectern.example", "admin@lectern.example"}
    assert sent[0].subject == "One feed is broken"
    for words in ("The Second Shelf", "The server hung up.", "Broken since 1 May 2026.",
                  "write to its author", f"https://site.example/desk/feeds/{failing.id}"):
        assert words in sent[0].body, words


def test_a_week_has_one_letter(session: Session, make: Maker, failing: Feed) -> None:
    make.account(Role.EDITOR)
    told = [write(session, NOON + timedelta(days=day)) for day in range(15)]
    assert [day for day, count in enumerate(told) if count] == [0, 7, 14]


def test_it_comes_on_monday_morning_and_not_in_the_night(session: Session, make: Maker,
                                                         failing: Feed) -> None:
    make.account(Role.EDITOR)
    midnight = NOON.replace(hour=0) + WEEK
    assert write(session) == 1
    told = [write(session, midnight + timedelta(hours=hour)) for hour in (0, 5.9, 6, 7)]
    assert told == [0, 0, 1, 0]


def test_two_workers_write_one_letter(app: Flask, session: Session, make: Maker, failing: Feed,
                                      at_once: Callable[..., list[int]]) -> None:
    make.account(Role.EDITOR)
    session.commit()

    def work(_number: int) -> int:
        with app.app_context(), for_writing(db.sessionmaker()) as other:
            return write(other)

    assert sorted(at_once(work, 3)) == [0, 0, 1]
    assert len(mails(session)) == 1


@pytest.mark.parametrize("facts", [
    {"failures": 0, "broken_since": None}, {"broken_since": NOON - timedelta(hours=3)},
    {"paused_at": NOON}, {"removed_at": NOON}, {"withdrawn_at": NOON},
    {"retired_at": NOON - timedelta(days=30)},
])
def test_nobody_is_written_to_where_nothing_is_to_be_done(facts: dict[str, Any], session: Session,
                                                          make: Maker) -> None:
    make.account(Role.EDITOR)
    broken(session, "https://a.example/", **facts)
    assert write(session) == 0
    assert mails(session) == []


def test_a_feed_that_was_given_up_is_told_once(session: Session, make: Maker) -> None:
    make.account(Role.EDITOR)
    broken(session, "https://a.example/", retired_at=NOON - timedelta(days=2))
    assert [write(session, NOON + each * WEEK) for each in range(3)] == [1, 0, 0]
    assert "Given up at the source on 2 May 2026." in mails(session)[0].body


def test_a_proposed_address_is_the_advice(session: Session, make: Maker, failing: Feed) -> None:
    make.account(Role.EDITOR)
    failing.proposed_url = "https://a.example/new.xml"
    write(session)
    assert "moved to https://a.example/new.xml" in mails(session)[0].body


def test_a_hundred_broken_feeds_fit_into_one_letter(session: Session, make: Maker) -> None:
    make.account(Role.EDITOR)
    for number in range(60):
        broken(session, f"https://blog{number}.example/")
    write(session)
    assert mails(session)[0].subject == "60 feeds are broken"
    assert "And 10 more." in mails(session)[0].body


def test_the_worker_writes_it(app: Flask, session: Session, make: Maker, failing: Feed,
                              time: FakeClock) -> None:
    make.account(Role.EDITOR)
    app.extensions["jobs"].run(digests.JOB)
    app.extensions["jobs"].run(digests.JOB)
    assert len(mails(session)) == 1
