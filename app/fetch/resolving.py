"""Names to addresses: looked up once, every answer checked, all or nothing."""

import socket
import threading
from collections.abc import Callable, Sequence

from app.fetch.addresses import is_public
from app.fetch.allowing import Allow
from app.fetch.failing import FetchFailed, Kind
from app.fetch.targeting import Target

Resolve = Callable[[str, int], Sequence[str]]
MOST_TRIED = 4


def system_resolve(host: str, port: int) -> Sequence[str]:
    """The addresses the operating system knows for a name; raises OSError if there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def checked(target: Target, allow: Allow, resolve: Resolve, seconds: float) -> Sequence[str]:
    """The addresses to connect to, in the resolver's order, at most four.

    One address that may not be reached refuses the whole name: an honest name has no reason to
    mix public and private ones. Raises FetchFailed.
    """
    addresses = [target.host] if target.is_literal else _look_up(target, resolve, seconds)
    for address in addresses:
        _check(target, address, allow)
    return addresses[:MOST_TRIED]


def _check(target: Target, address: str, allow: Allow) -> None:
    if allow.permits(target.host, target.port, address):
        return
    if not is_public(address):
        raise FetchFailed(
            Kind.ADDRESS, f"{target.host} does not lead to an address on the public internet."
        )
    if not target.is_on_a_web_port:
        raise FetchFailed(Kind.URL, f"Port {target.port} is not one that web sites use.")


def _look_up(target: Target, resolve: Resolve, seconds: float) -> Sequence[str]:
    # A thread, because getaddrinfo knows no time limit and cannot be interrupted.
    answers: list[Sequence[str]] = []

    def ask() -> None:
        try:
            answers.append(resolve(target.host, target.port))
        except (OSError, UnicodeError):
            answers.append([])

    asking = threading.Thread(target=ask, daemon=True, name="resolve")
    asking.start()
    asking.join(seconds)
    if not answers:
        raise FetchFailed(Kind.TIMEOUT, f"Looking up {target.host} took too long.")
    if not answers[0]:
        raise FetchFailed(Kind.NAME, f"There is no server called {target.host.rstrip('.')}.")
    return answers[0]
