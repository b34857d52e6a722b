"""The queue, and whether somebody works."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.orm import Session

from app import jobs
from app.operations import beating, standing
from app.operations.doctor.finding import Finding, Patient, counted, lasting, ok, warning, wrong

# The worker says every minute that it works.
SILENT, LATE = timedelta(minutes=3), timedelta(minutes=5)
START = "Start `lectern worker`, or `lectern serve` without --no-worker."


def look(patient: Patient) -> Iterator[Finding]:
    """Reachable, not behind, worked on."""
    settings = patient.settings
    place = jobs.queue_file(settings.queue_url, settings.data)
    if not settings.queue_url.startswith("postgresql") and not place.exists():
        yield wrong(f"There is no queue yet at {place}.", START)
    else:
        found = standing.queue(jobs.make_queue(settings.queue_url, settings.data), patient.now)
        yield _tasks(found)
    yield _worker(patient)


def _tasks(found: standing.Queue) -> Finding:
    waiting = counted(found.pending + found.scheduled, "task")
    if found.late > LATE:
        return warning(f"{waiting} in it, the oldest {lasting(found.late.total_seconds())} late.",
                       f"{START} If one runs, its log says what keeps it.")
    return ok(f"It answers; {waiting} in it, none late.")


def _worker(patient: Patient) -> Finding:
    with Session(patient.engine) as session:
        last = beating.last_beat(session)
    if last is None:
        return wrong("No worker has worked for a day or longer: no mail leaves, nothing that is"
                     " scheduled is published.", START)
    age = patient.now - last.at
    if age < -beating.APART:
        return wrong(f"The last worker, {last.worker}, says that it works"
                     f" {lasting(-age.total_seconds())} from now.",
                     "Let all machines follow a time server (systemd-timesyncd, chrony), and start"
                     " the worker again.")
    if age > SILENT:
        return wrong(f"The last worker, {last.worker}, has been silent for"
                     f" {lasting(age.total_seconds())}.", START)
    if last.version != beating.version():
        return warning(f"The worker {last.worker} is of version {last.version}.",
                       "Restart it after an upgrade.")
    return ok(f"The worker {last.worker} works.")
