"""Whether what the site needs answers, found out in bounded time.

A database that hangs holds whoever asks it, for minutes. So a thread asks, one at a time for each
question, and whoever wants to know waits for it only so long.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from threading import Lock, Thread
from time import monotonic

import sqlalchemy as sa
from huey import Huey

from app.operations import steps

PATIENCE_SECONDS = 1.5
BEHIND = "The database is not at the step that this program needs: run `lectern db upgrade`."
Question = Callable[[], str]


class Probe:
    """A question that may never be answered. What it says is a sentence, or "" if all is well."""

    def __init__(self, name: str, question: Question) -> None:
        self.name, self._question, self._lock = name, question, Lock()
        self._asked: Future[str] | None = None

    def ask(self) -> "Future[str]":
        """The answer to come; of one that is still awaited, the same."""
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                Thread(target=self._wait, args=(self._asked,), daemon=True,
                       name=f"probe-{self.name}").start()
            return self._asked

    def _wait(self, asked: "Future[str]") -> None:
        try:
            asked.set_result(self._question())
        # Whatever it is, it does not answer.
        except Exception:
            asked.set_result(f"The {self.name} cannot be reached.")


class Readiness:
    """All that the site needs."""

    def __init__(self, engine: sa.Engine, queue: Huey) -> None:
        self._probes = (Probe("database", lambda: _database(engine)),
                        Probe("queue", lambda: _queue(queue)))

    @property
    def names(self) -> list[str]:
        """What is asked."""
        return [each.name for each in self._probes]

    def sentences(self, patience: float = PATIENCE_SECONDS) -> Mapping[str, str]:
        """What is not ready, and a sentence about it; after `patience` seconds at the latest."""
        asked = {each.name: each.ask() for each in self._probes}
        last = monotonic() + patience
        said = {name: _answer(name, answer, last) for name, answer in asked.items()}
        return {name: sentence for name, sentence in said.items() if sentence}


def _answer(name: str, answer: "Future[str]", last: float) -> str:
    try:
        return answer.result(max(0.0, last - monotonic()))
    except TimeoutError:
        return f"The {name} does not answer."


def _database(engine: sa.Engine) -> str:
    with engine.connect() as connection:
        return "" if steps.step(connection) == steps.head() else BEHIND


def _queue(queue: Huey) -> str:
    queue.pending_count()
    return ""
