"""What stands beside the lists: since when readers find an entry there, and how many there are."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.entries import actions, filing
from app.entries.models import Entry, EntryState, Markup, Origin, Part
from app.entries.shelves import Contribution, Series, entry_topics
from tests.conftest import NOON, FakeClock
from tests.making import Maker


def shelved(session: Session) -> bool:
    """Whether everything stands beside the lists that the entries themselves say."""
    said = sa.case((Entry.state == EntryState.PUBLISHED, Entry.published_at))
    rows = [*session.execute(sa.select(entry_topics.c.shown_at, said).join(Entry)),
            *session.execute(sa.select(Contribution.shown_at, said).join(
                Entry, Entry.id == Contribution.entry_id))]
    counts = session.execute(sa.select(Series.shown, sa.func.count(Entry.id)).outerjoin(
        Entry, sa.and_(Entry.series_id == Series.id, Entry.state == EntryState.PUBLISHED))
        .group_by(Series.id)).all()
    return bool(rows) and all(kept == true for kept, true in (*rows, *counts))


@pytest.fixture
def post(make: Maker) -> Entry:
    return make.post(author=make.person(), topics=("Boats", "Rotas"), series="Tips")


CHANGES: dict[str, Callable[[Session, Entry], object]] = {
    "is taken down": lambda session, entry: actions.remove(entry, now=NOON),
    "waits again": lambda session, entry: actions.hold_again(entry, now=NOON),
    "changes its topics": lambda session, entry: filing.file_under(session, entry, ["Nets"]),
    "changes its series": lambda session, entry: filing.number(session, entry, "Letters", None),
    "leaves its series": lambda session, entry: filing.number(session, entry, "", None),
    "gets another date": lambda session, entry: setattr(entry, "published_at", NOON.replace(day=1)),
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_lists_know_at_once_when_an_entry(session: Session, post: Entry, what: str) -> None:
    assert shelved(session)
    CHANGES[what](session, post)
    session.commit()
    assert shelved(session)


def test_the_lists_know_an_entry_whose_author_is_named_later(session: Session, make: Maker,
                                                             post: Entry) -> None:
    filing.credit(session, post, Part.AUTHOR, [(make.person("Bo Tern"), "", "")])
    session.commit()
    assert shelved(session)


def test_a_scheduled_entry_comes_into_the_lists_when_its_time_comes(
        session: Session, make: Maker, time: FakeClock) -> None:
    post = make.post(author=make.person(), topics=("Boats",), series="Tips", published=False)
    actions.publish(session, post, now=NOON, at=time.forward(hours=1))
    session.commit()
    assert post.series is not None
    assert (shelved(session), post.series.shown) == (True, 0)
    actions.publish_due(session, now=time.now())
    session.refresh(post.series)
    assert (shelved(session), post.series.shown) == (True, 1)


def test_entries_that_are_stored_in_bulk_stand_in_the_lists_too(session: Session, make: Maker,
                                                                app: Flask) -> None:
    person, [topic] = make.person(), filing.topics(session, ["Boats"])
    made = [Entry(section="posts", origin=Origin.FEED, markup=Markup.HTML, title=f"Item {each}",
                  html="<p>Words.</p>", state=EntryState.WAITING, created_at=NOON, updated_at=NOON,
                  topics=[topic]) for each in range(2)]
    actions.publish_all(session, made[:1], now=NOON)
    session.expunge_all()
    actions.add_all(session, made)
    filing.credit_all(session, [(each, person) for each in made])
    session.commit()
    assert shelved(session)
    page = app.test_client().get("/topics/boats").text
    assert ("Item 0" in page, "Item 1" in page) == (True, False)
