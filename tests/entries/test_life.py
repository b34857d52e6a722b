"""The life of an entry as a table: where it can go from where, and what readers see of it."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.entries import actions, wording
from app.entries.models import Entry, EntryState
from tests.conftest import NOON, FakeClock
from tests.making import Maker
from tests.visiting import Visitor

DRAFT, WAITING, SCHEDULED, PUBLISHED, REMOVED = EntryState
TOMORROW = NOON + timedelta(days=1)
Move = Callable[[Session, Entry, datetime], object]


def publish(session: Session, entry: Entry, now: datetime) -> None:
    actions.publish(session, entry, now=now)


def schedule(session: Session, entry: Entry, now: datetime) -> None:
    actions.publish(session, entry, now=now, at=TOMORROW)


def date_back(session: Session, entry: Entry, now: datetime) -> None:
    actions.publish(session, entry, now=now, at=NOON - timedelta(days=9))


def a_round_of_the_worker(session: Session, entry: Entry, now: datetime) -> None:
    actions.publish_due(session, now=now)


def a_round_two_days_later(session: Session, entry: Entry, now: datetime) -> None:
    actions.publish_due(session, now=now + timedelta(days=2))


def remove(session: Session, entry: Entry, now: datetime) -> None:
    actions.remove(entry, now=now)


def take_back(session: Session, entry: Entry, now: datetime) -> None:
    actions.hold_again(entry, now=now)


# From where, by what, to where: a sentence a row.
MOVES = [
    (DRAFT, publish, PUBLISHED),                    # an editor's own post goes out as it is
    (DRAFT, schedule, SCHEDULED),                   # or waits for its hour
    (DRAFT, date_back, PUBLISHED),                  # an hour that has passed is now
    (DRAFT, a_round_of_the_worker, DRAFT),          # nothing goes out by itself
    (WAITING, publish, PUBLISHED),                  # approved
    (WAITING, schedule, SCHEDULED),                 # approved for later
    (WAITING, a_round_two_days_later, WAITING),     # the desk decides, not the worker
    (SCHEDULED, a_round_of_the_worker, SCHEDULED),  # too early
    (SCHEDULED, a_round_two_days_later, PUBLISHED),  # late, but out
    (SCHEDULED, publish, PUBLISHED),                # sooner than planned
    (SCHEDULED, take_back, WAITING),                # the approval is undone in time
    (SCHEDULED, remove, REMOVED),                   # and does not go out any more
    (PUBLISHED, publish, PUBLISHED),                # twice is once
    (PUBLISHED, schedule, SCHEDULED),               # out of sight until then
    (PUBLISHED, take_back, WAITING),                # the approval is undone
    (PUBLISHED, remove, REMOVED),                   # taken down
    (REMOVED, publish, PUBLISHED),                  # and put up again
    (REMOVED, schedule, SCHEDULED),
    (REMOVED, take_back, WAITING),                  # a rejection is undone
    (REMOVED, a_round_two_days_later, REMOVED),     # what was taken down stays down
]
WAYS_TO: dict[EntryState, list[Move]] = {
    DRAFT: [], WAITING: [publish, take_back], SCHEDULED: [schedule], PUBLISHED: [publish],
    REMOVED: [publish, remove],
}


def bring_to(state: EntryState, session: Session, entry: Entry) -> None:
    for move in WAYS_TO[state]:
        move(session, entry, NOON)
    session.commit()
    assert entry.state is state


@pytest.mark.parametrize("section", ["posts", "episodes"])
@pytest.mark.parametrize(("before", "move", "after"), MOVES,
                         ids=lambda each: getattr(each, "__name__", str(each)))
def test_an_entry_is_seen_exactly_while_it_is_published(
    before: EntryState, move: Move, after: EntryState, section: str, make: Maker,
    session: Session, visitor: Visitor, time: FakeClock,
) -> None:
    made = make.post if section == "posts" else make.episode
    entry = made("One thing", published=False)
    bring_to(before, session, entry)
    guid, slug = entry.guid, entry.slug
    move(session, entry, time.forward(hours=1))
    session.commit()
    session.refresh(entry)
    assert entry.state is after
    assert entry.guid == guid
    assert slug in {None, entry.slug}, "an address once given stays"
    visitor.get(f"/{section}/one-thing", status=200 if after is PUBLISHED else 404)
    assert ("One thing" in visitor.get(f"/{section}/").words) == (after is PUBLISHED)
    assert ("One thing" in visitor.client.get("/feed.xml").text) == (after is PUBLISHED)


def test_an_entry_published_again_has_a_new_date_and_the_old_identity(
    make: Maker, session: Session, time: FakeClock, visitor: Visitor,
) -> None:
    post = make.post("Kept")
    guid = post.guid
    actions.hold_again(post, now=time.now())
    actions.publish(session, post, now=time.forward(days=3))
    session.commit()
    assert (post.guid, post.slug) == (guid, "kept")
    assert 'datetime="2026-05-07T12:00:00Z"' in visitor.get("/posts/kept").text


def test_publishing_what_is_public_keeps_its_date(make: Maker, session: Session,
                                                  time: FakeClock) -> None:
    post = make.post()
    actions.publish(session, post, now=time.forward(days=3))
    assert post.published_at == NOON


def test_the_worker_publishes_what_is_due_once(app: Flask, make: Maker, session: Session,
                                               time: FakeClock, visitor: Visitor) -> None:
    post = make.post("Later", published=False)
    actions.publish(session, post, now=time.now(), at=TOMORROW)
    session.commit()
    work = app.extensions["jobs"]
    work.run(actions.JOB)
    visitor.get("/posts/later", status=404)
    late = time.forward(days=1, minutes=7)
    work.run(actions.JOB)
    time.forward(hours=1)
    work.run(actions.JOB)
    visitor.get("/posts/later")
    session.refresh(post)
    assert post.published_at == late, "the moment it went public, though the worker was late"
    assert post.publish_at is None


def test_publishing_due_entries_twice_does_it_once(make: Maker, session: Session,
                                                   time: FakeClock) -> None:
    for _ in range(3):
        actions.publish(session, make.post(published=False), now=NOON, at=TOMORROW)
    session.commit()
    assert actions.publish_due(session, now=TOMORROW) == 3
    assert actions.publish_due(session, now=TOMORROW) == 0


@pytest.mark.parametrize("words", [wording.Words("", "", "Text."), wording.Words("Title", "", "")])
def test_nothing_goes_out_without_a_title_and_a_text(words: wording.Words, session: Session,
                                                     make: Maker) -> None:
    entry = Entry(created_at=NOON, updated_at=NOON)
    wording.write(session, entry, words, by="a test", now=NOON)
    session.add(entry)
    session.flush()
    with pytest.raises(actions.NothingToPublish, match="needs a title and a text"):
        actions.publish(session, entry, now=NOON)
    assert entry.state is DRAFT
