"""The two doors: a GET through all its redirects, and a POST, within a budget of time and size."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode, urljoin

from app.fetch.allowing import Allow
from app.fetch.connecting import Deadline
from app.fetch.exchanging import REDIRECTS, Errand, Fetched, Hop, Limits, ask
from app.fetch.failing import FetchFailed, Kind
from app.fetch.resolving import Resolve, system_resolve
from app.fetch.targeting import Target, aim

# What proves who we are has no business at an address a stranger gave us.
NEVER_SENT = frozenset({"authorization", "proxy-authorization", "cookie", "host"})
NO_EXCEPTIONS = Allow()
USUAL_LIMITS = Limits()


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
        errand = Errand(kept | {"Accept-Encoding": "gzip, br"}, allow, limits, resolve, deadline)
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
        return ask(aim(url), Errand(sent, allow, limits, resolve, deadline, urlencode(fields)))


def _follow(target: Target, errand: Errand) -> Fetched:
    hops: list[Hop] = []
    seen = {target.url}
    while True:
        answer = ask(target, errand)
        further = _further(answer, target)
        if further is None:
            return replace(answer, hops=tuple(hops))
        target = further
        hops.append(Hop(answer.status, target.url))
        if target.url in seen or len(hops) > errand.limits.redirects:
            raise FetchFailed(Kind.REDIRECTS, f"{target.host} sends us on without end.")
        seen.add(target.url)


def _further(answer: Fetched, target: Target) -> Target | None:
    place = answer.headers.get("location", "").strip()
    if answer.status not in REDIRECTS or not place:
        return None
    # http.client reads headers as latin-1; what servers mean is UTF-8.
    meant = place.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        return aim(urljoin(target.url, meant))
    except (ValueError, FetchFailed) as failure:
        if isinstance(failure, FetchFailed) and failure.kind is not Kind.URL:
            raise
        raise FetchFailed(Kind.URL, "The server sends us on to no web address.") from failure
