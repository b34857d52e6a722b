"""How many requests are worked on at once, and that nobody who is slow takes a place among them.

The server has a thread for whoever waits and few places for those who are worked on. A request
whose body is still on its way gives its place to another meanwhile.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from threading import BoundedSemaphore, Lock
from typing import IO, Any

from flask import Flask
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wsgi import ClosingIterator, FileWrapper

from app.web.places import Places
from app.web.safety import SAFE_METHODS

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

# At most at once in one process; each has a connection to the database of its own.
PLACES = 5
# How long somebody waits for a place, in seconds.
PATIENCE = 15.0
# Bodies on their way at once, in all and from one address. What is more is refused.
BODIES, BODIES_EACH = 112, 80
# In bytes: longer than nearly every form.
SHORT = 64 * 1024
# An answer longer than so many bytes keeps a thread for as long as its reader takes. How many may,
# and how much of a file is read at once.
LONG, READERS, CHUNK = 1024 * 1024, 40, 256 * 1024
# The server's word that a body's end is where it stops; of one that broke off it says the same.
ENDS = "wsgi.input_terminated"
# Whoever asks these must hear of a database that hangs, and with it all who have a place; a process
# that said nothing would be taken out by its proxy, with all the pages that it keeps.
WITHOUT_A_PLACE = {"/healthz", "/readyz"}
# Where whoever stands around says how to have something done when all else is.
LAST = "lectern.last"
BUSY = "Too many people are here right now. Please try again in a moment."
PLAIN = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"),
         ("Retry-After", "5"), ("X-Content-Type-Options", "nosniff")]


class Turns:
    """WSGI middleware, inside whatever tells the address of a sender from that of a proxy."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._places, self._readers = Places(PLACES), BoundedSemaphore(READERS)
        self._lock, self._bodies = Lock(), Counter[str]()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answers one request when it is its turn; 503 if that takes too long."""
        if environ["PATH_INFO"] in WITHOUT_A_PLACE and not _writes(environ):
            return self._application(environ, start)
        try:
            body = self._body(environ)
        except ServiceUnavailable:
            return _refuse(start)
        if not self._places.acquire(PATIENCE, writes=_writes(environ)):
            return _refuse(start)
        said: list[Any] = []

        def say(*words: Any) -> None:
            said[:] = words

        try:
            parts = self._application(_given(environ, body), say)
        finally:
            # Who is let in wants the interpreter at once, so they are let in last of all.
            environ.get(LAST, _now)(self._places.release)
        return self._begin(parts, said, start)

    def _begin(self, parts: Iterable[bytes], said: list[Any], start: Start) -> Iterable[bytes]:
        length = dict(said[1]).get("Content-Length", "")
        if not length.isdecimal() or int(length) <= LONG:
            start(*said)
            return parts
        close = getattr(parts, "close", lambda: None)
        if not self._readers.acquire(blocking=False):
            close()
            return _refuse(start)
        # However often it is closed.
        reading = ExitStack()
        reading.callback(self._readers.release)
        start(*said)
        return ClosingIterator(parts, [reading.close])

    def _body(self, environ: Environ) -> Any:
        """A request's body: a short one is read before anything waits for it, for to give a place
        away and take it again costs more than most requests.
        """
        stream, sender = environ["wsgi.input"], environ.get("REMOTE_ADDR", "")
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isdecimal() or not 0 < int(length) <= SHORT:
            return Body(stream, self, sender)
        with self._counted(sender):
            return BytesIO(_whole(stream, int(length)))

    @contextmanager
    def waiting(self, sender: str) -> Iterator[None]:
        """Gives one's place away while somebody's body is on its way. Raises ServiceUnavailable if
        too many are.
        """
        with self._counted(sender):
            self._places.release()
            try:
                yield
            finally:
                self._places.acquire(writes=True)

    @contextmanager
    def _counted(self, sender: str) -> Iterator[None]:
        with self._lock:
            if self._bodies.total() >= BODIES or self._bodies[sender] >= BODIES_EACH:
                raise ServiceUnavailable(BUSY, retry_after=5)
            self._bodies[sender] += 1
        try:
            yield
        finally:
            with self._lock:
                # Whoever has none left is forgotten.
                self._bodies -= Counter([sender])


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


def _writes(environ: Environ) -> bool:
    return environ["REQUEST_METHOD"] not in SAFE_METHODS


def _given(environ: Environ, body: Any) -> Environ:
    given = {**environ, "wsgi.input": body, "wsgi.file_wrapper": _read_in_chunks}
    if given.get("CONTENT_LENGTH"):
        # Werkzeug counts, then, and answers 400 where less came: half a text is not what was sent.
        given.pop(ENDS, None)
    return given


def _now(what: Callable[[], None]) -> None:
    what()


def _whole(stream: Any, length: int) -> bytes:
    parts: list[bytes] = []
    while length > 0 and (part := stream.read(length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _refuse(start: Start) -> Iterable[bytes]:
    start("503 Service Unavailable", PLAIN)
    return [f"{BUSY}\n".encode()]


def _read_in_chunks(file: IO[bytes], _size: int = 0) -> FileWrapper:
    return FileWrapper(file, CHUNK)


def init_app(app: Flask) -> None:
    """Lets few requests in at once. Call it before anything is put around the application."""
    app.wsgi_app = Turns(app.wsgi_app)  # type: ignore[method-assign, assignment]
