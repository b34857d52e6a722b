"""One request, a GET through all its redirects, within one budget of time and size."""

import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urlencode, urljoin

from urllib3 import HTTPResponse
from urllib3.exceptions import DecodeError, HTTPError

from app.fetch.allowing import Allow
from app.fetch.connecting import Deadline, connection, dial
from app.fetch.failing import FetchFailed, Kind
from app.fetch.resolving import Resolve, checked, system_resolve
from app.fetch.targeting import Target, aim

REDIRECTS = frozenset({301, 302, 303, 307, 308})
ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate", "br"})
# What proves who we are has no business at an address a stranger gave us.
NEVER_SENT = frozenset({"authorization", "proxy-authorization", "cookie", "host"})
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


NO_EXCEPTIONS = Allow()
USUAL_LIMITS = Limits()


@dataclass(frozen=True)
class _Errand:
    headers: Mapping[str, str]
    allow: Allow
    limits: Limits
    resolve: Resolve
    deadline: Deadline
    form: str | None = None


def get(
    url: str, *, headers: Mapping[str, str] | None = None, allow: Allow = NO_EXCEPTIONS,
    limits: Limits = USUAL_LIMITS, resolve: Resolve = system_resolve,
) -> Fetched:
    """Fetch an http(s) address, following redirects; every hop is checked like the first.

    The caller passes User-Agent. `allow` names what may be reached though not public. `resolve`
    (host, port → addresses) is the one seam for tests. Raises FetchFailed; an error status is
    an answer.
    """
    kept = {name: value for name, value in (headers or {}).items()
            if name.lower() not in NEVER_SENT}
    with Deadline(limits.total) as deadline:
        errand = _Errand(kept | {"Accept-Encoding": "gzip, br"}, allow, limits, resolve, deadline)
        return _follow(aim(url), errand)


def post(
    url: str, fields: Mapping[str, str], *, headers: Mapping[str, str] | None = None,
    allow: Allow = NO_EXCEPTIONS, limits: Limits = USUAL_LIMITS,
    resolve: Resolve = system_resolve,
) -> Fetched:
    """Send a form to an http(s) address, checked like `get`'s; a redirect is an answer.

    The caller passes User-Agent. Raises FetchFailed; an error status is an answer.
    """
    sent = {**(headers or {}), "Content-Type": "application/x-www-form-urlencoded",
            "Accept-Encoding": "identity"}
    with Deadline(limits.total) as deadline:
        return _ask(aim(url), _Errand(sent, allow, limits, resolve, deadline, urlencode(fields)))


def _follow(target: Target, errand: _Errand) -> Fetched:
    hops: list[Hop] = []
    seen = {target.url}
    while True:
        answer = _ask(target, errand)
        place = _place(answer, target)
        if place is None:
            return Fetched(target.url, answer.status, answer.headers, answer.body, tuple(hops))
        target = _next(place)
        hops.append(Hop(answer.status, target.url))
        if target.url in seen or len(hops) > errand.limits.redirects:
            raise FetchFailed(Kind.REDIRECTS, f"{target.host} sends us on without end.")
        seen.add(target.url)


def _place(answer: Fetched, target: Target) -> str | None:
    place = answer.headers.get("location", "").strip()
    if answer.status not in REDIRECTS or not place:
        return None
    # http.client reads headers as latin-1; what servers mean is UTF-8.
    return _joined(target.url, place.encode("latin-1", "replace").decode("utf-8", "replace"))


def _next(place: str) -> Target:
    try:
        return aim(place)
    except FetchFailed as failure:
        if failure.kind is not Kind.URL:
            raise
        raise FetchFailed(Kind.URL, "The server sends us on to no web address.") from failure


def _joined(base: str, place: str) -> str:
    try:
        return urljoin(base, place)
    except ValueError as error:
        raise FetchFailed(Kind.URL, "The server sends us on to no web address.") from error


def _ask(target: Target, errand: _Errand) -> Fetched:
    try:
        return _exchange(target, errand)
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise _failure(error, target, errand) from error


def _exchange(target: Target, errand: _Errand) -> Fetched:
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


def _failure(error: Exception, target: Target, errand: _Errand) -> FetchFailed:
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
