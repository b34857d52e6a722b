"""What a large document means, found out before a writer's place is taken.

Five hundred long items take seconds of the processor, and on SQLite nobody else could write
meanwhile. Whoever stores the document checks that what it was compared with is as it was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.database import for_reading, for_writing
from app.feeds import queries
from app.feeds.deciding import Decided, Judgement, Known, VerdictKind, decide
from app.feeds.deciding.seeking import EVERYTHING, Sought, sought
from app.feeds.mending.cleaning import Cleaned, clean
from app.feeds.models import Feed, Trust
from app.feeds.parsing import ParsedFeed
from app.feeds.polling.asking import Document, Reply

# Bytes whose reading takes about a tenth of a second: longer than others should wait to write.
LARGE = 300_000


Before = tuple[Judgement, Sequence[int]]


@dataclass(frozen=True)
class Weighed:
    """What a document means given `before` and `known`, which of the past is what is `sought`."""

    sought: Sought | None
    known: Sequence[Known]
    before: Before
    decided: Decided


@dataclass(frozen=True)
class Staged(Weighed):
    """The same, ready to be stored: its items cleaned, by identity."""

    cleaned: Mapping[str, Cleaned]


def weigh(read: Callable[[Sought | None], Sequence[Known]], parsed: ParsedFeed, before: Before,
          now: datetime) -> Weighed:
    """What a document means, given what it can be about of the past that `read` gives."""
    scope = sought(parsed, *before)
    known = read(scope)
    decided = decide(known, parsed, now, before=before[0], listed=before[1])
    if scope is not EVERYTHING and decided.judgement.trust is Trust.HASH:
        # From this document on texts tell its items apart, and theirs are known by their meaning.
        scope, known = EVERYTHING, read(EVERYTHING)
        decided = decide(known, parsed, now, before=before[0], listed=before[1])
    return Weighed(scope, known, before, decided)


def before_of(feed: Feed) -> Before:
    """What a decision begins from besides the known items: what was trusted, what was listed."""
    return Judgement(feed.trust, feed.trust_why), list(feed.listed)


def stage(session: Session, feed: Feed, parsed: ParsedFeed, *, now: datetime) -> Staged:
    """Decides what a document means and cleans what is new in it. Reads, and ends that at once."""
    def read(scope: Sought | None) -> list[Known]:
        known = queries.known(session, feed, scope)
        session.commit()
        return known

    weighed = weigh(read, parsed, before_of(feed), now)
    cleaned = {each.identity: clean(each.item) for kind in (VerdictKind.NEW, VerdictKind.UPDATED)
               for each in weighed.decided.of(kind)}
    return Staged(weighed.sought, weighed.known, weighed.before, weighed.decided, cleaned)


def stage_large(session: Session, replies: Sequence[Reply],
                now: datetime) -> dict[int, Staged]:
    """What those of these documents that are large mean, by feed. Call it with nothing open."""
    large = [each for each in replies if isinstance(each.found, Document) and each.size > LARGE]
    if not large:
        return {}
    for_reading(session)
    staged = {}
    try:
        for reply in large:
            feed = session.get(Feed, reply.errand.feed_id, populate_existing=True)
            if feed and isinstance(reply.found, Document):
                staged[feed.id] = stage(session, feed, reply.found.parsed, now=now)
        session.commit()
    finally:
        for_writing(session)
    return staged
