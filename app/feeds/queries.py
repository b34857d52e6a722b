"""Reads of feeds and their items."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.entries.models import Contribution, Entry, EntryState
from app.feeds.deciding import Known
from app.feeds.models import Feed, FeedItem
from app.people.models import Person


def by_url(session: Session, url: str) -> Feed | None:
    """The feed with this address."""
    return session.scalars(sa.select(Feed).where(Feed.url == url)).first()


def every() -> sa.Select[Feed]:
    """All feeds by name."""
    return sa.select(Feed).order_by(sa.func.lower(Feed.title), Feed.url)


def due(now: datetime) -> sa.Select[Feed]:
    """Feeds whose next visit has come, the longest overdue first."""
    return sa.select(Feed).where(Feed.next_visit_at <= now, Feed.paused_at.is_(None),
                                 Feed.withdrawn_at.is_(None)).order_by(Feed.next_visit_at)


def known(session: Session, feed: Feed) -> dict[str, FeedItem]:
    """All that was ever seen in a feed, by identity."""
    items = session.scalars(sa.select(FeedItem).where(FeedItem.feed_id == feed.id))
    return {item.identity: item for item in items}


def as_known(item: FeedItem) -> Known:
    """A stored item as the decision sees it."""
    return Known(identity=item.identity, link=item.link, content_hash=item.content_hash,
                 date=item.published_at or item.first_seen_at, guid=item.guid or "")


def writer(session: Session, feed: Feed, name: str) -> Person | None:
    """The person who has this name in this feed: never a namesake from elsewhere."""
    return session.scalars(
        sa.select(Person).join(Contribution, Contribution.person_id == Person.id)
        .join(FeedItem, FeedItem.entry_id == Contribution.entry_id)
        .where(FeedItem.feed_id == feed.id, Person.name == name).order_by(Person.id)).first()


def counts(session: Session, feeds: Sequence[Feed]) -> dict[int, int]:
    """How many items were seen in each of these feeds."""
    rows = session.execute(sa.select(FeedItem.feed_id, sa.func.count())
                           .where(FeedItem.feed_id.in_([feed.id for feed in feeds]))
                           .group_by(FeedItem.feed_id))
    return dict(rows.all())


def loaded(session: Session, ids: Sequence[int]) -> dict[int, FeedItem]:
    """Items by id, in a fixed number of queries."""
    rows = session.scalars(sa.select(FeedItem).where(FeedItem.id.in_(ids)))
    return {item.id: item for item in rows}


def by_public_id(session: Session, public_id: str) -> Feed | None:
    """The feed whose public page this is."""
    return session.scalars(sa.select(Feed).where(Feed.public_id == public_id)).first()


def of_entry(session: Session, section: str, slug: str) -> Feed | None:
    """The feed that a public entry came from."""
    return session.scalars(
        sa.select(Feed).join(FeedItem).join(Entry, Entry.id == FeedItem.entry_id)
        .where(Entry.section == section, Entry.slug == slug,
               Entry.state == EntryState.PUBLISHED)).first()


def published(session: Session, feed: Feed) -> int:
    """How many of a feed's posts readers can see here."""
    return session.scalar(
        sa.select(sa.func.count()).select_from(FeedItem)
        .join(Entry, Entry.id == FeedItem.entry_id)
        .where(FeedItem.feed_id == feed.id, Entry.state == EntryState.PUBLISHED)) or 0
