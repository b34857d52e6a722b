"""Changes to feeds: adding one, visiting it."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload

from app import jobs
from app.desk.actions import rows
from app.feeds import queries
from app.feeds.models import Feed, Policy, Show
from app.feeds.polling import claiming, moving, recording, rounds
from app.feeds.polling.addressing import BadAddress, is_unthrottled, normal
from app.feeds.polling.asking import Asking, Document, Errand, Reply, ask
from app.feeds.polling.claiming import JOB
from app.feeds.polling.fetching import Failed, NotModified
from app.feeds.polling.models import Occasion
from app.feeds.preparing import Prepared, prepare_large
from app.feeds.storing import Tally, take
from app.people.models import Person

__all__ = ["JOB", "Asking", "BadAddress", "Visit", "add", "ask_all", "normal", "pause", "resume",
           "visit", "visit_all", "visit_due"]
TRIMMED_AT_ONCE = 50
# What is due sooner than the next round gets a round of its own.
SOON = timedelta(minutes=1)
TAKEN_DOWN = "Its posts are taken down here, so nothing is taken in."
OFF_THE_LIST = "It is removed from the list, so nothing is taken in."
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Visit:
    """How a visit went: a tally, or a sentence that says why there is none."""

    feed: Feed
    tally: Tally | None
    failure: str = ""

    def __str__(self) -> str:
        return str(self.tally) if self.tally else f"failed: {self.failure}"


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
    return rows(asked)


def visit(session: Session, feed: Feed, asking: Asking, *, now: datetime) -> Visit:
    """Asks a feed now, by hand, and stores what came. Commits; never raises for what it does.

    No transaction is open while the server is asked, so a slow one makes nobody wait.
    """
    # A worker may have been here since this row was read.
    session.refresh(feed)
    session.commit()
    reply = ask(Errand.to(feed), asking, now, moving.search)
    results = _settle(session, [reply], asking, now, Occasion.HAND)
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
        return _settle(session, replies, asking, now, occasion)
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


def _settle(session: Session, replies: Sequence[Reply], asking: Asking, now: datetime,
            occasion: Occasion | None) -> list[Visit]:
    """Stores what came: items, each feed's row, its visit, the hosts. All or nothing; commits."""
    prepared = prepare_large(session, replies, now)
    rows = session.scalars(
        sa.select(Feed).where(Feed.id.in_([each.errand.feed_id for each in replies]))
        .order_by(Feed.id).with_for_update(of=Feed)
        .options(lazyload(Feed.author), lazyload(Feed.topics)),
        execution_options={"populate_existing": True})
    feeds = {feed.id: feed for feed in rows}
    visits = []
    for reply in replies:
        # A feed may have been deleted meanwhile.
        if feed := feeds.get(reply.errand.feed_id):
            visits.append(_settled(session, feed, reply, now, occasion,
                                   prepared.get(feed.id)))
    _let_go(session, replies, asking, now, occasion)
    session.commit()
    return visits


def _settled(session: Session, feed: Feed, reply: Reply, now: datetime,
             occasion: Occasion | None, prepared: Prepared | None) -> Visit:
    if feed.withdrawn_at or feed.removed_at:
        # Taken down while it was being asked, or asked by hand all the same.
        return Visit(feed, None, TAKEN_DOWN if feed.withdrawn_at else OFF_THE_LIST)
    occasion = occasion or recording.occasion_of(session, feed)
    result = _take(session, feed, reply, now, prepared)
    feed.visited_at = now
    recording.schedule(session, feed, reply.found, now)
    tally = result.tally or Tally()
    recording.write_down(session, feed, reply, occasion, (tally.new, tally.updated), now)
    return result


def _take(session: Session, feed: Feed, reply: Reply, now: datetime,
          prepared: Prepared | None) -> Visit:
    found = reply.found
    if isinstance(found, Failed):
        recording.fail(feed, found, now)
        feed.health = _told(found.sentence, moving.propose(session, feed, reply.elsewhere))
        return Visit(feed, None, feed.health)
    if isinstance(found, NotModified):
        place, tally = found.moved_to, Tally(unchanged=len(feed.listed))
        feed.etag, feed.last_modified = found.etag, found.last_modified
    else:
        place, tally = found.answer.moved_to, _store(session, feed, found, now, prepared)
    recording.recover(feed)
    feed.health = _told(f"Well: {tally} at the last visit.",
                        moving.sighted(session, feed, place, now))
    return Visit(feed, tally)


def _told(*sentences: str) -> str:
    return " ".join(filter(None, sentences))[:recording.LONGEST_SENTENCE]


def _store(session: Session, feed: Feed, document: Document, now: datetime,
           prepared: Prepared | None) -> Tally:
    answer, parsed = document.answer, document.parsed
    tally = take(session, feed, parsed, now=now, prepared=prepared)
    # Kept only now that the document was understood: a broken one must be asked for again.
    feed.etag, feed.last_modified = answer.etag, answer.last_modified
    feed.body_digest = answer.digest
    recording.learn(feed, document, now)
    return tally


def _let_go(session: Session, replies: Sequence[Reply], asking: Asking, now: datetime,
            occasion: Occasion | None) -> None:
    def is_slow(url: str) -> bool:
        return not is_unthrottled(url, asking.allow)

    urls = [each.errand.url for each in replies if is_slow(each.errand.url)]
    if occasion is not Occasion.HAND and urls:
        claiming.release(session, urls, now)
    for found in (each.found for each in replies):
        # A server that asks to be left alone speaks for all that it serves.
        if (isinstance(found, Failed) and found.status in {429, 503} and found.retry_after
                and is_slow(found.url)):
            claiming.hold(session, found.url, timedelta(seconds=found.retry_after), now)
