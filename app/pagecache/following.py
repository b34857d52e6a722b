"""Following the log: a thread of each process reads what was disturbed, and drops those pages.

It reads a few times a second, and at once when PostgreSQL tells that there is something.
Requests never ask the database. If it is away or slow, they go on with what is there.
"""

import logging
from threading import Condition, Thread
from time import monotonic

import sqlalchemy as sa

from app.pagecache import log
from app.pagecache.changing import EVERYTHING
from app.pagecache.listening import Listener
from app.pagecache.store import Pages

# In seconds: how often the log is read, and how long what it said may be relied on. Less than the
# one that is promised, for what is read last may be on its way a while.
INTERVAL, LASTS = 0.25, 0.9
# How long a request waits to be told what is new, before it takes the database for away.
WAIT = 0.3
# How long pages are shown while nobody can tell whether they still hold.
BLIND = 3_600.0
# After how long without a request the thread sleeps until the next one.
IDLE = 10.0
logger = logging.getLogger(__name__)


class Follower:
    """Keeps the pages of one process in step with the log."""

    def __init__(self, engine: sa.Engine, pages: Pages) -> None:
        self._engine, self._pages = engine, pages
        self.lasts, self.idle = LASTS, IDLE
        self.listener = Listener(engine, self.look, lambda: not self._is_idle())
        self._turn = Condition()
        self._thread: Thread | None = None
        self._position: int | None = None
        # Moments by the monotonic clock. A reading counts from when it began.
        self._read = self._tried = self._doubted = self._wanted = float("-inf")
        self._away = False
        self.fresh_until = self.asked = float("-inf")

    def doubt(self) -> None:
        """Makes the next request look for news first: this process has changed something."""
        with self._turn:
            self._doubted, self.fresh_until = monotonic(), float("-inf")

    def look(self) -> None:
        """Has the log read now, for something was disturbed. Waits for nothing."""
        with self._turn:
            self._wanted = monotonic()
            self._turn.notify_all()

    def catch_up(self) -> bool:
        """Whether pages may be shown, after a look at the log if the database answers in time."""
        with self._turn:
            now = self._wanted = self.asked = monotonic()
            # A thread does not follow its process into a fork.
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._follow, name="page-cache", daemon=True)
                self._thread.start()
            self.listener.start()
            if not self._away:
                self._turn.notify_all()
                if not self._turn.wait_for(lambda: self._tried >= now, WAIT):
                    self._away = True
            return monotonic() - self._read < BLIND

    def _follow(self) -> None:
        while True:
            began = monotonic()
            done = self._look()
            with self._turn:
                self._tried, self._away = began, not done
                if done:
                    self._read = began
                    if began > self._doubted:
                        self.fresh_until = began + self.lasts
                self._turn.notify_all()
                self._rest(began)

    def _rest(self, began: float) -> None:
        if self._away:
            self._turn.wait(INTERVAL)
        elif self._wanted <= began:
            self._turn.wait(None if self._is_idle() else INTERVAL)

    def _is_idle(self) -> bool:
        return monotonic() - self.asked > self.idle

    def _look(self) -> bool:
        try:
            with self._engine.connect() as connection:
                self._drop_what_is_new(connection)
        # Whatever it is, without this thread nobody would ever learn of a change again.
        except Exception as error:
            if not self._away:
                logger.warning("The log of changes cannot be read; pages stay as they are: %s",
                               str(error).splitlines()[0])
            return False
        return True

    def _drop_what_is_new(self, connection: sa.Connection) -> None:
        # Of an empty log, nobody could tell that what came first was swept since.
        if self._position is None or monotonic() - self._read > log.KEPT.total_seconds() / 2:
            news = None
        else:
            news = log.since(connection, self._position)
        if news is None:
            self._position = log.newest(connection)
            self._pages.drop([EVERYTHING])
            return
        for position, tags in news:
            self._pages.drop(tags)
            self._position = position
