"""The last step: what was decided becomes items, entries and cards on the desk.

A visit costs a fixed number of statements, however many items came, and one that brings nothing
new costs one light query. The same visit twice, or two at once, store everything once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import text
from app.desk import actions as desk
from app.desk.models import ReviewItem
from app.entries import actions as entries
from app.entries import filing
from app.entries.models import Entry, EntryState, Markup, Origin
from app.feeds import queries
from app.feeds.changes import leaving, updating
from app.feeds.deal import names
from app.feeds.deciding import Decided, Judgement, Verdict, VerdictKind, decide
from app.feeds.deciding.doubles import doubles
from app.feeds.deciding.links import without_tracking
from app.feeds.mending import pictures
from app.feeds.mending.cleaning import Cleaned, clean
from app.feeds.mending.introducing import introduce_surely
from app.feeds.models import Feed, FeedItem, Indexing, Policy
from app.feeds.parsing import ParsedFeed
from app.feeds.preparing import Prepared, before_of
from app.feeds.showing import Version, plain_of
from app.people.models import Person

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


@dataclass
class Arrival:
    """A new item on its way into the database: its row, and its entry unless it is a double."""

    row: dict[str, Any]
    cleaned: Cleaned
    name: str
    person: Person | None
    entry: Entry | None = None
    id: int = 0


def take(session: Session, feed: Feed, parsed: ParsedFeed, *, now: datetime,
         prepared: Prepared | None = None) -> Tally:
    """Writes down what a document means; the caller commits.

    Holds the feed until then, so that of two who take the same document one finds it known. What
    was prepared counts only if nothing has changed since.
    """
    session.execute(sa.select(Feed.id).where(Feed.id == feed.id).with_for_update())
    known, before = queries.known(session, feed), before_of(feed)
    if prepared and (prepared.known, prepared.before) == (known, before):
        return _write(session, feed, parsed, prepared.decided, _Cleaner(prepared.cleaned), now)
    decided = decide(known, parsed, now, before=before[0], listed=before[1])
    return _write(session, feed, parsed, decided, _Cleaner({}), now)


@dataclass(frozen=True)
class _Cleaner:
    """Items cleaned, those that are ready as they are."""

    ready: Mapping[str, Cleaned]

    def __call__(self, verdict: Verdict) -> Cleaned:
        return self.ready.get(verdict.identity) or clean(verdict.item)


def _write(session: Session, feed: Feed, parsed: ParsedFeed, decided: Decided, cleaned: _Cleaner,
           now: datetime) -> Tally:
    _describe(feed, parsed, decided.judgement)
    _follow_links(session, decided)
    arrivals = _bring_in(session, feed, parsed, decided.of(VerdictKind.NEW), cleaned, now)
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


def _bring_in(session: Session, feed: Feed, parsed: ParsedFeed, news: Sequence[Verdict],
              cleaned: _Cleaner, now: datetime) -> list[Arrival]:
    if not news:
        return []
    same = doubles(news, queries.elsewhere(session, feed, news), feed.site_url)
    people = names.writers(session, feed, [_name(feed, parsed, each) for each in news], now=now)
    # Oldest first, so that ids follow dates.
    arrivals = [_arrival(feed, parsed, each, cleaned(each), same, people, now) for each in news]
    offered = [each for each in arrivals if each.entry]
    _add_entries(session, feed, offered, now)
    _add_items(session, feed, arrivals)
    pictures.expect(session, {each.id: each.entry.source for each in offered if each.entry},
                    now=now)
    desk.hold_all(session, [_card(feed, each, each.entry, now) for each in offered
                            if each.entry and not each.entry.is_public])
    return arrivals


def _add_entries(session: Session, feed: Feed, offered: Sequence[Arrival], now: datetime) -> None:
    made = [each.entry for each in offered if each.entry]
    for entry in made:
        entry.topics = list(feed.topics)
        filing.discuss(entry, feed.discussion)
    if feed.policy is Policy.PUBLISH:
        entries.publish_all(session, [each.entry for each in offered if each.entry and each.person
                                      and each.entry.is_publishable], now=now)
    # People who came just now get their ids.
    session.flush()
    entries.add_all(session, made)
    filing.credit_all(session, [(each.entry, each.person) for each in offered
                                 if each.entry and each.person])
    for each in offered:
        if each.person:
            introduce_surely(each.person, each.cleaned.findings, came_with=feed.description)


def _add_items(session: Session, feed: Feed, arrivals: Sequence[Arrival]) -> None:
    for each in arrivals:
        each.row["entry_id"] = each.entry.id if each.entry else None
    session.execute(sa.insert(FeedItem), [each.row for each in arrivals])
    ids = queries.ids(session, feed, [each.row["identity"] for each in arrivals])
    for each in arrivals:
        each.id = ids[each.row["identity"]]


def _name(feed: Feed, parsed: ParsedFeed, verdict: Verdict) -> str:
    return names.as_signed(feed, verdict.item.author or parsed.author)


def _arrival(feed: Feed, parsed: ParsedFeed, verdict: Verdict, cleaned: Cleaned,
             same: Mapping[str, int], people: Mapping[str, Person | None],
             now: datetime) -> Arrival:
    received, name = verdict.item, _name(feed, parsed, verdict)
    link = without_tracking(received.link) if received.link else None
    arrival = Arrival({
        "feed_id": feed.id, "identity": verdict.identity, "guid": received.guid, "link": link,
        "title": cleaned.title, "author": name, "content_hash": verdict.content_hash,
        "meaning": verdict.meaning, "original": received.content_html,
        "imported_title": cleaned.title, "imported_standfirst": cleaned.standfirst,
        "imported_html": cleaned.html, "findings": list(cleaned.findings),
        "published_at": verdict.date, "first_seen_at": now, "changed_at": now,
        "double_of_id": same.get(verdict.identity)}, cleaned, name, people[name])
    if verdict.identity not in same:
        arrival.entry = _entry(feed, arrival, received.language or parsed.language, now)
    return arrival


def _entry(feed: Feed, arrival: Arrival, language: str, now: datetime) -> Entry:
    cleaned, link = arrival.cleaned, arrival.row["link"]
    words = Version.of(cleaned).words(feed.show, link, cleaned.plain)
    whole = words.source == cleaned.html
    # Clean already: rendering it would clean it once more, which costs as much as all of this.
    return Entry(
        section="posts", origin=Origin.FEED, state=EntryState.WAITING, markup=Markup.HTML,
        title=words.title, standfirst=words.standfirst, source=words.source, html=words.source,
        minutes=text.minutes_of(cleaned.plain if whole else ""), language=language or "en",
        canonical_url=link, source_name=feed.name, noindex=feed.indexing is Indexing.NOINDEX,
        source_published_at=arrival.row["published_at"], created_at=now, updated_at=now)


def _card(feed: Feed, arrival: Arrival, entry: Entry, now: datetime) -> ReviewItem:
    why = f"New in the feed of {feed.name}."
    if arrival.person is None:
        why += f" Nobody here has said who “{arrival.name}” is."
    cleaned = arrival.cleaned
    words = plain_of(feed.show, cleaned.plain, entry.html)
    return desk.card(KIND, arrival.id, now=now, cause=desk.Cause(why), title=entry.title,
                     text=words, person=arrival.person.name if arrival.person else arrival.name,
                     person_key=f"feed:{feed.id}", entry_id=entry.id)
