"""What a large document means, found out before a writer's place is taken.

Five hundred long items take seconds of the processor, and on SQLite nobody else could write
meanwhile. Whoever stores the document checks that what it was compared with is as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.database import for_reading, for_writing
from app.feeds import queries
from app.feeds.deciding import Decided, Judgement, Known, VerdictKind, decide
from app.feeds.mending.cleaning import Cleaned, clean
from app.feeds.models import Feed
from app.feeds.parsing import ParsedFeed
from app.feeds.polling.asking import Document, Reply

# Bytes whose reading takes about a tenth of a second: longer than others should wait to write.
LARGE = 300_000


@dataclass(frozen=True)
class Prepared:
    """What a document means given `known` and `before`, and its items cleaned, by identity."""

    known: Sequence[Known]
    before: tuple[Judgement, Sequence[int]]
    decided: Decided
    cleaned: Mapping[str, Cleaned]


def before_of(feed: Feed) -> tuple[Judgement, Sequence[int]]:
    """What a decision begins from besides the known items: what was trusted, what was listed."""
    return Judgement(feed.trust, feed.trust_why), list(feed.listed)


def prepare(session: Session, feed: Feed, parsed: ParsedFeed, *, now: datetime) -> Prepared:
    """Decides what a document means and cleans what is new in it. Reads, and ends that at once."""
    known, before = queries.known(session, feed), before_of(feed)
    session.commit()
    decided = decide(known, parsed, now, before=before[0], listed=before[1])
    cleaned = {each.identity: clean(each.item)
               for kind in (VerdictKind.NEW, VerdictKind.UPDATED) for each in decided.of(kind)}
    return Prepared(known, before, decided, cleaned)


def prepare_large(session: Session, replies: Sequence[Reply],
                  now: datetime) -> dict[int, Prepared]:
    """What those of these documents that are large mean, by feed. Call it with nothing open."""
    large = [each for each in replies if isinstance(each.found, Document) and each.size > LARGE]
    if not large:
        return {}
    for_reading(session)
    prepared = {}
    try:
        for reply in large:
            feed = session.get(Feed, reply.errand.feed_id, populate_existing=True)
            if feed and isinstance(reply.found, Document):
                prepared[feed.id] = prepare(session, feed, reply.found.parsed, now=now)
        session.commit()
    finally:
        for_writing(session)
    return prepared
