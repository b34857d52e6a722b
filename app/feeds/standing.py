"""Keeps beside each item how its entry stands, so that a feed's items are counted by an index.

It is done with the very flush that changes an entry; what is stored past the session says so.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from app.entries.models import Entry, Origin
from app.feeds.models import FeedItem


def follow(session: Session, entry_ids: Collection[int]) -> None:
    """Writes beside the items of these entries how they stand."""
    state = sa.select(Entry.state).where(Entry.id == FeedItem.entry_id).scalar_subquery()
    session.execute(sa.update(FeedItem).where(FeedItem.entry_id.in_(entry_ids))
                    .values(entry_state=state), execution_options={"synchronize_session": False})


def watch(sessions: sessionmaker[Session]) -> None:
    """Keeps it in the flushes of these sessions."""
    event.listen(sessions, "after_flush", _follow)


def _follow(session: Session, _context: Any) -> None:
    # Only what came from a feed has an item, and what is new has none yet.
    if moved := {each.id for each in session.dirty if isinstance(each, Entry)
                 and each.origin is Origin.FEED
                 and sa.inspect(each).attrs.state.history.has_changes()}:
        follow(session, moved)
