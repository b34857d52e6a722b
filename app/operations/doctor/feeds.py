"""Feeds: those that are broken, and whether they are visited in time."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.orm import Session

from app.feeds.health import Condition
from app.operations import standing
from app.operations.doctor.finding import Finding, Patient, counted, lasting, ok, warning

LATE = timedelta(hours=1)


def look(patient: Patient) -> Iterator[Finding]:
    """How all of them are."""
    with Session(patient.engine) as session:
        found = standing.all_feeds(session, patient.now)
    well = counted(found.conditions.get(Condition.WELL, 0), "feed")
    yield ok(f"{well} of {sum(found.conditions.values()):,} well.")
    if found.broken:
        yield warning(f"{counted(found.broken, 'feed')} failing for more than a day.",
                      "See /desk/feeds/, where the worst stand first.")
    if found.late > LATE:
        yield warning(f"The most overdue visit is {lasting(found.late.total_seconds())} late.",
                      "See whether the worker works, and whether it reaches the internet.")
