"""Clearing away files whose upload came to no end: no row has ever named them."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import throttle
from app.media.models import Media
from app.media.store import Store

JOB = "sweep-media"
EVERY, LEFT_BEHIND = timedelta(hours=20), timedelta(days=1)


def sweep(session: Session, store: Store, now: datetime) -> int:
    """Deletes files that nobody has put for a day and no row names; returns how many. Commits.

    About once a day, however often it is asked. No transaction is open while the store is asked.
    """
    if throttle.wait_for(session, JOB, 1, EVERY, now):
        return 0
    named = set(session.scalars(sa.select(Media.name)))
    session.commit()
    forgotten = store.forget(named, now - LEFT_BEHIND)
    # Only now: whoever is killed on the way begins again.
    throttle.count(session, JOB, EVERY, now)
    session.commit()
    return forgotten
