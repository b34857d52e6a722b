"""What an author decides about a feed that is theirs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.desk import actions as desk
from app.desk import changing
from app.desk import queries as desk_queries
from app.desk.models import ItemState, ReviewItem
from app.entries import actions as entries
from app.entries.models import Discussion, EntryState
from app.entries.shelves import Contribution
from app.feeds import settings
from app.feeds.changes.spamming import GONE, KINDS
from app.feeds.changes.updating import CHANGE, ITEM
from app.feeds.deal import names
from app.feeds.deal.models import FeedName
from app.feeds.models import Feed, FeedItem, Indexing, Policy, Show
from app.people import actions as people
from app.people.models import Person


class NothingToDo(Exception):
    """It is as somebody wants it already; the text says how."""


@dataclass(frozen=True)
class Terms:
    """How the posts of a feed come in and are shown here. Topics are names."""

    policy: Policy
    topics: tuple[str, ...]
    show: Show
    indexing: Indexing
    discussion: Discussion


def agree(session: Session, feed: Feed, terms: Terms, *, now: datetime) -> None:
    """Sets the terms, for what comes and for what is here already. The caller commits."""
    settings.agree(session, feed, replace(
        settings.of(feed), policy=terms.policy, topics=terms.topics, show=terms.show,
        indexing=terms.indexing, discussion=terms.discussion))
    settings.bring_here(session, feed, now=now)


def writable(session: Session, feed: Feed) -> Sequence[Person]:
    """The people whose bio the feed's owner may write: those who are known from it alone.

    Somebody with an account, or with a post from elsewhere, speaks for themselves.
    """
    theirs = {row.person_id: row.person for row in names.every(session, feed) if row.person}
    if feed.author:
        theirs[feed.author.id] = feed.author
    elsewhere = sa.select(Contribution.person_id).outerjoin(
        FeedItem, FeedItem.entry_id == Contribution.entry_id).where(
            Contribution.person_id.in_(theirs),
            sa.or_(FeedItem.feed_id.is_(None), FeedItem.feed_id != feed.id))
    accounts = sa.select(Account.person_id).where(Account.person_id.in_(theirs))
    taken = set(session.scalars(elsewhere)) | set(session.scalars(accounts))
    return [person for key, person in sorted(theirs.items()) if key not in taken]


def nameless(session: Session, feed: Feed) -> Sequence[FeedName]:
    """The names in a feed of which nobody has said yet who that is."""
    return [row for row in names.every(session, feed) if row.person is None]


def introduce(session: Session, row: FeedName, person: Person | None, *, now: datetime) -> Person:
    """Says who a name is: somebody known from this feed alone, or somebody new. The caller commits.

    Only editors say that it is somebody who writes here already.
    """
    return names.assign(session, row, person, now=now)


def describe(person: Person, *, headline: str, bio: str, links: people.Links) -> None:
    """Writes somebody's bio box. The caller commits."""
    people.describe(person, headline=headline, bio=bio, links=links)


def is_down_by_editors(feed: Feed) -> bool:
    """Whether its posts went when an editor removed the feed: then no author puts them back."""
    return feed.withdrawn_at is not None and feed.withdrawn_at == feed.removed_at


def take_down(session: Session, feed: Feed, *, now: datetime) -> int:
    """Takes everything of a feed out of sight and asks it no more; says how many posts. Commits.

    Nothing is forgotten, so that it can be put back, and none of it comes in again meanwhile.
    Raises NothingToDo if it is down already.
    """
    # A visit that is being stored ends first, so that nothing it brings stays behind.
    session.refresh(feed, with_for_update={"of": Feed})
    if feed.withdrawn_at is not None:
        raise NothingToDo("All of it is taken down already.")
    gone, items = 0, _items(session, feed)
    cards = _cards(session, items)
    for item in items:
        entry = item.entry
        if entry is None or entry.state is EntryState.REMOVED:
            continue
        item.withdrawn_from = entry.state
        entries.take_down(entry, now=now)
        for card in cards.get(item.id, ()):
            if card.state is ItemState.WAITING:
                changing.retire(card)
        gone += 1
    feed.withdrawn_at = feed.paused_at = now
    session.commit()
    return gone


def put_back(session: Session, feed: Feed, *, now: datetime, by: str = "") -> int:
    """Puts back what was taken down, as it was, and asks the feed again. Commits.

    Raises NothingToDo if nothing is down. A feed that editors have removed is not asked.
    """
    session.refresh(feed, with_for_update={"of": Feed})
    if feed.withdrawn_at is None:
        raise NothingToDo("Nothing of it is taken down.")
    back, items = 0, _items(session, feed)
    cards = _cards(session, items)
    cause = desk.Cause(f"{by or f'The author of {feed.name}'} put it back.")
    for item in items:
        if item.entry is None or item.withdrawn_from is None:
            continue
        entries.put_back(item.entry, item.withdrawn_from, now=now)
        for card in cards.get(item.id, ()):
            if card.kind == ITEM and item.withdrawn_from is EntryState.WAITING:
                changing.reopen(session, card, now=now, by=feed.name, text=card.text, cause=cause)
            elif _still_waits(card, item):
                changing.restore(card)
        item.withdrawn_from = None
        back += 1
    feed.withdrawn_at = None
    if feed.removed_at is None:
        feed.paused_at, feed.next_visit_at = None, now
    session.commit()
    return back


def _cards(session: Session, items: Sequence[FeedItem]) -> dict[int, list[ReviewItem]]:
    cards: dict[int, list[ReviewItem]] = {}
    for (_kind, item_id), card in desk_queries.items_of(
            session, KINDS, [item.id for item in items]).items():
        cards.setdefault(item_id, []).append(card)
    return cards


def _still_waits(card: ReviewItem, item: FeedItem) -> bool:
    # What the source had settled by itself before stays settled.
    return ((card.kind == CHANGE and item.source_html is not None)
            or (card.kind == GONE and item.missing_since is not None))


def _items(session: Session, feed: Feed) -> Sequence[FeedItem]:
    return session.scalars(sa.select(FeedItem).where(FeedItem.feed_id == feed.id)
                           .order_by(FeedItem.id)).all()
