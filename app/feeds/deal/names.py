"""Whose posts they are: a name as a feed writes it, and the person it stands for here.

A name that turns up for the first time belongs to nobody until an editor has said whose it is:
a namesake from elsewhere must never get somebody's posts. Two things say it without a question:
the feed has one author, or it is published as it comes and the name stood in its very first
visit, which the editor saw when adding it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, lazyload

from app.entries import filing
from app.entries.models import Part
from app.feeds.deal.models import FeedName
from app.feeds.mending.introducing import introduce_surely
from app.feeds.models import Feed, FeedItem, Policy
from app.people import actions as people
from app.people.models import Person

LONGEST = 300


def every(session: Session, feed: Feed) -> Sequence[FeedName]:
    """The names of a feed, those that nobody has spoken for first."""
    return session.scalars(
        sa.select(FeedName).where(FeedName.feed_id == feed.id).options(
            lazyload(FeedName.feed), joinedload(FeedName.person).lazyload(Person.picture))
        .order_by(FeedName.person_id.is_not(None), FeedName.name)).all()


def as_signed(feed: Feed, name: str) -> str:
    """The name under which an item is kept: its own, or the feed's where it has none."""
    return (name or feed.name)[:LONGEST]


def writers(session: Session, feed: Feed, names: Iterable[str], *,
            now: datetime) -> Mapping[str, Person | None]:
    """The person behind each name as signed; None where nobody has said who that is.

    Names not seen before are written down. Asks once however many names there are.
    """
    wanted = dict.fromkeys(as_signed(feed, name) for name in names)
    if feed.author is not None:
        return dict.fromkeys(wanted, feed.author)
    known = {row.name: row for row in every(session, feed)}
    trusted = feed.policy is Policy.PUBLISH and not any(
        row.first_seen_at < now for row in known.values())
    for name in wanted:
        if name not in known:
            known[name] = FeedName(feed_id=feed.id, feed=feed, name=name, first_seen_at=now)
            session.add(known[name])
        if trusted and known[name].person is None:
            known[name].person = _make(session, feed, name, now)
    return {name: known[name].person for name in wanted}


def writer(session: Session, feed: Feed, name: str, *, now: datetime) -> Person | None:
    """The person behind one name; None where nobody has said who that is."""
    return writers(session, feed, [name], now=now)[as_signed(feed, name)]


def settle(session: Session, feed: Feed, name: str, *, now: datetime) -> Person:
    """The person behind a name, made now if nobody has said who it is: the editor's approval is
    their word that the name is right."""
    person = writer(session, feed, name, now=now)
    if person is not None:
        return person
    row = session.scalars(sa.select(FeedName).where(
        FeedName.feed_id == feed.id, FeedName.name == as_signed(feed, name))).one()
    return assign(session, row, None, now=now)


def assign(session: Session, row: FeedName, person: Person | None, *, now: datetime) -> Person:
    """Says who a name is, a new person if None, and credits what came under it.

    An entry whose byline an editor has changed keeps it. The caller commits.
    """
    before, row.person = row.person, person or _make(session, row.feed, row.name, now)
    session.flush()
    for item in _signed(session, row):
        by = item.entry.people(Part.AUTHOR) if item.entry else None
        if item.entry and (not by or by == [before]):
            filing.credit(session, item.entry, Part.AUTHOR, [(row.person, "", "")])
            introduce_surely(row.person, item.findings, came_with=row.feed.description)
    return row.person


def _signed(session: Session, row: FeedName) -> Sequence[FeedItem]:
    return session.scalars(
        sa.select(FeedItem).where(FeedItem.feed_id == row.feed_id, FeedItem.author == row.name)
        .order_by(FeedItem.id)).all()


def _make(session: Session, feed: Feed, name: str, now: datetime) -> Person:
    links = [{"label": feed.name, "url": feed.site_url}] if feed.site_url else []
    return people.add(session, name, now=now, bio=feed.description, links=links)
