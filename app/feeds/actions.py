"""Changes to feeds: adding one, visiting it."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import jobs
from app.database import rows_changed
from app.feeds import queries
from app.feeds.models import Feed, Policy, Show
from app.feeds.polling import claiming, moving, recording, rounds
from app.feeds.polling.addressing import BadAddress, normal
from app.feeds.polling.asking import Asking, Document, Errand, Reply, ask
from app.feeds.polling.claiming import JOB
from app.feeds.polling.models import Occasion
from app.feeds.settling import Visit, settle
from app.people.models import Person

__all__ = ["JOB", "Asking", "BadAddress", "Visit", "add", "ask_all", "normal", "pause", "resume",
           "visit", "visit_all", "visit_due"]
TRIMMED_AT_ONCE = 50
# What is due sooner than the next round gets a round of its own.
SOON = timedelta(minutes=1)
log = logging.getLogger(__name__)


def add(session: Session, url: str, *, now: datetime, policy: Policy | None = None,
        show: Show | None = None, author: Person | None = None) -> tuple[Feed, bool]:
    """The feed at an address, made or with its settings changed; says whether it is new. Commits.

    Raises BadAddress. The feed is not asked; `visit` does that.
    """
    address = normal(url)
    feed = queries.by_url(session, address)
    if new := feed is None:
        feed = Feed(url=address, added_at=now, next_visit_at=now)
        session.add(feed)
    feed.policy, feed.show = policy or feed.policy, show or feed.show
    feed.author = author or feed.author
    session.commit()
    return feed, new


def pause(session: Session, feed: Feed, *, now: datetime) -> None:
    """Stops asking a feed; what came from it stays. Commits."""
    feed.paused_at = now
    session.commit()


def resume(session: Session, feed: Feed, *, now: datetime) -> None:
    """Asks a feed again, at the next round. Commits."""
    feed.paused_at, feed.next_visit_at = None, now
    session.commit()


def ask_all(session: Session, *, now: datetime) -> int:
    """Makes every feed due that is asked at all; the worker visits them. Says how many. Commits."""
    asked = session.execute(sa.update(Feed).where(Feed.paused_at.is_(None)).values(
        next_visit_at=now, next_visit_why="An editor asked for it."))
    jobs.wake(session, JOB, now)
    session.commit()
    return rows_changed(asked)


def visit(session: Session, feed: Feed, asking: Asking, *, now: datetime) -> Visit:
    """Asks a feed now, by hand, and stores what came. Commits; never raises for what it does.

    No transaction is open while the server is asked, so a slow one makes nobody wait.
    """
    # A worker may have been here since this row was read.
    session.refresh(feed)
    session.commit()
    reply = ask(Errand.to(feed), asking, now, moving.search)
    results = settle(session, [reply], asking, now, Occasion.HAND)
    recording.trim(session, [reply.errand.feed_id])
    session.commit()
    # None only if it was deleted meanwhile.
    return results[0] if results else Visit(feed, None, "The feed is not here any more.")


def visit_all(session: Session, feeds: Iterable[Feed], asking: Asking,
              now: Callable[[], datetime]) -> Iterator[Visit]:
    """Asks these feeds now, by hand, many at once; yields each visit when it is stored. Commits."""
    errands = [Errand.to(feed) for feed in feeds]
    session.commit()
    return _visits(session, rounds.Lanes(errands, asking), asking, now, Occasion.HAND)


def visit_due(session: Session, asking: Asking, now: Callable[[], datetime]) -> int:
    """Visits every feed whose time has come, and says how many. Commits.

    What one of them breaks stops none of the others, and a slow one delays none.
    """
    source = rounds.Due(session, asking, now)
    count = sum(1 for _ in _visits(session, source, asking, now, None))
    claiming.sweep(session, now())
    soon = session.scalar(sa.select(sa.func.min(Feed.next_visit_at)).where(
        Feed.paused_at.is_(None), Feed.next_visit_at > now()))
    # A round that found nothing asks for none: rounds that meet must not both go on.
    if count and soon and soon < now() + SOON:
        jobs.wake(session, JOB, soon)
    session.commit()
    return count


def _visits(session: Session, source: rounds.Errands, asking: Asking, now: Callable[[], datetime],
            occasion: Occasion | None) -> Iterator[Visit]:
    visited: set[int] = set()
    for replies in rounds.replies(source, asking, now):
        for batch in _batches(replies):
            yield from _guarded(session, batch, asking, now(), occasion)
            # Of what is stored nothing stays in memory, however many feeds there are.
            session.expunge_all()
        visited.update(each.errand.feed_id for each in replies)
        if len(visited) >= TRIMMED_AT_ONCE:
            _trim(session, visited)
    _trim(session, visited)


def _batches(replies: Sequence[Reply]) -> list[list[Reply]]:
    # What brought nothing to store costs little more than its commit, so these share one.
    empty = [each for each in replies if not isinstance(each.found, Document)]
    return [batch for batch in (empty, *(
        [each] for each in replies if isinstance(each.found, Document))) if batch]


def _trim(session: Session, visited: set[int]) -> None:
    recording.trim(session, visited)
    session.commit()
    visited.clear()


def _guarded(session: Session, replies: list[Reply], asking: Asking, now: datetime,
             occasion: Occasion | None) -> list[Visit]:
    try:
        return settle(session, replies, asking, now, occasion)
    except Exception:
        session.rollback()
        if len(replies) > 1:
            return [visit for each in replies
                    for visit in _guarded(session, [each], asking, now, occasion)]
        log.exception("The visit to %s failed.", replies[0].errand.url)
        return _broken(session, replies[0].errand.feed_id)


def _broken(session: Session, feed_id: int) -> list[Visit]:
    feed = session.get(Feed, feed_id)
    if feed:
        feed.health = "The last visit broke something on our side; it has been written down."
    session.commit()
    return [Visit(feed, None, feed.health)] if feed else []
