"""The worker's heartbeat: a job like any other, so that it stops when jobs are no longer done."""

import os
import socket
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.operations.models import Heartbeat

JOB = "heartbeat"
KEPT = timedelta(days=1)
# Of two clocks that are further apart, one is wrong.
APART = timedelta(minutes=3)


@cache
def version() -> str:
    """The version of this program, or "unknown" where it was not installed."""
    try:
        return installed("lectern")
    except PackageNotFoundError:
        return "unknown"


def beat(session: Session, now: datetime) -> None:
    """Notes that this worker works, and forgets those that have not for a day, or whose clock was
    wrong: they would count as working until that time has come.
    """
    session.execute(sa.delete(Heartbeat).where(
        sa.or_(Heartbeat.at < now - KEPT, Heartbeat.at > now + APART)))
    session.merge(Heartbeat(worker=f"{socket.gethostname()}-{os.getpid()}", version=version(),
                            at=now))


def last_beat(session: Session) -> Heartbeat | None:
    """Of all workers the one that worked last; None if none did for a day or longer."""
    return session.scalars(sa.select(Heartbeat).order_by(Heartbeat.at.desc()).limit(1)).first()
