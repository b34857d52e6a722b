"""Asking a feed, with its validators, its parser and, after a 404, its site. No database here.

So it can be done in any thread, and no transaction is open while somebody else's server thinks.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from app.feeds.models import Feed
from app.feeds.parsing import ParsedFeed, ParseFailed, parse
from app.feeds.polling.fetching import Answer, Failed, FetchOutcome, NotModified, fetch
from app.fetch import Allow, Limits, Resolve, system_resolve

NOTHING_THERE = 404
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asking:
    """Under which name we ask, and which addresses may be reached though not public.

    `resolve` looks names up.
    """

    agent: str
    allow: Allow
    limits: Limits = field(default_factory=Limits)
    resolve: Resolve = system_resolve


@dataclass(frozen=True)
class Errand:
    """One feed to ask: all that has to be known for it, apart from the row."""

    feed_id: int
    url: str
    etag: str | None = None
    last_modified: str | None = None
    site_url: str | None = None
    failures: int = 0
    proposed_url: str | None = None
    digest: str | None = None

    @classmethod
    def to(cls, feed: Feed) -> "Errand":
        """The errand of asking this feed."""
        return cls(feed.id, feed.url, feed.etag, feed.last_modified, feed.site_url,
                   feed.failures, feed.proposed_url, feed.body_digest)


@dataclass(frozen=True)
class Document:
    """A feed that came and was understood."""

    answer: Answer
    parsed: ParsedFeed


Found = Document | NotModified | Failed
# The address of another feed of the same site, looked for when this one is not there any more.
Search = Callable[[Errand, Asking], str | None]


@dataclass(frozen=True)
class Reply:
    """What became of an errand that began at a time, and how long that took.

    `elsewhere` is a new address found.
    """

    errand: Errand
    found: Found
    began_at: datetime
    milliseconds: int
    elsewhere: str | None = None

    @property
    def size(self) -> int:
        """The bytes of the document, unpacked; 0 if none came."""
        if isinstance(self.found, Document):
            return len(self.found.answer.body)
        return self.found.size


def ask(errand: Errand, asking: Asking, now: datetime, search: Search) -> Reply:
    """Asks, reads what came, and searches the site if nothing is there. Never raises.

    `now` is for dates in Retry-After, and what it was asked at.
    """
    start = time.monotonic()
    try:
        return _ask(errand, asking, now, search, start)
    except Exception:
        # A mistake of ours must not stop whoever asks many.
        log.exception("Asking %s failed.", errand.url)
        return Reply(errand, Failed("Asking it broke something on our side; it has been written"
                                    " down."), now, _since(start))


def _ask(errand: Errand, asking: Asking, now: datetime, search: Search, start: float) -> Reply:
    outcome = fetch(errand.url, etag=errand.etag, last_modified=errand.last_modified,
                    agent=asking.agent, allow=asking.allow, limits=asking.limits, now=now,
                    resolve=asking.resolve)
    found = read(outcome, errand.digest)
    taken = _since(start)
    missing = isinstance(found, Failed) and found.status == NOTHING_THERE
    return Reply(errand, found, now, taken, search(errand, asking) if missing else None)


def _since(start: float) -> int:
    return round((time.monotonic() - start) * 1000)


def read(outcome: FetchOutcome, known: str | None = None) -> Found:
    """The feed in an answer; whatever is no document stays as it is.

    `known` is the digest of the last document: the same one is no news and not read again.
    """
    if not isinstance(outcome, Answer):
        return outcome
    if known == outcome.digest:
        return NotModified(outcome.etag, outcome.last_modified, outcome.headers, outcome.moved_to,
                           200, len(outcome.body))
    try:
        parsed = parse(outcome.body, content_type=outcome.content_type, url=outcome.final_url)
    except ParseFailed as failure:
        return Failed(str(failure), 200, url=outcome.final_url, size=len(outcome.body))
    return Document(outcome, parsed)
