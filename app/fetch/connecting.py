"""Connections that go to the address that was checked and end when their time is up."""

import os
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from types import TracebackType

from urllib3.connection import HTTPConnection, HTTPSConnection

from app.fetch.targeting import Target

TRUST_SECONDS = 3600
TRUSTED_PLACES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


class Deadline:
    """A time after which every watched connection is cut, whatever it is waiting for.

    Socket timeouts bound one read; a server that sends a byte a second never meets one. A thread
    that shuts the connection down bounds headers, TLS and body alike.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for line in self._watched:
                line.close()
            self._watched.clear()

    def remaining(self) -> float:
        """Seconds left; raises TimeoutError when there are none."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds

    @property
    def has_passed(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self._end

    def watch(self, line: socket.socket) -> None:
        """Cut this connection too when the time is up."""
        # A duplicate: TLS takes the socket object over before its handshake ends.
        with self._lock:
            self._watched.append(socket.socket(fileno=os.dup(line.fileno())))
        if self.has_passed:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            for line in self._watched:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)


def dial(addresses: Sequence[str], port: int, seconds: float, deadline: Deadline) -> socket.socket:
    """A connection to the first address that answers, each within `seconds`; raises OSError."""
    failure: OSError = OSError("no address")
    for address in addresses:
        try:
            line = socket.create_connection((address, port), min(seconds, deadline.remaining()))
        except OSError as error:
            failure = error
            continue
        line.settimeout(deadline.remaining())
        deadline.watch(line)
        return line
    raise failure


class _Plain(HTTPConnection):
    line: socket.socket

    def _new_conn(self) -> socket.socket:
        return self.line


class _Secure(HTTPSConnection):
    line: socket.socket

    def _new_conn(self) -> socket.socket:
        return self.line


def connection(target: Target, line: socket.socket) -> HTTPConnection:
    """An HTTP connection over `line` that says, and for https proves, the target's name."""
    if target.scheme == "https":
        hour = int(time.monotonic() // TRUST_SECONDS)
        secure = _Secure(target.host, target.port,
                         ssl_context=_trust(hour, *map(os.environ.get, TRUSTED_PLACES)))
        secure.line, secure.timeout = line, line.gettimeout()
        return secure
    plain = _Plain(target.host, target.port)
    plain.line, plain.timeout = line, line.gettimeout()
    return plain


@lru_cache(maxsize=2)
def _trust(_hour: int, *_places: str | None) -> ssl.SSLContext:
    # Reading all certificates takes 25 ms of processor time, so one context serves for an hour;
    # then the system's certificates may be newer.
    # Not create_default_context(): that one would write keys where SSLKEYLOGFILE says.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_default_certs()
    return context
