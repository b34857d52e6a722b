"""Gone at the source: a proposal to take our copy down, raised once, withdrawn if it comes back."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import text
from app.desk import actions as desk
from app.desk import changing
from app.desk import queries as desk_queries
from app.desk.models import ItemState, ReviewItem
from app.entries.models import EntryState
from app.feeds.changes.spamming import GONE
from app.feeds.changes.updating import signed
from app.feeds.deciding import Absence
from app.feeds.models import FeedItem

WHY = "it stands in the feed no more, between others that stayed"
OUT = {EntryState.PUBLISHED, EntryState.SCHEDULED}


def note(session: Session, absence: Absence, *, now: datetime) -> int:
    """Writes down who is gone and who is back; says how many are gone."""
    gone, back = ({one.id for one in each} for each in (absence.gone, absence.back))
    if not gone | back:
        return 0
    _note(session, gone, back, now)
    return len(gone)


def _note(session: Session, gone: set[int], back: set[int], now: datetime) -> None:
    items = session.scalars(sa.select(FeedItem).where(FeedItem.id.in_(gone | back))).all()
    cards = {subject: card for (_kind, subject), card in desk_queries.items_of(
        session, [GONE], gone | back).items()}
    for item in items:
        if item.id in back:
            item.missing_since = None
            _withdraw(session, cards.get(item.id))
        elif item.missing_since is None:
            item.missing_since = now
            _propose(session, item, cards.get(item.id), now)


def _withdraw(session: Session, card: ReviewItem | None) -> None:
    if card and card.state is ItemState.WAITING:
        changing.retire(card)


def _propose(session: Session, item: FeedItem, card: ReviewItem | None, now: datetime) -> None:
    entry = item.entry
    if entry is None or entry.state not in OUT:
        return
    cause, words = desk.Cause(f"Gone at {item.feed.name}: {WHY}."), text.plain(entry.html)
    if card is None:
        desk.hold(session, GONE, item.id, now=now, cause=cause, title=entry.title, text=words,
                  person=signed(item, entry), person_key=f"feed:{item.feed_id}", entry_id=entry.id)
    elif card.state is ItemState.WITHDRAWN:
        changing.reopen(session, card, now=now, by="its going again", cause=cause, text=words)
