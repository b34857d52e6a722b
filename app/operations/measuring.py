"""What whoever watches the site reads: what was counted, and how things stand at the moment."""

import platform
from collections.abc import Iterator
from datetime import datetime, timedelta

from huey import Huey
from sqlalchemy.orm import Session

from app.desk import kinds
from app.feeds.health import Condition
from app.metrics import Family, Numbers, render
from app.operations import beating, standing
from app.operations.readiness import Readiness


def written(numbers: Numbers, ready: Readiness, session: Session, queue: Huey,
            now: datetime) -> str:
    """All numbers as Prometheus reads them. Of what does not answer, only that it does not."""
    away = ready.sentences()
    families = [*numbers.families(), about(session)]
    answers = Family("lectern_ready", "gauge", "Whether what the site needs answers, 1 or 0.")
    for name in ready.names:
        answers.set(name not in away, what=name)
    if "database" not in away:
        families += _stored(session, now)
    if "queue" not in away:
        families += _queued(queue, now)
    return render([*families, answers])


def about(session: Session) -> Family:
    """Which version runs, on what."""
    return Family("lectern_info", "gauge", "Always 1; what runs is in the labels.").set(
        1, version=beating.version(), python=platform.python_version(),
        database=session.get_bind().dialect.name)


def _stored(session: Session, now: datetime) -> Iterator[Family]:
    yield from _outbox(standing.outbox(session, now))
    yield from _desk(standing.desk(session), now)
    yield from _feeds(standing.all_feeds(session, now))
    last = beating.last_beat(session)
    yield Family("lectern_worker_last_seen_seconds", "gauge",
                 "How long ago a worker last did a job.").set(
        _seconds(now - last.at) if last else None)


def _outbox(outbox: standing.Outbox) -> Iterator[Family]:
    mails = Family("lectern_outbox_mails", "gauge", "Mail that has not left.")
    for state in ("waiting", "failing", "given_up"):
        mails.set(getattr(outbox, state), state=state)
    yield mails
    yield Family("lectern_outbox_late_seconds", "gauge",
                 "For how long the oldest mail should have left.").set(_seconds(outbox.late))


def _desk(waiting: dict[str, tuple[int, datetime]], now: datetime) -> Iterator[Family]:
    items = Family("lectern_desk_items", "gauge", "Items that wait for an editor.")
    oldest = Family("lectern_desk_oldest_seconds", "gauge", "For how long the oldest waits.")
    for kind in kinds.every():
        number, since = waiting.get(kind.name, (0, now))
        items.set(number, kind=kind.name)
        oldest.set(_seconds(now - since), kind=kind.name)
    yield items
    yield oldest


def _feeds(feeds: standing.Feeds) -> Iterator[Family]:
    found = Family("lectern_feeds", "gauge", "Feeds by how they are.")
    for condition in Condition:
        found.set(feeds.conditions.get(condition, 0), state=condition.value)
    yield found
    yield Family("lectern_feeds_late_seconds", "gauge",
                 "For how long the visit that is most overdue has been due.").set(
        _seconds(feeds.late))


def _queued(queue: Huey, now: datetime) -> Iterator[Family]:
    found = standing.queue(queue, now)
    yield Family("lectern_queue_tasks", "gauge", "Tasks in the queue of the worker.").set(
        found.pending, state="pending").set(found.scheduled, state="scheduled")
    yield Family("lectern_queue_late_seconds", "gauge",
                 "For how long the oldest task should have been done.").set(_seconds(found.late))


def _seconds(time: timedelta) -> float:
    return round(time.total_seconds(), 3)
