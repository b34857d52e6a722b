"""Taking a feed off the list, and putting it back."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.feeds.models import Feed


def remove(session: Session, feed: Feed, *, now: datetime) -> None:
    """Takes a feed off the list; it is not asked any more, and what came from it stays. Commits."""
    feed.removed_at = feed.paused_at = now
    session.commit()


def bring_back(session: Session, feed: Feed, *, now: datetime) -> None:
    """Puts a feed back on the list and asks it again. Commits."""
    feed.removed_at = feed.paused_at = None
    feed.next_visit_at = now
    session.commit()
