"""Which feeds are asked next: those that are due, and never two of one server at once.

A claim is a time in the future: while it lasts nobody else takes the feed, and if the worker that
made it dies, it lapses by itself. On PostgreSQL several workers claim side by side.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import rows_changed
from app.dialects import insertion
from app.feeds import queries
from app.feeds.models import Feed
from app.feeds.polling.addressing import host_of, is_unthrottled
from app.feeds.polling.asking import Asking, Errand
from app.feeds.polling.models import FeedHost

JOB = "visit-feeds"
AT_A_TIME = 64
CLAIM = timedelta(minutes=15)
# Longer than a request can take, with those that were claimed before it.
HOST_CLAIM = timedelta(minutes=3)
BETWEEN = timedelta(seconds=2)
# What one feed's server asks of us counts for its neighbours, but not for a week.
LONGEST_HOLD = timedelta(days=1)
_COLUMNS = (Feed.id, Feed.url, Feed.etag, Feed.last_modified, Feed.site_url, Feed.failures,
            Feed.proposed_url, Feed.body_digest)


@dataclass
class Line:
    """Who goes now and who waits until when; `held` are hosts and when they are free."""

    go: list[Errand] = field(default_factory=list)
    wait: dict[int, datetime] = field(default_factory=dict)
    held: dict[str, datetime] = field(default_factory=dict)


def line_up(due: Sequence[Errand], held: dict[str, datetime], most: int,
            is_free: Callable[[str], bool], now: datetime) -> Line:
    """At most `most` of these errands that may go now; those behind one of their host wait. Pure.

    `held` says until when a host is claimed or wants to be left alone; `is_free` names addresses
    that are not throttled.
    """
    line, queue = Line(), dict[str, int]()
    for errand in due:
        if len(line.go) >= most:
            break
        host = host_of(errand.url)
        until = line.held.get(host, held.get(host, now))
        if is_free(errand.url):
            line.go.append(errand)
        elif until <= now:
            line.go.append(errand)
            line.held[host] = now + HOST_CLAIM
        else:
            # A claim ends as soon as the answer is there; only a longer hold is waited for.
            queue[host] = queue.get(host, 0) + 1
            start = until if until > now + HOST_CLAIM else now
            line.wait[errand.feed_id] = start + BETWEEN * queue[host]
    return line


def claim(session: Session, asking: Asking, now: datetime, most: int = AT_A_TIME) -> list[Errand]:
    """Takes due feeds for this worker, the longest overdue first. Commits."""
    query = queries.due(now).with_only_columns(*_COLUMNS).limit(AT_A_TIME).with_for_update(
        skip_locked=True, of=Feed)
    due = [Errand(*tuple(row)) for row in session.execute(query)]
    if due:
        def is_free(url: str) -> bool:
            return is_unthrottled(url, asking.allow)

        hosts = {host_of(each.url) for each in due if not is_free(each.url)}
        line = line_up(due, _held(session, sorted(hosts), now), most, is_free, now)
        _write(session, line, now)
        due = line.go
    session.commit()
    return due


def claim_host(session: Session, url: str, now: datetime) -> bool:
    """Takes the host of an address for this worker, if it is free. The caller commits."""
    host = host_of(url)
    _known(session, [host], now)
    taken = session.execute(
        sa.update(FeedHost).where(FeedHost.host == host, FeedHost.not_before <= now)
        .values(not_before=now + HOST_CLAIM))
    return rows_changed(taken) == 1


def free_at(session: Session, urls: Sequence[str]) -> datetime:
    """When the first of the hosts of these addresses, all of them known, may be asked again."""
    hosts = {host_of(url) for url in urls}
    return session.execute(sa.select(sa.func.min(FeedHost.not_before)).where(
        FeedHost.host.in_(hosts))).scalar_one()


def release(session: Session, urls: Sequence[str], now: datetime, *,
            at_once: bool = False) -> None:
    """Lets the next feeds of these hosts go in two seconds, or `at_once`. The caller commits."""
    hosts = sorted({host_of(url) for url in urls})
    # What is held for longer than a claim is held because the server asked for it.
    session.execute(sa.update(FeedHost).where(FeedHost.host.in_(hosts),
                                              FeedHost.not_before <= now + HOST_CLAIM)
                    .values(not_before=now if at_once else now + BETWEEN))


def hold(session: Session, url: str, pause: timedelta, now: datetime) -> None:
    """Leaves all feeds of this host alone for so long, a day at most. The caller commits."""
    host, until = host_of(url), now + min(pause, LONGEST_HOLD)
    _known(session, [host], now)
    session.execute(sa.update(FeedHost).where(FeedHost.host == host, FeedHost.not_before < until)
                    .values(not_before=until))


def sweep(session: Session, now: datetime) -> None:
    """Forgets hosts that have been free for a day. The caller commits."""
    session.execute(sa.delete(FeedHost).where(FeedHost.not_before < now - timedelta(days=1)))


def _held(session: Session, hosts: list[str], now: datetime) -> dict[str, datetime]:
    if not hosts:
        return {}
    _known(session, hosts, now)
    # Locked in one order, so that two workers never wait for each other.
    rows = session.execute(sa.select(FeedHost.host, FeedHost.not_before)
                           .where(FeedHost.host.in_(hosts)).order_by(FeedHost.host)
                           .with_for_update())
    return {row.host: row.not_before for row in rows}


def _known(session: Session, hosts: list[str], now: datetime) -> None:
    session.execute(insertion(session, FeedHost).on_conflict_do_nothing(),
                    [{"host": host, "not_before": now} for host in hosts])


def _write(session: Session, line: Line, now: datetime) -> None:
    times = {errand.feed_id: now + CLAIM for errand in line.go} | line.wait
    if times:
        session.execute(sa.update(Feed), [{"id": feed_id, "next_visit_at": at}
                                          for feed_id, at in times.items()])
    if line.held:
        session.execute(sa.update(FeedHost), [{"host": host, "not_before": until}
                                              for host, until in line.held.items()])
