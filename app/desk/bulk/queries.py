"""Which items a decision on many is about."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.desk.filtering import Filter
from app.desk.models import ItemState, ReviewItem


def matching(session: Session, shown: Filter, seen_at: datetime, now: datetime) -> list[int]:
    """The items that match a filter and waited already when the editor saw their number."""
    return list(session.scalars(shown.query(now).where(ReviewItem.waiting_since <= seen_at)))


def left_of(session: Session, seen: Mapping[int, datetime | None]) -> list[int]:
    """Those of these items that still wait as they were seen; what is not possible left them."""
    rows = session.execute(sa.select(ReviewItem.id, ReviewItem.waiting_since).where(
        ReviewItem.id.in_(seen), ReviewItem.state == ItemState.WAITING))
    return [number for number, since in rows if seen[number] in {None, since}]
