"""Names that a feed signs its items with, and who they stand for."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.feeds import queries
from app.feeds.deal.models import FeedName
from app.feeds.models import Feed
from app.people import actions as people
from app.people.models import Person


def writer(session: Session, feed: Feed, name: str, *, now: datetime) -> Person | None:
    """Whoever signs in this feed with this name; None where nobody here has said who that is."""
    known = _name(session, feed, name)
    return known.person if known else settle(session, feed, name, now=now)


def settle(session: Session, feed: Feed, name: str, *, now: datetime) -> Person:
    """The person behind a name, made if need be: an editor has said that this is one."""
    known = _name(session, feed, name)
    if known and known.person:
        return known.person
    links = [{"label": feed.name, "url": feed.site_url}] if feed.site_url else []
    person = queries.writer(session, feed, name) or people.add(
        session, name, now=now, bio=feed.description, links=links)
    if known:
        known.person = person
    return person


def _name(session: Session, feed: Feed, name: str) -> FeedName | None:
    return session.scalars(sa.select(FeedName).where(
        FeedName.feed_id == feed.id, FeedName.name == name)).first()
