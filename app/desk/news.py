"""What has happened since a page of the queue was made, asked every few seconds by every editor.

Two small reads: the newest of what waits, by the index on state and age, and the cards that stand
on the page, by their ids.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.desk.claiming import holder
from app.desk.filtering import Filter
from app.desk.models import ItemState, ReviewItem

# Beyond this nobody wants them all on one page.
MOST = 50


@dataclass(frozen=True)
class News:
    """How many have come in, and how the cards of the page stand: `items` that wait, `gone`."""

    new: int
    items: Sequence[ReviewItem]
    gone: Sequence[ReviewItem]
    holders: Mapping[int, int]

    @property
    def mark(self) -> str:
        """The same as long as nothing has changed; empty while there is nothing to say."""
        if not (self.new or self.gone or self.holders):
            return ""
        facts = (self.new, sorted(item.id for item in self.gone), sorted(self.holders.items()))
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:12]


def arrived(shown: Filter, since: datetime, now: datetime) -> sa.Select[int]:
    """The numbers of what matches and began to wait after a moment, at most MOST."""
    return shown.query(now).where(ReviewItem.waiting_since > since).limit(MOST)


def since(session: Session, shown: Filter, moment: datetime, ids: Sequence[int], *,
          reader_id: int, now: datetime) -> News:
    """The news of a page made at `moment` with the cards `ids`; one's own claims are none."""
    found = arrived(shown, moment, now).order_by(None)
    new = session.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0
    items = session.scalars(
        sa.select(ReviewItem).where(ReviewItem.id.in_(ids))
        .options(joinedload(ReviewItem.claimed_by))).all() if ids else []
    waiting = [item for item in items if item.state is ItemState.WAITING]
    holders = {item.id: by.id for item in waiting
               if (by := holder(item, now)) and by.id != reader_id}
    gone = [item for item in items if item.state is not ItemState.WAITING]
    return News(new, waiting, gone, holders)
