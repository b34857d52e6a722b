"""Taking a feed off the list, and putting it back."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.feeds.deal import terms
from app.feeds.models import Feed


def remove(session: Session, feed: Feed, *, now: datetime, posts: bool = False) -> int:
    """Takes a feed off the list; it is not asked any more. Commits.

    With `posts`, all that came from it is taken down as well; says how many that were. Nothing is
    deleted, and `bring_back` knows what went down together with the feed.
    """
    if feed.removed_at is not None:
        return 0
    down = terms.take_down(session, feed, now=now) if posts and not feed.withdrawn_at else 0
    feed.removed_at = feed.paused_at = now
    session.commit()
    return down


def bring_back(session: Session, feed: Feed, *, now: datetime) -> None:
    """Puts a feed back on the list, with what went down with it, and asks it again. Commits.

    What its author took down stays down.
    """
    if terms.is_down_by_editors(feed):
        terms.put_back(session, feed, now=now, by="An editor")
    feed.removed_at = None
    if feed.withdrawn_at is None:
        feed.paused_at, feed.next_visit_at = None, now
    session.commit()
