"""Deleting what was put into the store and never noted: its upload came to no end."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import throttle
from app.media.models import Media
from app.media.store import Store

JOB = "sweep-media"
EVERY, LEFT_BEHIND = timedelta(hours=20), timedelta(days=1)


def sweep(session: Session, store: Store, now: datetime) -> int:
    """Deletes files that nobody has used for a day and no row names.

    About once a day, however often it is asked. Returns how many. No transaction is open while
    the store is asked. Raises StoreFailed.
    """
    if throttle.wait_for(session, JOB, 1, EVERY, now):
        return 0
    throttle.count(session, JOB, EVERY, now)
    session.commit()
    before = now - LEFT_BEHIND
    old = set(store.unused(before))
    unnamed = old - set(session.scalars(sa.select(Media.name)))
    session.commit()
    return sum(store.delete(name, before) for name in unnamed)
