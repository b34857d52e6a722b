"""One question and its answer, over a connection of its own that goes where it was checked."""

import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException

from urllib3 import HTTPResponse
from urllib3.exceptions import DecodeError, HTTPError

from app.fetch.allowing import Allow
from app.fetch.connecting import Deadline, connection, dial
from app.fetch.failing import FetchFailed, Kind
from app.fetch.resolving import Resolve, checked
from app.fetch.targeting import Target

REDIRECTS = frozenset({301, 302, 303, 307, 308})
ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate", "br"})
PIECE = 65536
# Past so many bytes an answer is a burden: after each piece of it, whoever waits for the processor
# gets it. Ten megabytes take a third of a second longer for that.
LONG, COURTESY = 1_000_000, 0.002


@dataclass(frozen=True)
class Limits:
    """Seconds to connect (per address), seconds for everything, bytes unpacked, redirects."""

    connect: float = 10
    total: float = 30
    size: int = 10_000_000
    redirects: int = 5


@dataclass(frozen=True)
class Hop:
    """A redirect: the status that said so, and the address it led to."""

    status: int
    url: str


@dataclass(frozen=True)
class Fetched:
    """An answer of any status: the address that gave it, and the redirects on the way there.

    `headers` ignores the case of names; `body` is unpacked.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True)
class Errand:
    """How to ask, and until when; with a form in it, a POST."""

    headers: Mapping[str, str]
    allow: Allow
    limits: Limits
    resolve: Resolve
    deadline: Deadline
    form: str | None = None


def ask(target: Target, errand: Errand) -> Fetched:
    """What is answered there, redirects as they are. Raises FetchFailed."""
    try:
        return _exchange(target, errand)
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise _failure(error, target, errand) from error


def _exchange(target: Target, errand: Errand) -> Fetched:
    deadline = errand.deadline
    addresses = checked(target, errand.allow, errand.resolve, deadline.remaining())
    line = dial(addresses, target.port, errand.limits.connect, deadline)
    asking = connection(target, line)
    try:
        asking.request("GET" if errand.form is None else "POST", target.path, body=errand.form,
                       headers=errand.headers, preload_content=False)
        with closing(asking.getresponse()) as answer:
            body = b"" if answer.status in REDIRECTS else _read(answer, target, errand.limits)
            # A connection that was cut can look like one that ended.
            deadline.remaining()
            return Fetched(target.url, answer.status, answer.headers, body)
    finally:
        asking.close()
        line.close()


def _read(answer: HTTPResponse, target: Target, limits: Limits) -> bytes:
    if answer.headers.get("content-encoding", "").strip().lower() not in ENCODINGS:
        raise DecodeError("an encoding we did not ask for")
    body = bytearray()
    while piece := answer.read(PIECE):
        body += piece
        if len(body) > limits.size:
            raise FetchFailed(
                Kind.SIZE,
                f"What {target.host} sends is larger than {limits.size / 1_000_000:g} MB.",
            )
        if len(body) > LONG:
            time.sleep(COURTESY)
    return bytes(body)


def _failure(error: Exception, target: Target, errand: Errand) -> FetchFailed:
    host, limits = target.host, errand.limits
    if errand.deadline.has_passed:
        return FetchFailed(
            Kind.TIMEOUT, f"The server at {host} did not answer within {limits.total:g} seconds."
        )
    if isinstance(error, TimeoutError):
        return FetchFailed(
            Kind.TIMEOUT, f"No connection to {host} came about within {limits.connect:g} seconds."
        )
    causes = (error, *error.args)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return FetchFailed(Kind.TLS, f"The server at {host} cannot prove that it is {host}.")
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return FetchFailed(Kind.TLS, f"No secure connection to {host} came about.")
    if isinstance(error, DecodeError):
        return FetchFailed(Kind.ENCODING, f"What {host} sends cannot be unpacked.")
    if isinstance(error, ConnectionRefusedError):
        return FetchFailed(Kind.CONNECTION, f"The server at {host} refuses the connection.")
    return FetchFailed(Kind.CONNECTION, f"The connection to {host} broke off.")
