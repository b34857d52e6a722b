"""New items on their way into the database: their rows, their entries, their cards at the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import text
from app.desk import actions as desk
from app.entries import actions as entries
from app.entries import filing
from app.entries.models import Entry, EntryState, Markup, Origin
from app.feeds import queries
from app.feeds.changes.updating import ITEM
from app.feeds.deal import names
from app.feeds.deciding import Verdict
from app.feeds.deciding.doubles import doubles
from app.feeds.deciding.links import without_tracking
from app.feeds.mending import pictures
from app.feeds.mending.cleaning import Cleaned, clean
from app.feeds.mending.introducing import introduce_surely
from app.feeds.models import Feed, FeedItem, Indexing, Policy
from app.feeds.parsing import ParsedFeed
from app.feeds.showing import Version, plain_of
from app.people.models import Person

# The key of PostgreSQL's advisory lock: any number that nobody else in the database uses.
LOCK = 5_241_987_161
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(LOCK))


@dataclass
class Arrival:
    """A new item on its way into the database: its row, and its entry unless it is a double."""

    row: dict[str, Any]
    cleaned: Cleaned
    name: str
    person: Person | None
    entry: Entry | None = None
    id: int = 0


@dataclass(frozen=True)
class Cleaner:
    """Items cleaned, those that are ready as they are."""

    ready: Mapping[str, Cleaned]

    def __call__(self, verdict: Verdict) -> Cleaned:
        return self.ready.get(verdict.identity) or clean(verdict.item)


def bring_in(session: Session, feed: Feed, parsed: ParsedFeed, news: Sequence[Verdict],
             cleaned: Cleaner, now: datetime) -> list[Arrival]:
    """Stores new items with their entries and cards, the oldest first. The caller commits."""
    if not news:
        return []
    _one_at_a_time(session)
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


def _one_at_a_time(session: Session) -> None:
    # Two feeds that bring one post at the same moment would not see each other's. On SQLite there
    # is only one writer anyway.
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK)


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
        each.row["entry_state"] = each.entry.state if each.entry else None
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


def _card(feed: Feed, arrival: Arrival, entry: Entry, now: datetime) -> desk.Row:
    why = f"New in the feed of {feed.name}."
    if arrival.person is None:
        why += f" Nobody here has said who “{arrival.name}” is."
    cleaned = arrival.cleaned
    words = plain_of(feed.show, cleaned.plain, entry.html)
    return desk.row(ITEM, arrival.id, now=now, cause=desk.Cause(why), title=entry.title,
                     text=words, person=arrival.person.name if arrival.person else arrival.name,
                     person_key=f"feed:{feed.id}", entry_id=entry.id)
