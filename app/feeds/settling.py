"""What a visit leaves behind: items, the feed's row, its list of visits, its host's rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload

from app.feeds.models import Feed
from app.feeds.polling import claiming, moving, recording
from app.feeds.polling.addressing import is_unthrottled
from app.feeds.polling.asking import Asking, Document, Reply
from app.feeds.polling.fetching import Failed, NotModified
from app.feeds.polling.models import Occasion
from app.feeds.staging import Staged, stage_large
from app.feeds.storing import Tally, take

TAKEN_DOWN = "Its posts are taken down here, so nothing is taken in."
OFF_THE_LIST = "It is removed from the list, so nothing is taken in."


@dataclass(frozen=True)
class Visit:
    """How a visit went: a tally, a sentence that says why there is none, or why it is not all."""

    feed: Feed
    tally: Tally | None
    failure: str = ""

    def __str__(self) -> str:
        if self.tally and self.failure:
            return f"{self.tally}. {self.failure}"
        return str(self.tally) if self.tally else f"failed: {self.failure}"


def settle(session: Session, replies: Sequence[Reply], asking: Asking, now: datetime,
           occasion: Occasion | None) -> list[Visit]:
    """Stores what came: items, each feed's row, its visit, the hosts. All or nothing; commits."""
    staged = stage_large(session, replies, now)
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
            visits.append(_settled(session, feed, reply, now, occasion, staged.get(feed.id)))
    _let_go(session, replies, asking, now, occasion)
    session.commit()
    return visits


def _settled(session: Session, feed: Feed, reply: Reply, now: datetime,
             occasion: Occasion | None, staged: Staged | None) -> Visit:
    if feed.withdrawn_at or feed.removed_at:
        # Taken down while it was being asked, or asked by hand all the same.
        return Visit(feed, None, TAKEN_DOWN if feed.withdrawn_at else OFF_THE_LIST)
    occasion = occasion or recording.occasion_of(session, feed)
    result = _take(session, feed, reply, now, staged)
    feed.visited_at = now
    recording.schedule(session, feed, reply, now)
    tally = result.tally or Tally()
    recording.write_down(session, feed, reply, occasion, (tally.new, tally.updated), now)
    return result


def _take(session: Session, feed: Feed, reply: Reply, now: datetime,
          staged: Staged | None) -> Visit:
    found = reply.found
    if isinstance(found, Failed):
        recording.fail(feed, found, now)
        feed.health = _told(found.sentence, moving.propose(session, feed, reply.elsewhere))
        return Visit(feed, None, feed.health)
    if isinstance(found, NotModified):
        place, tally = found.moved_to, Tally(unchanged=len(feed.listed))
        feed.etag, feed.last_modified = found.etag, found.last_modified
    else:
        place, tally = found.answer.moved_to, _store(session, feed, found, now, staged)
        if found.parsed.cut:
            recording.fail(feed, Failed(found.parsed.cut), now)
            feed.health = _told(found.parsed.cut, f"Taken of it: {tally}.")
            return Visit(feed, tally, found.parsed.cut)
    recording.recover(feed)
    feed.health = _told(f"Well: {tally} at the last visit.",
                        moving.sighted(session, feed, place, now))
    return Visit(feed, tally)


def _told(*sentences: str) -> str:
    return " ".join(filter(None, sentences))[:recording.LONGEST_SENTENCE]


def _store(session: Session, feed: Feed, document: Document, now: datetime,
           staged: Staged | None) -> Tally:
    answer, parsed = document.answer, document.parsed
    tally = take(session, feed, parsed, now=now, staged=staged)
    if not parsed.cut:
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
