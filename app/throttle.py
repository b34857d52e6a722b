"""Slowing down whoever tries too often, counted in the database so that it holds everywhere."""

import hashlib
import ipaddress
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.database import Model
from app.dialects import insertion

JOB = "sweep-attempts"


class TooOften(Exception):
    """Tried too often; `seconds` until the next try. Where nobody catches it, the answer is 429."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Attempts(Model):
    """How often something was tried in a window of time. The key is a hash: no address is kept."""

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]


def network(address: str | None) -> str:
    """The part of an address that one subscriber holds: an IPv4 whole, an IPv6 to /64."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((ip, 64 if ip.version == 6 else 32), strict=False))


def wait_for(session: Session, what: str, limit: int, window: timedelta, now: datetime) -> int:
    """Seconds until `what` may be tried again: 0 while fewer than `limit` tries are counted."""
    row = session.get(Attempts, _key(what), with_for_update=True)
    if row is None or row.count < limit or _is_over(row, window, now):
        return 0
    return int((row.since + window - now).total_seconds()) + 1


def count(session: Session, what: str, window: timedelta, now: datetime) -> None:
    """Counts one try of `what`; the window begins with the first."""
    # Of several first tries at once, one makes the row and all are counted in it.
    session.execute(insertion(session, Attempts).values(key=_key(what), since=now, count=0)
                    .on_conflict_do_nothing())
    row = session.get_one(Attempts, _key(what), with_for_update=True, populate_existing=True)
    if _is_over(row, window, now):
        row.since, row.count = now, 0
    row.count += 1
    session.flush()


def _is_over(row: Attempts, window: timedelta, now: datetime) -> bool:
    # A window that begins long from now was counted by a clock that was wrong: nobody waits for it.
    return abs(now - row.since) >= window


def take(session: Session, tries: Iterable[tuple[str, int, timedelta]], now: datetime) -> int:
    """Counts one try of each; seconds until the next may come, 0 if none is over its limit.

    A try is what is tried, how often it may be in a window, and the window. Commits: whatever goes
    wrong afterwards, it was tried. Counted first, under the row's lock, so that of many at once
    each counts.
    """
    tries = list(tries)
    for what, _limit, window in tries:
        count(session, what, window, now)
    wait = max(wait_for(session, what, limit + 1, window, now) for what, limit, window in tries)
    session.commit()
    return wait


def give_back(session: Session, what: str) -> None:
    """Takes one counted try of `what` back, because it was none."""
    session.execute(sa.update(Attempts).where(Attempts.key == _key(what))
                    .values(count=Attempts.count - 1))


def forget(session: Session, what: str) -> None:
    """Starts anew for `what`, after a success."""
    session.execute(sa.delete(Attempts).where(Attempts.key == _key(what)))


def sweep(session: Session, now: datetime) -> None:
    """Deletes counts older than a day, or from beyond tomorrow."""
    day = timedelta(days=1)
    session.execute(sa.delete(Attempts).where(
        sa.or_(Attempts.since < now - day, Attempts.since > now + day)))


def _key(what: str) -> str:
    return hashlib.sha256(what.encode()).hexdigest()
