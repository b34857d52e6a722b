"""What a visit leaves behind on the feed's row and in its list of visits."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.feeds.models import Feed
from app.feeds.polling.asking import Document, Found, Reply
from app.feeds.polling.fetching import Failed, wait
from app.feeds.polling.freshness import freshness
from app.feeds.polling.hub_links import hub_and_topic
from app.feeds.polling.models import (
    FeedSubscription,
    FeedVisit,
    Occasion,
    Outcome,
    SubscriptionState,
)
from app.feeds.polling.pushing import BETWEEN_PUSHES, NEWS
from app.feeds.polling.scheduling import Signs, plan, rhythm

KEPT_VISITS = 30
LONGEST_SENTENCE = 500


def learn(feed: Feed, document: Document, now: datetime) -> None:
    """Keeps what a document says of when to ask it and who tells of its news."""
    parsed, answer = document.parsed, document.answer
    dates = [item.published for item in parsed.items if item.published and item.published <= now]
    usual = rhythm(dates, now)
    feed.rhythm_minutes = max(1, round(usual.total_seconds() / 60)) if usual else None
    feed.newest_at = max(dates, default=feed.newest_at)
    feed.ttl_minutes = parsed.ttl_minutes
    feed.skip_hours, feed.skip_days = list(parsed.skip_hours), list(parsed.skip_days)
    feed.hub_url, feed.self_url = hub_and_topic(answer.headers, answer.final_url, parsed.hub_url,
                                                parsed.self_url)


def fail(feed: Feed, failed: Failed, now: datetime) -> None:
    """Counts a failure; 410 retires the feed."""
    feed.failures += 1
    feed.broken_since = feed.broken_since or now
    if failed.gone:
        feed.retired_at = feed.retired_at or now


def recover(feed: Feed) -> None:
    """A feed that answers is neither broken nor retired, and nothing needs to replace it."""
    feed.failures, feed.broken_since, feed.retired_at, feed.proposed_url = 0, None, None, None


def schedule(session: Session, feed: Feed, reply: Reply, now: datetime) -> None:
    """Sets the next visit and why it is then. The caller commits."""
    found, headers = reply.found, _headers(reply.found)
    asked = found.retry_after if isinstance(found, Failed) else wait(
        headers.get("retry-after", ""), now)
    planned = plan(Signs(
        key=feed.public_id, ttl=_minutes(feed.ttl_minutes), fresh=freshness(headers, now),
        retry=timedelta(seconds=asked) if asked else None, rhythm=_minutes(feed.rhythm_minutes),
        newest=feed.newest_at, skip_hours=feed.skip_hours, skip_days=feed.skip_days,
        failures=feed.failures, retired=feed.retired_at is not None,
        hub=_is_told(session, feed, now),
    ), now)
    feed.next_visit_at, feed.next_visit_why = planned.at, planned.why
    if feed.hub_url and _has_told_since(session, feed, reply.began_at):
        # What came may be older than the news.
        feed.next_visit_at, feed.next_visit_why = now + BETWEEN_PUSHES, NEWS


def write_down(session: Session, feed: Feed, reply: Reply, occasion: Occasion,
               numbers: tuple[int, int], now: datetime) -> None:
    """Adds the visit to the feed's list. `numbers` are new and updated. The caller commits."""
    found = reply.found
    session.add(FeedVisit(
        feed_id=feed.id, at=now, occasion=occasion, asked=reply.errand.url, status=_status(found),
        outcome=_outcome(found), sentence=feed.health, size=reply.size,
        milliseconds=reply.milliseconds, new=numbers[0], updated=numbers[1],
        next_visit_at=feed.next_visit_at, next_visit_why=feed.next_visit_why))


def occasion_of(session: Session, feed: Feed) -> Occasion:
    """Whether a feed's turn had come, or its hub had told us of news since the last visit."""
    if not feed.hub_url:
        return Occasion.SCHEDULE
    pushed = session.scalar(sa.select(FeedSubscription.pushed_at)
                            .where(FeedSubscription.feed_id == feed.id))
    is_news = pushed and (feed.visited_at is None or pushed > feed.visited_at)
    return Occasion.PUSH if is_news else Occasion.SCHEDULE


def trim(session: Session, feed_ids: Collection[int]) -> None:
    """Keeps the last 30 visits of each of these feeds. The caller commits."""
    numbered = sa.select(FeedVisit.id, sa.func.row_number().over(
        partition_by=FeedVisit.feed_id, order_by=FeedVisit.id.desc()).label("number")).where(
        FeedVisit.feed_id.in_(feed_ids)).subquery()
    session.execute(sa.delete(FeedVisit).where(FeedVisit.id.in_(
        sa.select(numbered.c.id).where(numbered.c.number > KEPT_VISITS))),
        execution_options={"synchronize_session": False})


def _is_told(session: Session, feed: Feed, now: datetime) -> bool:
    # A hub that has never told us anything is not relied upon.
    return bool(feed.hub_url) and session.scalar(
        sa.select(FeedSubscription.id).where(
            FeedSubscription.feed_id == feed.id, FeedSubscription.pushed_at.is_not(None),
            FeedSubscription.lease_until > now,
            FeedSubscription.state == SubscriptionState.ACTIVE)) is not None


def _has_told_since(session: Session, feed: Feed, moment: datetime) -> bool:
    return session.scalar(sa.select(FeedSubscription.id).where(
        FeedSubscription.feed_id == feed.id, FeedSubscription.pushed_at > moment)) is not None


def _headers(found: Found) -> Mapping[str, str]:
    if isinstance(found, Failed):
        return {}
    return found.answer.headers if isinstance(found, Document) else found.headers


def _minutes(minutes: int | None) -> timedelta | None:
    return timedelta(minutes=minutes) if minutes else None


def _status(found: Found) -> int | None:
    return 200 if isinstance(found, Document) else found.status


def _outcome(found: Found) -> Outcome:
    if isinstance(found, Failed):
        return Outcome.FAILED
    return Outcome.READ if isinstance(found, Document) else Outcome.UNCHANGED
