"""A few warm parser processes, so that a feed made to be slow does not hold up all others."""

import os
from queue import LifoQueue
from typing import Any

from app.feeds.parsing.parser_child import ParserChild

CHILDREN = 3
# Bytes of a document that takes as long as a hundred others. Such have a child of their own, and
# it leaves the processor to whoever else wants it.
LONG, NICE = 1_000_000, 5


class ParserPool:
    """Gives each question to a free child, the one that is warm before one that is not.

    Long documents wait for each other, and nobody for them. A process forked from ours has
    children of its own. Threads wait for a free one.
    """

    def __init__(self, size: int = CHILDREN) -> None:
        self._children = [ParserChild() for _ in range(size)]
        self._patient = ParserChild(nice=NICE)
        self._fill()
        os.register_at_fork(after_in_child=self._fill)

    def _fill(self) -> None:
        self._free: LifoQueue[ParserChild] = LifoQueue()
        for child in self._children:
            self._free.put(child)

    def ask(self, body: bytes, content_type: str, seconds: float) -> dict[str, Any]:
        """As ParserChild.ask."""
        if len(body) > LONG:
            return self._patient.ask(body, content_type, seconds)
        child = self._free.get()
        try:
            return child.ask(body, content_type, seconds)
        finally:
            self._free.put(child)
