"""What turned out to be spam at its source: our copy comes down and stays down, until undone."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.desk import changing
from app.desk import queries as desk_queries
from app.desk.kinds import NotPossible
from app.desk.models import Decision, ItemState
from app.entries import actions as entries
from app.entries.models import EntryState
from app.feeds.changes.updating import CHANGE, ITEM
from app.feeds.models import FeedItem

GONE = "feed-gone"
KINDS = (ITEM, CHANGE, GONE)


def take_down(session: Session, item: FeedItem, decision: Decision) -> None:
    """Takes our copy down, and off the desk whatever else waits about it.

    It stays refused whatever its source says of it later. What undoing needs to know is noted
    with the item that was decided.
    """
    waiting = [card for card in desk_queries.items_of(session, KINDS, [item.id]).values()
               if card.state is ItemState.WAITING]
    for card in waiting:
        changing.retire(card)
    entry = item.entry
    is_here = entry is not None and entry.state is not EntryState.REMOVED
    decision.item.facts = {"state": entry.state.value if entry and is_here else None,
                           "retired": [card.kind for card in waiting]}
    if entry and is_here:
        entries.take_down(entry, now=decision.decided_at)


def put_back(session: Session, item: FeedItem, decision: Decision, *, now: datetime) -> None:
    """Puts our copy back as it was, and what was taken off the desk with it.

    Raises NotPossible where something newer stands on it.
    """
    if item.feed.withdrawn_at:
        raise NotPossible("All posts of this feed are taken down. Put the feed back first.")
    before, entry = decision.item.facts.get("state"), item.entry
    if before and (entry is None or entry.state is not EntryState.REMOVED):
        raise NotPossible("Our copy was changed again since then; decide about it there.")
    if before and entry:
        entries.put_back(entry, EntryState(before), now=now)
    cards = desk_queries.items_of(session, decision.item.facts.get("retired", ()), [item.id])
    for card in cards.values():
        changing.restore(card)
