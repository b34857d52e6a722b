"""A change at the source: an untouched copy follows it, an edited one waits for an editor.

Untouched means that readers would get the very words that were taken over, whoever may have been
at them in between; then following loses nothing. A copy that was edited keeps every word: the
desk gets one card an item, which changes with the source until it is decided.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import text
from app.desk import actions as desk
from app.desk import changing
from app.desk import queries as desk_queries
from app.desk.models import ItemState, ReviewItem
from app.entries import wording
from app.entries.models import Entry, EntryState
from app.entries.wording import Words
from app.feeds.deciding import Verdict
from app.feeds.mending import pictures
from app.feeds.mending.cleaning import Cleaned
from app.feeds.mending.findings import carried
from app.feeds.mending.placing import settled
from app.feeds.models import Feed, FeedItem
from app.feeds.showing import Version, is_untouched

ITEM = "feed-item"
CHANGE = "feed-change"


@dataclass
class Round:
    """What one visit's changes ask for, gathered to be written down at once."""

    session: Session
    cards: Mapping[tuple[str, int], ReviewItem]
    now: datetime
    follows: list[tuple[FeedItem, Entry, Words]] = field(default_factory=list)
    asks: list[desk.Row] = field(default_factory=list)


def update(session: Session, feed: Feed, verdicts: Sequence[Verdict],
           cleaner: Callable[[Verdict], Cleaned], *, now: datetime) -> int:
    """Carries changes over; says how many were changes after all, once they were cleaned."""
    wanted = {each.known.id: each for each in verdicts if each.known}
    if not wanted:
        return 0
    items = session.scalars(sa.select(FeedItem).where(FeedItem.id.in_(wanted))
                            .order_by(FeedItem.id)).all()
    cards = desk_queries.items_of(session, [ITEM, CHANGE], wanted)
    work = Round(session, cards, now)
    cleaned = [cleaner(wanted[item.id]) for item in items]
    # What came without pictures that are ours by now is no change.
    media = pictures.decided(session, [each.html for each in cleaned])
    number = sum(
        _update(work, item, wanted[item.id],
                replace(each, html=settled(each.html, media)))
        for item, each in zip(items, cleaned, strict=True))
    wording.write_all(session, [(entry, words) for _item, entry, words in work.follows],
                      by=f"the feed of {feed.name}", now=now)
    for item, entry, _words in work.follows:
        if card := cards.get((ITEM, item.id)):
            _reword(card, entry)
    pictures.expect(session, {item.id: entry.source for item, entry, _words in work.follows},
                    now=now)
    desk.hold_all(session, work.asks)
    return number


def _update(work: Round, item: FeedItem, verdict: Verdict, cleaned: Cleaned) -> bool:
    item.content_hash, item.meaning = verdict.content_hash, verdict.meaning
    item.original = verdict.item.content_html
    change, new = work.cards.get((CHANGE, item.id)), Version.of(cleaned)
    _begin_from_what_was_decided(item, change)
    untouched = item.entry is not None and is_untouched(item, item.entry)
    item.findings = carried(item.findings, cleaned.findings)
    if new == (Version.source(item) or Version.imported(item)):
        return False
    # A text from the page is asked for again: the feed's own stands in for it meanwhile.
    item.title, item.changed_at, item.taken_from_page = new.title, work.now, False
    if new == Version.imported(item) or item.entry is None:
        _settle(work.session, item, new, change)
    elif item.entry.state is EntryState.REMOVED:
        _keep_for_later(item, new)
    elif untouched:
        _follow(work, item, item.entry, new, change)
    else:
        _meet(work, item, item.entry, new, change)
    return True


def _begin_from_what_was_decided(item: FeedItem, change: ReviewItem | None) -> None:
    source = Version.source(item)
    if source and change and change.state is ItemState.DECIDED:
        _take_over(item, source)


def _follow(work: Round, item: FeedItem, entry: Entry, new: Version,
            change: ReviewItem | None) -> None:
    words = new.repaired(item.findings).words(item.feed.show, item.link)
    work.follows.append((item, entry, words))
    _settle(work.session, item, new, change)


def _meet(work: Round, item: FeedItem, entry: Entry, new: Version,
          change: ReviewItem | None) -> None:
    words = new.words(item.feed.show, item.link)
    if words in {_words(entry), Version.imported(item).words(item.feed.show, item.link)}:
        # Our editors were faster, or what changed is not shown here: nothing is left to decide.
        _settle(work.session, item, new, change)
    else:
        _keep_for_later(item, new)
        _ask(work, item, entry, new, change)


def catch_up(session: Session, item: FeedItem, *, now: datetime) -> None:
    """Brings an untouched copy that was out of sight in line with what its source says by now."""
    source = Version.source(item)
    if source and item.entry and is_untouched(item, item.entry):
        words = source.repaired(item.findings).words(item.feed.show, item.link)
        wording.write(session, item.entry, words,
                      by=f"the feed of {item.feed.name}", now=now)
        _settle(session, item, source, None)


def _words(entry: Entry) -> Words:
    return Words(entry.title, entry.standfirst, entry.source)


def _reword(card: ReviewItem, entry: Entry) -> None:
    card.title, card.text = entry.title, text.plain(entry.html)
    if card.state is ItemState.WAITING:
        changing.overtake(card)


def _take_over(item: FeedItem, new: Version) -> None:
    item.imported_title, item.imported_standfirst = new.title, new.standfirst
    item.imported_html = new.html
    item.source_title = item.source_standfirst = item.source_html = None


def _settle(session: Session, item: FeedItem, new: Version, change: ReviewItem | None) -> None:
    _take_over(item, new)
    if change and change.state is ItemState.WAITING:
        changing.retire(change)


def _keep_for_later(item: FeedItem, new: Version) -> None:
    item.source_title, item.source_standfirst = new.title, new.standfirst
    item.source_html = new.html


def _ask(work: Round, item: FeedItem, entry: Entry, new: Version,
         change: ReviewItem | None) -> None:
    cause = desk.Cause(f"{item.feed.name} has changed this after it was edited here.")
    words = text.plain(new.html)
    if change:
        change.title, change.person = entry.title, signed(item, entry)
        changing.reopen(work.session, change, now=work.now, by="a newer change", cause=cause,
                    text=words)
        return
    work.asks.append(desk.row(
        CHANGE, item.id, now=work.now, cause=cause, title=entry.title, text=words,
        person=signed(item, entry), person_key=f"feed:{item.feed_id}", entry_id=entry.id))


def signed(item: FeedItem, entry: Entry) -> str:
    """Whose text it is: the name in the byline here, else the one that it was signed with."""
    return next((person.name for person in entry.byline), item.author)
