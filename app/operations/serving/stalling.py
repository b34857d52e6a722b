"""Connections over which nothing goes any more are closed, so that nobody holds a thread for good.

The server bounds the time that headers take and the kernel that of a reader who takes nothing; a
body that comes a byte a second is nobody's business but ours. What the kernel knows of a connection
tells it, whatever the server is doing with it: neither was much received nor much sent.
"""

import os
import socket
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

# Connections that moved fewer bytes in so many seconds are closed, and how often to look.
LEAST, SECONDS, LOOK = 4_096, 30.0, 5.0
# `tcpi_bytes_acked` and `tcpi_bytes_received` of Linux's struct tcp_info, see tcp(7).
INTERNET = {socket.AF_INET, socket.AF_INET6}
INFO, MOVED = 256, struct.Struct("=120xQQ")


class Stalls:
    """The connections to one port that this process has, and when each last moved something."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._seen: dict[int, tuple[int, float]] = {}

    def close(self, now: float) -> int:
        """Closes the stalled ones, and says how many there were. `now` is in seconds."""
        seen, closed = {}, 0
        for connection in connections(self._port):
            name, moved = os.fstat(connection.fileno()).st_ino, _moved(connection)
            before, since = self._seen.get(name, (moved, now))
            if moved - before >= LEAST:
                before, since = moved, now
            seen[name] = before, since
            if now - since >= SECONDS:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                closed += 1
        self._seen = seen
        return closed

    def watch(self) -> None:
        """Closes them from now on, in a thread, where the kernel tells what it knows."""
        if sys.platform == "linux":
            Thread(target=self._watch, name="stalls", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK)
            self.close(time.monotonic())


def connections(port: int) -> Iterator[socket.socket]:
    """The connections to a port of its own that this process has, each open while it is looked at.
    """
    for number in descriptors():
        with suppress(OSError), _held(number) as found:
            found.getpeername()
            if found.family in INTERNET and found.getsockname()[1] == port:
                yield found


def descriptors() -> list[int]:
    """All that this process has open."""
    return [int(name) for name in os.listdir("/dev/fd")]


@contextmanager
def _held(number: int) -> Iterator[socket.socket]:
    # A copy: what its owner closes meanwhile, and opens anew as another, stays what it was.
    copy = os.dup(number)
    try:
        found = socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        raise
    with found:
        yield found


def _moved(connection: socket.socket) -> int:
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, INFO)
    return sum(MOVED.unpack_from(info.ljust(MOVED.size, b"\0")))
