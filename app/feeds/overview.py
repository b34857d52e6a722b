"""Reads for the pages of feeds: which feeds, how they are, and what came of one."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, lazyload, load_only

from app.entries import queries as entries
from app.entries.models import EntryState
from app.feeds.deal.models import ClaimState, FeedClaim, FeedName
from app.feeds.models import Feed, FeedItem
from app.feeds.polling.models import FeedSubscription, FeedVisit, SubscriptionState
from app.people.models import Person

VISITS = 10
_here = sa.and_(Feed.removed_at.is_(None), Feed.withdrawn_at.is_(None))
_asked = sa.and_(_here, Feed.retired_at.is_(None), Feed.paused_at.is_(None))
_pushed = sa.exists().where(FeedSubscription.feed_id == Feed.id,
                            FeedSubscription.state == SubscriptionState.ACTIVE)
_nameless = sa.exists().where(FeedName.feed_id == Feed.id, FeedName.person_id.is_(None))

FILTERS: dict[str, tuple[str, sa.ColumnElement[bool]]] = {
    "": ("All", Feed.removed_at.is_(None)),
    "failing": ("Failing", sa.and_(_asked, Feed.failures > 0)),
    "names": ("Unknown names", sa.and_(_here, Feed.author_id.is_(None), _nameless)),
    "paused": ("Paused", sa.and_(_here, Feed.paused_at.is_not(None))),
    "retired": ("Given up", sa.and_(_here, Feed.retired_at.is_not(None))),
    "claimed": ("Claimed", sa.and_(Feed.removed_at.is_(None), Feed.claimed_at.is_not(None))),
    "unclaimed": ("Unclaimed", sa.and_(Feed.removed_at.is_(None), Feed.claimed_at.is_(None))),
    "push": ("By push", sa.and_(_here, _pushed)),
    "removed": ("Removed", Feed.removed_at.is_not(None)),
}
_trouble = sa.case(
    (sa.and_(_asked, Feed.failures > 0), 0), (Feed.retired_at.is_not(None), 1),
    (sa.and_(_asked, Feed.visited_at.is_(None)), 2), (_asked, 3), else_=4)
_by_name = (sa.func.lower(sa.func.coalesce(sa.func.nullif(Feed.title, ""), Feed.url)), Feed.id)
ORDERS = {"": (_trouble, Feed.broken_since.is_(None), Feed.broken_since, *_by_name),
          "name": _by_name}


# No list of feeds says whose they are, and no list of items shows a text.
BARE = (lazyload(Feed.author), lazyload(Feed.topics))
LISTED = (*BARE, load_only(
    Feed.public_id, Feed.title, Feed.url, Feed.policy, Feed.show, Feed.added_at, Feed.claimed_at,
    Feed.paused_at, Feed.withdrawn_at, Feed.removed_at, Feed.retired_at, Feed.visited_at,
    Feed.next_visit_at, Feed.next_visit_why, Feed.failures, Feed.broken_since, Feed.health))
_NAMED = load_only(FeedItem.feed_id, FeedItem.title, FeedItem.author, FeedItem.published_at,
                   FeedItem.missing_since, FeedItem.source_html, FeedItem.double_of_id,
                   FeedItem.entry_id)


def listed(state: str, words: str, order: str) -> sa.Select[Feed]:
    """The feeds in this state whose name or address has these words, worst first or by name."""
    query = sa.select(Feed).where(FILTERS[state][1]).order_by(*ORDERS[order])
    if words:
        query = query.where(sa.or_(*(
            sa.func.lower(column).contains(words.lower(), autoescape=True)
            for column in (Feed.title, Feed.url, sa.func.coalesce(Feed.site_url, "")))))
    return query


_TALLIES = sa.select(*(sa.func.sum(sa.case((where, 1), else_=0))
                       for _label, where in FILTERS.values())).select_from(Feed)


def tallies(session: Session) -> dict[str, int]:
    """How many feeds are in each state."""
    row = session.execute(_TALLIES).one()
    return {state: int(count or 0) for state, count in zip(FILTERS, row, strict=True)}


def unknown_names(session: Session, feeds: Sequence[Feed]) -> dict[int, int]:
    """How many names of each of these feeds belong to nobody yet."""
    rows = session.execute(
        sa.select(FeedName.feed_id, sa.func.count()).join(Feed, Feed.id == FeedName.feed_id)
        .where(FeedName.feed_id.in_([feed.id for feed in feeds]), FeedName.person_id.is_(None),
               Feed.author_id.is_(None)).group_by(FeedName.feed_id))
    return dict(rows.all())


def subscriptions(session: Session, feeds: Sequence[Feed]) -> dict[int, FeedSubscription]:
    """Our subscriptions at the hubs of these feeds."""
    rows = session.scalars(sa.select(FeedSubscription).options(
        lazyload(FeedSubscription.feed)).where(
            FeedSubscription.feed_id.in_([feed.id for feed in feeds])))
    return {row.feed_id: row for row in rows}


def at(session: Session, *urls: str, digest: str = "") -> Feed | None:
    """The feed at one of these addresses, whether it is asked with TLS or without.

    Of two that one temporary redirect binds, what came last is the same: that is its `digest`.
    """
    places = [f"{scheme}://{url.partition('://')[2]}" for url in urls
              for scheme in ("https", "http")]
    return session.scalars(sa.select(Feed).where(
        sa.or_(Feed.url.in_(places), Feed.body_digest == digest)).order_by(Feed.id)).first()


def namesakes(session: Session, wanted: Sequence[str]) -> dict[str, Person]:
    """People who have one of these names, by the name in small letters."""
    rows = session.scalars(sa.select(Person).where(
        sa.func.lower(Person.name).in_([name.lower() for name in wanted])).order_by(Person.id))
    return {person.name.lower(): person for person in rows}


def visits(session: Session, feed: Feed) -> Sequence[FeedVisit]:
    """The last visits to a feed, newest first."""
    return session.scalars(sa.select(FeedVisit).where(FeedVisit.feed_id == feed.id)
                           .order_by(FeedVisit.id.desc()).limit(VISITS)).all()


def claims(session: Session, feed: Feed) -> Sequence[FeedClaim]:
    """The claims that were proven and have not ended."""
    return session.scalars(
        sa.select(FeedClaim).options(lazyload(FeedClaim.feed)).where(
            FeedClaim.feed_id == feed.id, FeedClaim.state == ClaimState.PROVEN)
        .order_by(FeedClaim.id)).all()


def items(feed: Feed) -> sa.Select[FeedItem]:
    """All that was ever seen in a feed, the newest first."""
    shown = (_NAMED, lazyload(FeedItem.feed), joinedload(FeedItem.entry).options(*entries.BARE))
    return sa.select(FeedItem).options(*shown).where(FeedItem.feed_id == feed.id).order_by(
        FeedItem.first_seen_at.desc(), FeedItem.published_at.desc(), FeedItem.id.desc())


def doubles(session: Session, rows: Sequence[FeedItem]) -> dict[int, FeedItem]:
    """The items that some of these are doubles of, by id."""
    wanted = {item.double_of_id for item in rows if item.double_of_id}
    if not wanted:
        return {}
    shown = (_NAMED, lazyload(FeedItem.entry),
             joinedload(FeedItem.feed, innerjoin=True).options(*BARE))
    return {item.id: item for item in session.scalars(
        sa.select(FeedItem).options(*shown).where(FeedItem.id.in_(wanted)))}


@dataclass(frozen=True)
class Here:
    """How many items of a feed are what."""

    seen: int = 0
    waiting: int = 0
    published: int = 0
    removed: int = 0
    entries: int = 0


def here(session: Session, feed: Feed) -> Here:
    """What became of the items of a feed."""
    rows = session.execute(
        sa.select(FeedItem.entry_state, sa.func.count())
        .where(FeedItem.feed_id == feed.id).group_by(FeedItem.entry_state)).all()
    states: dict[str | None, int] = dict(rows)
    return Here(sum(states.values()), states.get(EntryState.WAITING, 0),
                states.get(EntryState.PUBLISHED, 0) + states.get(EntryState.SCHEDULED, 0),
                states.get(EntryState.REMOVED, 0),
                sum(count for state, count in states.items() if state is not None))
