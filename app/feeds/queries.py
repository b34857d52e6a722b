"""Reads of feeds and their items."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import (
    Session,
    defaultload,
    joinedload,
    lazyload,
    load_only,
    selectinload,
)

from app.entries.models import Entry, EntryState
from app.entries.shelves import Contribution
from app.feeds.deciding import Known, Verdict
from app.feeds.deciding.doubles import Elsewhere
from app.feeds.deciding.links import spellings
from app.feeds.deciding.seeking import EVERYTHING, Sought
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
                                 Feed.withdrawn_at.is_(None),
                                 Feed.removed_at.is_(None)).order_by(Feed.next_visit_at, Feed.id)


def known(session: Session, feed: Feed, sought: Sought | None = EVERYTHING) -> list[Known]:
    """What was ever seen in a feed and is sought, as the decision sees it: no text is loaded.

    Of a long past few are sought, and for what is not, its names alone are read.
    """
    found = FeedItem.feed_id == feed.id
    if sought is not EVERYTHING:
        names = session.execute(sa.select(FeedItem.id, FeedItem.identity, FeedItem.guid,
                                          FeedItem.link, FeedItem.content_hash).where(found))
        found = FeedItem.id.in_([name[0] for name in names if sought.has(*name)])
    rows = session.execute(
        sa.select(FeedItem.id, FeedItem.identity, FeedItem.link, FeedItem.content_hash,
                  FeedItem.published_at, FeedItem.first_seen_at, FeedItem.guid, FeedItem.meaning,
                  FeedItem.missing_since.is_not(None)).where(found).order_by(FeedItem.id))
    return [Known(identity, link, digest, published or seen, guid or "", meaning, item_id, missing)
            for item_id, identity, link, digest, published, seen, guid, meaning, missing in rows]


def ids(session: Session, feed: Feed, identities: Sequence[str]) -> dict[str, int]:
    """The ids of a feed's items by their identities, in one query."""
    rows = session.execute(sa.select(FeedItem.identity, FeedItem.id).where(
        FeedItem.feed_id == feed.id, FeedItem.identity.in_(identities)))
    return dict(rows.all())


def elsewhere(session: Session, feed: Feed, news: Sequence[Verdict]) -> list[Elsewhere]:
    """Items of other feeds that may be the same posts as these new ones; in one query.

    What is a double itself is left out: the one that was here first is named.
    """
    links = {each for verdict in news if verdict.item.link
             for each in spellings(verdict.item.link)}
    guids = {verdict.item.guid for verdict in news if verdict.item.guid}
    meanings = {verdict.meaning for verdict in news}
    rows = session.execute(
        sa.select(FeedItem.id, FeedItem.guid, FeedItem.link, FeedItem.title, FeedItem.meaning,
                  FeedItem.double_of_id)
        .where(FeedItem.feed_id != feed.id,
               sa.or_(FeedItem.link.in_(links), FeedItem.guid.in_(guids),
                      FeedItem.meaning.in_(meanings))))
    # SQLite, asked for what is no double, would go through all items by that index.
    return [Elsewhere(item_id, guid or "", link, title, meaning)
            for item_id, guid, link, title, meaning, double_of in rows if double_of is None]


def counts(session: Session, feeds: Sequence[Feed]) -> dict[int, int]:
    """How many items were seen in each of these feeds."""
    rows = session.execute(sa.select(FeedItem.feed_id, sa.func.count())
                           .where(FeedItem.feed_id.in_([feed.id for feed in feeds]))
                           .group_by(FeedItem.feed_id))
    return dict(rows.all())


def loaded(session: Session, ids: Sequence[int]) -> dict[int, FeedItem]:
    """Items by id, in a fixed number of queries."""
    rows = session.scalars(_LOADED, {"ids": list(ids)})
    return {item.id: item for item in rows}


def shown(session: Session, ids: Sequence[int]) -> dict[int, FeedItem]:
    """Items by id as their cards show them: with the other feeds in which they came, too."""
    rows = session.scalars(_SHOWN, {"ids": list(ids)})
    return {item.id: item for item in rows}


# What no card shows of an item's feed and entry, and no decision asks for.
_LOADED = sa.select(FeedItem).where(FeedItem.id.in_(sa.bindparam("ids", expanding=True))).options(
    joinedload(FeedItem.feed, innerjoin=True).options(
        lazyload(Feed.topics), joinedload(Feed.author).lazyload(Person.picture)),
    joinedload(FeedItem.entry).options(
        lazyload(Entry.cover), lazyload(Entry.series),
        selectinload(Entry.contributions).joinedload(Contribution.person, innerjoin=True)
        .lazyload(Person.picture)))
_SHOWN = _LOADED.options(
    defaultload(FeedItem.entry).lazyload(Entry.topics),
    selectinload(FeedItem.doubles).options(
        load_only(FeedItem.feed_id), lazyload(FeedItem.entry),
        joinedload(FeedItem.feed, innerjoin=True).options(
            load_only(Feed.title, Feed.url), lazyload(Feed.author), lazyload(Feed.topics))))


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
        sa.select(sa.func.count()).select_from(FeedItem).where(
            FeedItem.feed_id == feed.id, FeedItem.entry_state == EntryState.PUBLISHED)) or 0
