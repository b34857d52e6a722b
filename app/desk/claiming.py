"""Who has an item open. A claim is a courtesy: it lapses by itself and stops nobody."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.database import rows_changed
from app.desk.models import ItemState, ReviewItem
from app.desk.values import Held

CLAIM_LASTS = timedelta(minutes=10)


def is_fresh(claimed_at: datetime | None, now: datetime) -> bool:
    """Whether a claim still holds. One that nobody renewed for CLAIM_LASTS says nothing any more.
    """
    return claimed_at is not None and claimed_at > now - CLAIM_LASTS


def holder(item: ReviewItem, now: datetime) -> Account | None:
    """Who has an item open."""
    return item.claimed_by if is_fresh(item.claimed_at, now) else None


def held(item: ReviewItem, viewer: Account, now: datetime) -> Held | None:
    """Who has an item open, as `viewer` sees it."""
    by = holder(item, now)
    return Held(by.name, by.id == viewer.id) if by else None


def claim(session: Session, item: ReviewItem, by: Account, *, now: datetime,
          soft: bool = False) -> bool:
    """Shows the others that somebody is at a waiting item. Commits; `item` is not read again.

    A soft claim comes from just looking, and leaves it to whoever has it already. Returns whether
    the item is `by`'s now.
    """
    free = sa.or_(ReviewItem.claimed_by_id.is_(None), ReviewItem.claimed_by_id == by.id,
                  ReviewItem.claimed_at <= now - CLAIM_LASTS)
    changed = session.execute(
        sa.update(ReviewItem).values(claimed_by_id=by.id, claimed_at=now)
        .where(ReviewItem.id == item.id, ReviewItem.state == ItemState.WAITING,
               free if soft else sa.true()))
    session.commit()
    return rows_changed(changed) == 1


def release(session: Session, item: ReviewItem, by: Account) -> None:
    """Lets go of an item, unless somebody else has it by now. Commits; `item` is not read again."""
    session.execute(sa.update(ReviewItem).values(claimed_by_id=None, claimed_at=None)
                    .where(ReviewItem.id == item.id, ReviewItem.claimed_by_id == by.id))
    session.commit()
