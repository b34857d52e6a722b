"""Many feeds at once, in a bounded number of threads. Threads ask; whoever iterates stores.

So a slow server holds one thread and nobody else, no thread ever has a database session, and
hardly more documents are in memory than there are threads.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from sqlalchemy.orm import Session

from app.feeds.polling.addressing import host_of, is_unthrottled
from app.feeds.polling.asking import Asking, Errand, Reply, ask
from app.feeds.polling.claiming import BETWEEN, claim
from app.feeds.polling.moving import search
from app.feeds.polling.threads import Crew

AT_ONCE = 16
# How long news of another due feed, or of a host that has rested, may take to be noticed.
TICK = 0.25
# Bytes of a document that lets others go first, and how many such may be in memory meanwhile.
LONG, HELD = 1_000_000, 4


class Errands(Protocol):
    """Where errands come from."""

    def take(self, most: int) -> list[Errand] | None:
        """Errands that may go now; none if the others have to wait; None if there are no more."""

    def done(self, errand: Errand) -> None:
        """This errand's answer is there."""


class Due:
    """What is due by the database, claimed as it is needed. Ends when nothing is."""

    def __init__(self, session: Session, asking: Asking, now: Callable[[], datetime]) -> None:
        self._session, self._asking, self._now = session, asking, now
        self._claimed: deque[Errand] = deque()

    def take(self, most: int) -> list[Errand] | None:
        """The next claimed ones; claims more when there are none left."""
        if not self._claimed:
            self._claimed.extend(claim(self._session, self._asking, self._now()))
        return [self._claimed.popleft() for _ in range(min(most, len(self._claimed)))] or None

    def done(self, errand: Errand) -> None:
        """Whoever stores the answer lets go of the claim."""


class Lanes:
    """A list of errands, whatever is due: one at a time of each host, with a pause between."""

    def __init__(self, errands: Sequence[Errand], asking: Asking,
                 pause: float = BETWEEN.total_seconds()) -> None:
        self._pause, self._allow = pause, asking.allow
        self._waiting = list(errands)
        self._free_at: dict[str, float] = {}

    def take(self, most: int) -> list[Errand] | None:
        """The next ones whose host has rested."""
        if not self._waiting:
            return None
        going: list[Errand] = []
        for errand in self._waiting:
            if len(going) < most and self._may_go(errand):
                going.append(errand)
        gone = {errand.feed_id for errand in going}
        self._waiting = [each for each in self._waiting if each.feed_id not in gone]
        return going

    def done(self, errand: Errand) -> None:
        """Its host may be asked again after the pause."""
        self._free_at[host_of(errand.url)] = time.monotonic() + self._pause

    def _may_go(self, errand: Errand) -> bool:
        if is_unthrottled(errand.url, self._allow):
            return True
        host = host_of(errand.url)
        if self._free_at.get(host, 0) > time.monotonic():
            return False
        self._free_at[host] = float("inf")
        return True


def replies(errands: Errands, asking: Asking, now: Callable[[], datetime],
            at_once: int = AT_ONCE) -> Iterator[list[Reply]]:
    """Asks them all, `at_once` at a time, and yields answers when they are there.

    The next errands are taken between two answers, in the caller's thread. Storing a long document
    takes as long as storing a hundred others, so these go first: it waits until nobody else does.
    """
    crew: Crew[Reply] = Crew("visit")
    late: deque[Reply] = deque()
    while True:
        new = errands.take(at_once - crew.busy) if crew.busy < at_once else []
        for errand in new or ():
            crew.start(partial(ask, errand, asking, now(), search))
        if not crew.busy and new is None:
            break
        # With nobody at work, all that is left waits for its host to have rested.
        done = crew.finished(TICK)
        for reply in done:
            errands.done(reply.errand)
        late.extend(reply for reply in done if reply.size > LONG)
        if short := [reply for reply in done if reply.size <= LONG]:
            yield short
        elif late and not done:
            yield [late.popleft()]
        while len(late) > HELD:
            yield [late.popleft()]
    for reply in late:
        yield [reply]
