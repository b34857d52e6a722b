"""The first step: ask a feed's address whether there is anything new."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from app.feeds.polling.freshness import moment
from app.fetch import (
    Allow,
    Fetched,
    FetchFailed,
    Hop,
    Limits,
    Resolve,
    get,
    system_resolve,
)

ACCEPT = ("application/rss+xml, application/atom+xml, application/feed+json,"
          " application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1")
PERMANENT = frozenset({301, 308})
# RFC 9110 gives no bound; what asks for more than a month has made a mistake.
LONGEST_WAIT = 30 * 86400

_SENDABLE = re.compile(r"[\x21-\x7e\xa0-\xff](?:[\x20-\x7e\xa0-\xff]{0,1022}[\x21-\x7e\xa0-\xff])?")


@dataclass(frozen=True)
class Answer:
    """A document. `moved_to` is where permanent redirects alone led, None if nowhere.

    One sighting of `moved_to` is no reason to change an address; that takes several.
    """

    body: bytes
    content_type: str
    headers: Mapping[str, str]
    final_url: str
    moved_to: str | None = None
    etag: str | None = None
    last_modified: str | None = None

    @cached_property
    def digest(self) -> str:
        """What is the same for another answer only if nothing that is read of it differs."""
        # The Link header names the hub.
        around = (self.final_url, self.content_type, self.headers.get("link", ""))
        made = hashlib.sha256("\0".join((*around, "")).encode("utf-8", "replace"))
        made.update(self.body)
        return made.hexdigest()


@dataclass(frozen=True)
class NotModified:
    """304. The validators to keep: as answered, or as sent where the answer left one out.

    `moved_to` as in Answer: a feed that moved may have nothing new at its new place. Many servers
    send the whole document again all the same; then `status` is 200, and `size` is its bytes.
    """

    etag: str | None
    last_modified: str | None
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)
    moved_to: str | None = None
    status: int = 304
    size: int = 0


@dataclass(frozen=True)
class Failed:
    """No document: why, in one sentence; the HTTP status if there was one.

    `retry_after` is in seconds and only what the server asked for. `gone` means 410: stop asking.
    `url` is the address that answered, `size` what came of a document that is no feed.
    """

    sentence: str
    status: int | None = None
    retry_after: int | None = None
    gone: bool = False
    url: str = ""
    size: int = 0


FetchOutcome = Answer | NotModified | Failed


def fetch(
    feed_url: str, *, etag: str | None, last_modified: str | None, agent: str,
    allow: Allow, limits: Limits, now: datetime | None = None, resolve: Resolve = system_resolve,
) -> FetchOutcome:
    """Ask with both validators, which only count as the pair one answer gave.

    A server that changed one of them has a new document, whichever the other says (RFC 9110,
    13.2.2 leaves that to the server, so both are always sent). `now` is for Retry-After dates.
    """
    try:
        answer = get(feed_url, headers=_headers(etag, last_modified, agent),
                     allow=allow, limits=limits, resolve=resolve)
    except FetchFailed as failure:
        return Failed(str(failure))
    if answer.status == 304:
        return _unchanged(answer, etag, last_modified)
    if answer.status != 200:
        return _refused(answer, now or datetime.now(UTC))
    return Answer(
        answer.body, answer.headers.get("content-type", ""), answer.headers, answer.url,
        permanently(answer.hops), answer.headers.get("etag"), answer.headers.get("last-modified"),
    )


def _headers(etag: str | None, last_modified: str | None, agent: str) -> dict[str, str]:
    headers = {"User-Agent": agent, "Accept": ACCEPT}
    for name, value in (("If-None-Match", etag), ("If-Modified-Since", last_modified)):
        # What a server once sent may still be nothing that can be sent.
        if value and _SENDABLE.fullmatch(value):
            headers[name] = value
    return headers


def _unchanged(
    answer: Fetched, etag: str | None, last_modified: str | None
) -> NotModified | Failed:
    if not (etag or last_modified):
        return Failed("The server says that nothing changed, though it was not asked that.", 304)
    headers = answer.headers
    return NotModified(headers.get("etag", etag), headers.get("last-modified", last_modified),
                       headers, permanently(answer.hops))


def permanently(hops: tuple[Hop, ...]) -> str | None:
    """Where redirects lead as far as all of them are permanent (301, 308); None if nowhere."""
    place = None
    for hop in hops:
        if hop.status not in PERMANENT:
            break
        place = hop.url
    return place


def _refused(answer: Fetched, now: datetime) -> Failed:
    status = answer.status
    return Failed(
        _SENTENCES.get(status) or _otherwise(status),
        status, wait(answer.headers.get("retry-after", ""), now), gone=status == 410,
        url=answer.url,
    )


def _otherwise(status: int) -> str:
    if status < 300:
        return f"The server answers with the status {status} and no feed."
    if status < 400:
        return f"The server sends us on (status {status}), but does not say where."
    return f"The server answers with the error {status}."


_SENTENCES = {
    401: "The feed wants a password.",
    403: "The server does not let us read this feed.",
    404: "There is nothing at this address.",
    410: "The feed has been given up for good, says its server.",
    429: "The server asks us to come less often.",
    503: "The server is not available at the moment.",
}


def wait(value: str, now: datetime) -> int | None:
    """The seconds that a Retry-After header asks for; None if it is none, a month at most."""
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,20}", value):
        return min(int(value), LONGEST_WAIT)
    until = moment(value)
    return min(max(0, round((until - now).total_seconds())), LONGEST_WAIT) if until else None
