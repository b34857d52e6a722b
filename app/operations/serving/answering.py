"""A process that answers requests: granian, on a socket that outlives it.

The first process opens a socket for each of those that answer, and the kernel spreads connections
over them. Whoever connects while one process is gone, or on its way, waits in the queue of its
socket for the next; a socket of granian's own would take its queue along.
"""

import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Event, Thread
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.http import HTTP1Settings
from granian.server.mp import MPServer

from app import logs
from app.operations.serving.stalling import Stalls, connections, descriptors

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

# Asks a process to leave without a failed request.
FAREWELL = signal.SIGUSR1
# Connections that wait to be taken, and that one process has open.
BACKLOG, CONNECTIONS = 2048, 4096
# Most of them wait for somebody: for a body, for a slow reader, for their turn at a page.
THREADS = 160
# All headers of a request in bytes (more is 431, as more than 100 of them is), and the milliseconds
# that they may take. A connection without a request is closed after the same time.
HEADERS, HEADERS_TAKE = 64 * 1024, 20_000
# Milliseconds after which the kernel gives up a reader who takes nothing.
READER_STALLS = 60_000
# Seconds that those who are connected have to ask for something and be told that it is the last.
LEAVE = 3.0
# Seconds after which a thread has to let another one have the interpreter: most requests are done
# by then, and each change costs. Whoever wants a kept page meanwhile waits no longer than this.
TURN = 0.02
# When the interpreter looks for garbage that holds itself: newest objects since it last did, and
# how many such looks before it goes through older ones. What a request leaves is small.
GARBAGE = 10_000, 20, 100
# How long there must be nobody before a process goes.
NOBODY = 0.1


def listen(host: str, port: int, number: int) -> list[socket.socket]:
    """So many sockets on one address, one for each process; where the kernel does not spread
    connections, the same for all. Raises OSError if nothing can listen there.
    """
    family, _kind, _protocol, _name, place = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    # Without saying that others may, so that it fails if somebody listens there.
    with _bound(family, place, shared=False) as alone:
        if sys.platform != "linux":
            only = alone.dup()
            only.listen(BACKLOG)
            return [only] * number
    sockets = [_bound(family, place, shared=True) for _ in range(number)]
    for each in sockets:
        each.listen(BACKLOG)
    return sockets


def _bound(family: int, place: Any, *, shared: bool) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        # Those that are taken from it inherit both.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, READER_STALLS)
        listening.bind(place)
    except OSError:
        listening.close()
        raise
    return listening


class Door:
    """Between granian and the application: while the process leaves, every answer is the last of
    its connection.
    """

    def __init__(self, application: Application, listening: socket.socket) -> None:
        self._application, self._listening = application, listening
        self._leaving = Event()
        self._answer: Application = application

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answers one request."""
        return self._answer(environ, start)

    def leave(self, *_signal: object) -> None:
        """Takes no new connection, lets the others end, then ends the process; a signal handler."""
        if not self._leaving.is_set():
            self._leaving.set()
            self._answer = self._answer_last
            Thread(target=self._see_off, daemon=True).start()

    def _answer_last(self, environ: Environ, start: Start) -> Iterable[bytes]:
        def say(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start(status, [*headers, ("Connection", "close")], *rest)
        return self._application(environ, say)

    def _see_off(self) -> None:
        try:
            self._wait_for_all()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    def _wait_for_all(self) -> None:
        port = self._listening.getsockname()[1]
        _stop_taking(self._listening)
        end = time.monotonic() + LEAVE
        seen = time.monotonic()
        while (now := time.monotonic()) < end and now - seen < NOBODY:
            if any(True for _ in connections(port)):
                seen = now
            time.sleep(0.02)


def _stop_taking(listening: socket.socket) -> None:
    """Puts a socket that nobody connects to in the place of the one that the process has.

    That one stays open elsewhere: whoever waits in its queue is the next process's guest.
    """
    shared = os.fstat(listening.fileno()).st_ino
    with socket.create_server(("127.0.0.1", 0)) as idle:
        idle.setblocking(False)
        for number in descriptors():
            with suppress(OSError):
                if os.fstat(number).st_ino == shared:
                    os.dup2(idle.fileno(), number)


class Server(MPServer):
    """One worker of granian in this very process; `lectern serve` does what its master would do."""

    def answer(self, listening: socket.socket, application: Application) -> None:
        """Answers until a signal ends it."""
        shared: Any = SocketHolder(listening.fileno(), False, BACKLOG)  # type: ignore[call-arg]
        self._ssp, self._shd, self._sso = None, shared, None
        worker = self._spawn_worker(0, self._spawn_wsgi_worker, lambda: application)
        worker.inner.run()


def answer(listening: socket.socket, application: Application, ready: Callable[[], None]) -> None:
    """Answers requests until SIGTERM (at once) or FAREWELL (when nobody is left) ends it."""
    sys.setswitchinterval(TURN)
    gc.set_threshold(*GARBAGE)
    door = Door(application, listening)
    signal.signal(FAREWELL, door.leave)
    host, port = listening.getsockname()[:2]
    server = Server(
        "", address=host, port=port, interface=Interfaces.WSGI, http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADERS_TAKE, max_buffer_size=HEADERS),
        runtime_mode=RuntimeModes.mt, websockets=False, blocking_threads=THREADS,
        backlog=BACKLOG, backpressure=CONNECTIONS, log_dictconfig=logs.OF_GRANIAN)
    Stalls(port).watch()
    ready()
    server.answer(listening, door)
