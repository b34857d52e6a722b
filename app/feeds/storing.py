"""The last step: what was decided becomes items, entries and cards on the desk.

A visit costs a fixed number of statements, however many items came, and one that brings nothing
new costs two light queries. The same visit twice, or two at once, store everything once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import text
from app.feeds import queries
from app.feeds.arriving import Arrival, Cleaner, bring_in
from app.feeds.changes import leaving, updating
from app.feeds.deciding import Decided, Judgement, VerdictKind
from app.feeds.deciding.links import without_tracking
from app.feeds.models import Feed, FeedItem
from app.feeds.parsing import ParsedFeed
from app.feeds.staging import Staged, before_of, weigh

KIND = updating.ITEM
BIO_LENGTH = 400


@dataclass(frozen=True)
class Tally:
    """How many items of a visit were what. Doubles are new items that another feed has brought."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    doubles: int = 0
    gone: int = 0

    def __str__(self) -> str:
        said = f"{self.new} new, {self.updated} updated, {self.unchanged} unchanged"
        if self.doubles:
            said += f", {self.doubles} here already from another feed"
        return f"{said}, {self.gone} gone" if self.gone else said


def take(session: Session, feed: Feed, parsed: ParsedFeed, *, now: datetime,
         staged: Staged | None = None) -> Tally:
    """Writes down what a document means; the caller commits.

    Holds the feed until then, so that of two who take the same document one finds it known. What
    was staged counts only if nothing has changed since.
    """
    session.execute(sa.select(Feed.id).where(Feed.id == feed.id).with_for_update())
    before = before_of(feed)
    if staged and (staged.known, staged.before) == (
            queries.known(session, feed, staged.sought), before):
        return _write(session, feed, parsed, staged.decided, Cleaner(staged.cleaned), now)
    weighed = weigh(partial(queries.known, session, feed), parsed, before, now)
    return _write(session, feed, parsed, weighed.decided, Cleaner({}), now)


def _write(session: Session, feed: Feed, parsed: ParsedFeed, decided: Decided, cleaned: Cleaner,
           now: datetime) -> Tally:
    _describe(feed, parsed, decided.judgement)
    _follow_links(session, decided)
    arrivals = bring_in(session, feed, parsed, decided.of(VerdictKind.NEW), cleaned, now)
    updated = updating.update(session, feed, decided.of(VerdictKind.UPDATED), cleaned, now=now)
    gone = leaving.note(session, decided.absence, now=now)
    _list(feed, decided, arrivals)
    doubled = sum(each.entry is None for each in arrivals)
    seen = sum(each.known is not None and each.kind is not VerdictKind.REPEATED
               for each in decided.verdicts)
    return Tally(len(arrivals) - doubled, updated, seen - updated, doubled, gone)


def _describe(feed: Feed, parsed: ParsedFeed, judgement: Judgement) -> None:
    feed.title = parsed.title or feed.title
    feed.site_url = parsed.site_url or feed.site_url
    feed.description = text.shorten(text.plain(parsed.description), BIO_LENGTH)
    feed.trust, feed.trust_why = judgement.trust, judgement.why


def _follow_links(session: Session, decided: Decided) -> None:
    # A permalink may move; the guid stays as first stored, so either finds the item.
    moved = [{"id": each.known.id, "link": link} for each in decided.verdicts
             if each.known and each.kind is not VerdictKind.REPEATED and each.item.link
             and (link := without_tracking(each.item.link)) != each.known.link]
    if moved:
        session.execute(sa.update(FeedItem), moved)


def _list(feed: Feed, decided: Decided, arrivals: Sequence[Arrival]) -> None:
    here = {each.known.id for each in decided.verdicts if each.known}
    listed = sorted(here | {each.id for each in arrivals})
    if listed != feed.listed:
        feed.listed = listed
