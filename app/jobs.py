"""Later work. What is to be done is a row in the database; the queue only wakes the worker.

A subject registers a plain function under a name; `wake` asks for it after the session commits, at
once or at a time. Every function also runs once a minute, so that a lost wake-up delays work and
never loses it, and each is written so that running it twice has its effect once.
"""

import logging
import secrets
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock
from time import perf_counter
from urllib.parse import urlsplit
from weakref import proxy

from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from app.config import BadSetting
from app.database import SILENCE
from app.later import put_off
from app.logs import running
from app.metrics import Numbers

# It loads PostgreSQL's driver, whatever the queue is kept in.
with put_off("psycopg"):
    from huey import Huey, PostgresHuey, SqliteHuey, crontab

Job = Callable[[], None]
_WAKES = "lectern_wakes"
log = logging.getLogger(__name__)


def make_queue(url: str, data: Path) -> Huey:
    """The queue at LECTERN_QUEUE_URL; without one, a SQLite file in the data directory.

    Raises BadSetting for a file that cannot be used.
    """
    if urlsplit(url).scheme == "postgresql":
        silence = {name: value for name, value in SILENCE.items() if name not in url}
        return _with_tables(PostgresHuey("lectern", dsn=url, results=False, create_tables=False,
                                         **silence))
    path = queue_file(url, data)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("lectern", filename=str(path.absolute()), results=False, timeout=10)
    except (OSError, sqlite3.Error) as error:
        raise BadSetting(f"The queue at {path} cannot be used ({error}).") from error


def _with_tables(queue: Huey) -> Huey:
    # Whoever brings the database to the newest step has made them; a site whose database is away,
    # or where two machines make them at once, begins all the same.
    try:
        queue.storage.initialize_schema()
    except Exception as error:
        log.info("The queue cannot be reached yet: %s", error)
    return queue


def queue_file(url: str, data: Path) -> Path:
    """Where a queue in SQLite is kept."""
    return Path(url.removeprefix("sqlite:///")) if url else data / "queue.sqlite"


class Jobs:
    """The jobs of one application, on one queue."""

    def __init__(self, queue: Huey, numbers: Numbers | None = None) -> None:
        self.queue = queue
        numbers = numbers or Numbers()
        self._runs = numbers.counter("lectern_job_runs_total", "Runs of jobs by their outcome.",
                                     "job", "outcome")
        self._seconds = numbers.histogram("lectern_job_duration_seconds", "What they took.", "job")
        self._jobs: dict[str, Job] = {}
        self._run = queue.task(name="run")(self.run)

    def register(self, name: str, job: Job, *, alone: bool = False) -> None:
        """Makes `job` known as `name`, to run when it is asked for and every minute.

        One that runs `alone` is passed over while it is still running in this process: a long
        round must not take a second thread from the others.
        """
        self._jobs[name] = _alone(job) if alone else job
        self.queue.periodic_task(crontab(), name=f"every-minute-{name}")(lambda: self.run(name))

    def run(self, name: str) -> None:
        """Runs one job now. A failure is logged, not raised: the next round tries again."""
        began, outcome = perf_counter(), "failed"
        with running(job=name, run=secrets.token_hex(4)):
            try:
                self._jobs[name]()
                outcome = "done"
            except Exception:
                log.exception("The job %s failed and will be tried again.", name)
        self._runs.add(name, outcome)
        self._seconds.add(perf_counter() - began, name)

    def run_all(self) -> None:
        """Runs every job once, as a round of the worker does."""
        for name in self._jobs:
            self.run(name)

    def enqueue_all(self) -> None:
        """Asks for every job once, for the worker's threads to take side by side. A queue that is
        away costs a minute, no more.
        """
        try:
            for name in self._jobs:
                self._run(name)
        except Exception:
            log.exception("The queue cannot be reached; it is asked again and again.")

    def follow(self, sessions: sessionmaker[Session]) -> None:
        """After each commit, enqueues what the session asked for with `wake`."""
        # Sessions are kept by application, weakly: a strong way back would keep it for ever.
        ourselves = proxy(self)
        event.listen(sessions, "after_commit", lambda session: ourselves.enqueue_wakes(session))
        event.listen(sessions, "after_rollback", lambda session: session.info.pop(_WAKES, None))

    def ask(self, name: str) -> None:
        """Asks for one job, to be done now. A queue that is away costs a minute, no more."""
        try:
            self._run(name)
        except Exception:
            log.exception("The worker could not be woken for %s.", name)

    def enqueue_wakes(self, session: Session) -> None:
        """Enqueues what a session that has committed asked for."""
        for name, at in session.info.pop(_WAKES, ()):
            try:
                self._run.schedule((name,), eta=at)
            except Exception:
                # The row is committed; the round that comes every minute will find it.
                log.exception("The worker could not be woken for %s.", name)


def _alone(job: Job) -> Job:
    running = Lock()

    def run() -> None:
        if running.acquire(blocking=False):
            try:
                job()
            finally:
                running.release()
    return run


def wake(session: Session, name: str, at: datetime) -> None:
    """Once this session has committed, runs the job `name` at the time `at`."""
    session.info.setdefault(_WAKES, set()).add((name, at))
