"""Being told by PostgreSQL that something was disturbed, within milliseconds.

Only a hint, never the truth: what was disturbed is read from the log. Where a hint is lost, with
its connection or in a pooler that passes none on, the log is read soon enough all the same.
"""

import logging
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import sqlalchemy as sa

CHANNEL = "lectern_purges"
# In seconds: how often it is asked whether anybody still wants to know, and, after a connection
# was lost, how long until the next.
TURN, PAUSE = 1.0, 5.0
NOTIFY = sa.select(sa.func.pg_notify(CHANNEL, ""))
logger = logging.getLogger(__name__)


class Listener:
    """One connection of a process, held while pages are asked for."""

    def __init__(self, engine: sa.Engine, told: Callable[[], None],
                 wanted: Callable[[], bool]) -> None:
        """`told` is called after every change, `wanted` says whether that is of use."""
        self._engine, self._told, self._wanted = engine, told, wanted
        self._thread: Thread | None = None
        self._lost = False
        self.listens = Event()

    def start(self) -> None:
        """Listens, if it does not yet; a thread does not follow its process into a fork."""
        if self._engine.dialect.name != "postgresql":
            return
        if self._thread is None or not self._thread.is_alive():
            self._thread = Thread(target=self._run, name="page-cache-listener", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while self._wanted():
            try:
                self._listen()
            # Whatever it is: it is a matter of milliseconds, never of what readers see.
            except Exception as error:
                if not self._lost:
                    logger.warning("The database tells us of no changes, so its log is read a few"
                                   " times a second: %s", str(error).splitlines()[0])
                self._lost = True
                self.listens.clear()
                Event().wait(PAUSE)

    def _listen(self) -> None:
        connection = self._connect()
        try:
            connection.execute(f"LISTEN {CHANNEL}")
            self._lost = False
            self.listens.set()
            # What was disturbed before, nobody told us.
            self._told()
            while self._wanted():
                for _hint in connection.notifies(timeout=TURN, stop_after=1):
                    self._told()
        finally:
            self.listens.clear()
            connection.close()

    def _connect(self) -> Any:
        # Not from the pool: it is never given back, and it is in no transaction.
        arguments, options = self._engine.dialect.create_connect_args(self._engine.url)
        return self._engine.dialect.connect(*arguments, **options, autocommit=True)
