"""How things stand: what waits for how long, and what fails. For metrics and for the doctor."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from huey import Huey
from sqlalchemy.orm import Session

from app.desk.models import ItemState, ReviewItem
from app.feeds import queries as feeds
from app.feeds.health import Condition
from app.feeds.models import Feed
from app.mail import RETRIES, OutgoingMail

# Of what waits in the queue, as many are looked at for the oldest.
LOOKED_AT = 100
# A feed that has failed for longer needs somebody.
PATIENCE = timedelta(days=1)


@dataclass(frozen=True)
class Queue:
    """How many tasks wait for the worker, for a later time, and how late the latest is."""

    pending: int
    scheduled: int
    late: timedelta


def queue(queue: Huey, now: datetime) -> Queue:
    """The queue. A task that has no time of its own counts as on time: the worker's heartbeat
    says whether such tasks are done. Raises what its store raises.
    """
    store = queue.storage
    messages = [queue.serializer.deserialize(each) for each in (
        *store.scheduled_items(1), *store.enqueued_items(LOOKED_AT))]
    # Times in the queue are UTC without saying so.
    times = [each.eta.replace(tzinfo=UTC) for each in messages if each.eta]
    return Queue(queue.pending_count(), queue.scheduled_count(),
                 max([now - each for each in times if each < now], default=timedelta()))


@dataclass(frozen=True)
class Outbox:
    """Mail that waits for its time or a next try, that failed at least once, that was given up;
    and for how long the oldest of what waits has been due.
    """

    waiting: int
    failing: int
    given_up: int
    late: timedelta


def outbox(session: Session, now: datetime) -> Outbox:
    """The outbox."""
    given_up = OutgoingMail.attempts >= RETRIES
    waiting = sa.not_(given_up)
    failing = sa.and_(waiting, OutgoingMail.error.is_not(None))
    # A try that failed moves the time; what counts is since when it should have left.
    row = session.execute(sa.select(
        sa.func.count().filter(waiting), sa.func.count().filter(failing),
        sa.func.count().filter(given_up),
        sa.func.min(OutgoingMail.created_at).filter(failing),
        sa.func.min(OutgoingMail.send_after).filter(sa.and_(waiting, OutgoingMail.attempts == 0)),
    ).where(OutgoingMail.sent_at.is_(None), OutgoingMail.dropped_at.is_(None))).one()
    since = [each for each in (row[3], row[4]) if each and each < now]
    return Outbox(*row[:3], max((now - each for each in since), default=timedelta()))


def desk(session: Session) -> dict[str, tuple[int, datetime]]:
    """How many items of each kind wait, and since when the oldest."""
    rows = session.execute(
        sa.select(ReviewItem.kind, sa.func.count(), sa.func.min(ReviewItem.waiting_since))
        .where(ReviewItem.state == ItemState.WAITING).group_by(ReviewItem.kind))
    return {kind: (number, oldest) for kind, number, oldest in rows}


@dataclass(frozen=True)
class Feeds:
    """How many feeds are in which condition, how many have failed for longer than PATIENCE, and
    how long the next visit of one is overdue.
    """

    conditions: dict[Condition, int]
    broken: int
    late: timedelta


def all_feeds(session: Session, now: datetime) -> Feeds:
    """All feeds."""
    said = sa.case(
        (Feed.removed_at.is_not(None), Condition.REMOVED),
        (Feed.withdrawn_at.is_not(None), Condition.WITHDRAWN),
        (Feed.retired_at.is_not(None), Condition.RETIRED),
        (Feed.paused_at.is_not(None), Condition.PAUSED),
        (Feed.failures > 0, Condition.FAILING),
        (Feed.visited_at.is_(None), Condition.NEW), else_=Condition.WELL)
    broken = sa.and_(said == Condition.FAILING, Feed.broken_since < now - PATIENCE)
    rows = session.execute(sa.select(said, sa.func.count(), sa.func.count().filter(broken))
                           .group_by(said)).all()
    due = feeds.due(now).with_only_columns(Feed.next_visit_at).limit(1)
    oldest = session.scalar(due)
    return Feeds({Condition(each): number for each, number, _broken in rows},
                 sum(number for _each, _number, number in rows),
                 now - oldest if oldest else timedelta())
