"""Changes to feeds: adding one, visiting it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy.orm import Session

from app.feeds import queries
from app.feeds.models import Feed, Policy, Show
from app.feeds.parsing import ParsedFeed, ParseFailed, parse
from app.feeds.polling.fetching import Answer, Failed, NotModified, fetch
from app.feeds.storing import Tally, take
from app.fetch import Allow, Limits
from app.people.models import Person

JOB = "visit-feeds"
log = logging.getLogger(__name__)
PAUSE = timedelta(hours=1)
LONGEST_PAUSE = timedelta(days=7)


class BadAddress(ValueError):
    """An address that cannot be a feed's; the text says why."""


@dataclass(frozen=True)
class Asking:
    """How we ask: under which name, and which addresses may be reached though not public."""

    agent: str
    allow: Allow
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Visit:
    """How a visit went: a tally, or a sentence that says why there is none."""

    feed: Feed
    tally: Tally | None
    failure: str = ""

    def __str__(self) -> str:
        return str(self.tally) if self.tally else f"failed: {self.failure}"


@dataclass(frozen=True)
class Document:
    """A feed that came and was understood."""

    answer: Answer
    parsed: ParsedFeed


Found = Document | NotModified | Failed


def normal(url: str) -> str:
    """A feed's address as it is kept; raises BadAddress."""
    typed = url.strip()
    if "://" not in typed:
        typed = f"https://{typed}"
    try:
        parts = urlsplit(typed)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise BadAddress(f"{url!r} is not a web address.") from None
    if parts.scheme.lower() not in {"http", "https"} or not host or parts.username is not None:
        raise BadAddress(f"{url!r} is not a web address.")
    if len(typed) > 2000 or any(sign <= " " or sign == "\x7f" for sign in typed):
        raise BadAddress(f"{url!r} is not a web address.")
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
    return urlunsplit((parts.scheme.lower(), place, parts.path or "/", parts.query, ""))


def add(session: Session, url: str, *, now: datetime, policy: Policy | None = None,
        show: Show | None = None, author: Person | None = None) -> tuple[Feed, bool]:
    """The feed at an address, made or with its settings changed; says whether it is new. Commits.

    Raises BadAddress. The feed is not asked; `visit` does that.
    """
    address = normal(url)
    feed = queries.by_url(session, address)
    if new := feed is None:
        feed = Feed(url=address, added_at=now, next_visit_at=now)
        session.add(feed)
    feed.policy, feed.show = policy or feed.policy, show or feed.show
    feed.author = author or feed.author
    session.commit()
    return feed, new


def pause(session: Session, feed: Feed, *, now: datetime) -> None:
    """Stops asking a feed; what came from it stays. Commits."""
    feed.paused_at = now
    session.commit()


def resume(session: Session, feed: Feed, *, now: datetime) -> None:
    """Asks a feed again, at the next round. Commits."""
    feed.paused_at, feed.next_visit_at = None, now
    session.commit()


def visit(session: Session, feed: Feed, asking: Asking, *, now: datetime) -> Visit:
    """Asks a feed now and stores what came. Commits; never raises for what the feed does.

    No transaction is open while the server is asked, so a slow one makes nobody wait.
    """
    session.commit()
    outcome = fetch(feed.url, etag=feed.etag, last_modified=feed.last_modified,
                    agent=asking.agent, allow=asking.allow, limits=asking.limits, now=now)
    found = _parse(outcome) if isinstance(outcome, Answer) else outcome
    session.refresh(feed, with_for_update={"of": Feed})
    feed.visited_at = now
    result = _take(session, feed, found, now)
    feed.next_visit_at = now + _pause(feed, found)
    session.commit()
    return result


def _parse(answer: Answer) -> Document | Failed:
    try:
        parsed = parse(answer.body, content_type=answer.content_type, url=answer.final_url)
    except ParseFailed as failure:
        return Failed(str(failure))
    return Document(answer, parsed)


def _take(session: Session, feed: Feed, found: Found, now: datetime) -> Visit:
    if isinstance(found, Failed):
        return _failed(feed, found.sentence)
    if isinstance(found, NotModified):
        feed.etag, feed.last_modified = found.etag, found.last_modified
        return _succeeded(feed, Tally(unchanged=queries.counts(session, [feed]).get(feed.id, 0)))
    return _store(session, feed, found, now)


def _store(session: Session, feed: Feed, document: Document, now: datetime) -> Visit:
    answer, parsed = document.answer, document.parsed
    tally = take(session, feed, parsed, now=now)
    # Kept only now that the document was understood: a broken one must be asked for again.
    feed.etag, feed.last_modified = answer.etag, answer.last_modified
    return _succeeded(feed, tally)


def _failed(feed: Feed, sentence: str) -> Visit:
    feed.failures += 1
    feed.health = sentence[:500]
    return Visit(feed, None, feed.health)


def _succeeded(feed: Feed, tally: Tally) -> Visit:
    feed.failures = 0
    feed.health = f"Well: {tally} at the last visit."
    return Visit(feed, tally)


def _pause(feed: Feed, found: Found) -> timedelta:
    asked = timedelta()
    if isinstance(found, Failed):
        if found.gone:
            return LONGEST_PAUSE
        asked = timedelta(seconds=found.retry_after or 0)
    return min(max(PAUSE * 2 ** min(feed.failures, 8), asked), LONGEST_PAUSE)


def visit_due(session: Session, asking: Asking, now: Callable[[], datetime]) -> list[Visit]:
    """Visits every feed whose time has come. What one of them breaks stops none of the others."""
    visits = []
    while (feed := _claim_due(session, now())) is not None:
        try:
            visits.append(visit(session, feed, asking, now=now()))
        except Exception:
            session.rollback()
            log.exception("The visit to %s failed.", feed.url)
            feed.health = "The last visit broke something on our side; it has been written down."
            session.commit()
    return visits


def _claim_due(session: Session, now: datetime) -> Feed | None:
    # Moving its next visit first means that no other worker asks the same feed meanwhile.
    feed = session.scalars(queries.due(now).limit(1).with_for_update(skip_locked=True, of=Feed)
                           ).first()
    if feed:
        feed.next_visit_at = now + PAUSE
    session.commit()
    return feed
