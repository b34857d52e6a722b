"""Discussions close by age, where nobody said otherwise."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.entries import filing
from app.entries.models import Discussion, Entry
from app.rules import closing
from app.rules.models import EntryRules, Rulebook
from tests.conftest import NOON, FakeClock
from tests.making import Maker
from tests.visiting import Visitor


def save(session: Session, days: int, on: bool = True) -> None:
    session.add(Rulebook(rules=[{"name": "closed", "on": on, "settings": {"days": days}}],
                         saved_at=NOON, saved_by="Ed"))
    session.commit()


def own(session: Session, entry: Entry, **changes: Any) -> None:
    session.add(EntryRules(entry_id=entry.id, changes={"closed": changes}, saved_at=NOON,
                           saved_by="Ed"))
    session.commit()


def is_open(session: Session, entry: Entry) -> bool:
    session.expire_all()
    return session.get_one(Entry, entry.id).comments_open


@pytest.mark.parametrize(("days", "on", "age", "stays_open"), [
    (14, True, 13, True), (14, True, 14, False), (14, True, 900, False),
    (0, True, 900, True), (14, False, 900, True),
], ids=["a young one is open", "on the day it closes", "an old one is closed",
        "0 days is never", "a rule that is off closes nothing"])
def test_an_entry_closes_by_its_age(session: Session, make: Maker, time: FakeClock, days: int,
                                    on: bool, age: int, stays_open: bool) -> None:
    entry = make.post()
    save(session, days, on)
    closing.close_by_age(session, now=time.forward(days=age))
    assert is_open(session, entry) is stays_open


def test_usually_it_closes_after_120_days(session: Session, make: Maker, time: FakeClock) -> None:
    post, episode = make.post(), make.episode()
    assert closing.close_by_age(session, now=time.forward(days=119)) == 0
    assert closing.close_by_age(session, now=time.forward(days=1)) == 2
    assert (is_open(session, post), is_open(session, episode)) == (False, False)


def test_run_twice_it_changes_nothing_more(session: Session, make: Maker, time: FakeClock) -> None:
    make.post()
    later = time.forward(days=200)
    assert [closing.close_by_age(session, now=later) for _ in range(3)] == [1, 0, 0]


def test_a_longer_time_opens_again_what_has_closed(session: Session, make: Maker,
                                                   time: FakeClock) -> None:
    entry = make.post()
    closing.close_by_age(session, now=time.forward(days=130))
    save(session, 365)
    closing.close_by_age(session, now=time.now())
    assert is_open(session, entry)


@pytest.mark.parametrize("said", [Discussion.OPEN, Discussion.CLOSED])
def test_what_an_editor_said_stands(session: Session, make: Maker, time: FakeClock,
                                    said: Discussion) -> None:
    entry = make.post()
    filing.discuss(entry, said)
    session.commit()
    for days in (0, 1000):
        closing.close_by_age(session, now=time.forward(days=days))
        assert is_open(session, entry) is (said is Discussion.OPEN)


def test_a_draft_is_no_older_for_waiting(session: Session, make: Maker, time: FakeClock) -> None:
    draft = make.post(published=False)
    closing.close_by_age(session, now=time.forward(days=1000))
    assert is_open(session, draft)


def test_an_entry_can_have_days_of_its_own(session: Session, make: Maker, time: FakeClock) -> None:
    short, long, off, plain = make.post(), make.post(), make.post(), make.post()
    own(session, short, settings={"days": 3})
    own(session, long, settings={"days": 0})
    own(session, off, on=False)
    closing.close_by_age(session, now=time.forward(days=4))
    assert [is_open(session, each) for each in (short, long, off, plain)] == [
        False, True, True, True]
    closing.close_by_age(session, now=time.forward(days=400))
    assert [is_open(session, each) for each in (short, long, off, plain)] == [
        False, True, True, False]


def test_what_an_entry_changes_in_other_rules_leaves_its_days_alone(
        session: Session, make: Maker, time: FakeClock) -> None:
    entry = make.post()
    session.add(EntryRules(entry_id=entry.id, changes={"links": {"on": False}}, saved_at=NOON,
                           saved_by="Ed"))
    session.commit()
    closing.close_by_age(session, now=time.forward(days=200))
    assert not is_open(session, entry)


def test_the_worker_closes_what_is_old_and_readers_are_told(
        app: Flask, session: Session, visitor: Visitor, make: Maker, time: FakeClock) -> None:
    post = make.post()
    time.forward(days=121)
    session.commit()
    app.extensions["jobs"].run(closing.JOB)
    page = visitor.get(post.path)
    assert "Comments on this page closed on" in page.words
    assert "proof.js" not in page.text
    said = visitor.post(f"{post.path}/comments", status=422, data={
        "author_name": "Rita", "author_email": "rita@reader.example", "body": "Late."})
    assert "Comments on this page are closed" in said.text
