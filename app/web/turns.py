"""How many requests are worked on at once, and that nobody who is slow takes a place among them.

The server has a thread for whoever waits and few places for those who are worked on. A request
whose body is still on its way gives its place to another meanwhile.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import Any

from flask import Flask
from werkzeug.exceptions import ServiceUnavailable

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

# At once in one process; each has a connection to the database of its own.
PLACES = 5
# How long somebody waits for a place, in seconds.
PATIENCE = 15.0
# Bodies on their way at once, in all and from one address. What is more is refused.
BODIES, BODIES_EACH = 112, 80
BUSY = "Too many people are writing to us right now. Please try again in a moment."
PLAIN = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"),
         ("Retry-After", "5"), ("X-Content-Type-Options", "nosniff")]


class Turns:
    """WSGI middleware, inside whatever tells the address of a sender from that of a proxy."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._places = BoundedSemaphore(PLACES)
        self._lock, self._bodies = Lock(), Counter[str]()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answers one request when it is its turn; 503 if that takes too long."""
        if not self._places.acquire(timeout=PATIENCE):
            start("503 Service Unavailable", PLAIN)
            return [f"{BUSY}\n".encode()]
        try:
            body = Body(environ["wsgi.input"], self, environ.get("REMOTE_ADDR", ""))
            return self._application({**environ, "wsgi.input": body}, start)
        finally:
            self._places.release()

    @contextmanager
    def waiting(self, sender: str) -> Iterator[None]:
        """Gives one's place away while somebody's body is on its way. Raises ServiceUnavailable if
        too many are.
        """
        with self._lock:
            if self._bodies.total() >= BODIES or self._bodies[sender] >= BODIES_EACH:
                raise ServiceUnavailable(BUSY, retry_after=5)
            self._bodies[sender] += 1
        self._places.release()
        try:
            yield
        finally:
            self._places.acquire()
            with self._lock:
                self._bodies[sender] -= 1
                if not self._bodies[sender]:
                    del self._bodies[sender]


class Body:
    """A request's body, whose reader lets others work while it waits."""

    def __init__(self, stream: Any, turns: Turns, sender: str) -> None:
        self._stream, self._turns, self._sender = stream, turns, sender

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, by default all that is left."""
        with self._turns.waiting(self._sender):
            return bytes(self._stream.read(size) if size >= 0 else self._stream.read())

    def readline(self, *size: int) -> bytes:
        """The next line."""
        with self._turns.waiting(self._sender):
            return bytes(self._stream.readline(*size))

    def readlines(self, *hint: int) -> list[bytes]:
        """All lines that are left."""
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")


def init_app(app: Flask) -> None:
    """Lets few requests in at once. Call it before anything is put around the application."""
    app.wsgi_app = Turns(app.wsgi_app)  # type: ignore[method-assign, assignment]
