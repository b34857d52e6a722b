"""The last step: what was decided becomes items, entries and cards on the desk."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import text
from app.desk import actions as desk
from app.desk import queries as desk_queries
from app.entries import actions as entries
from app.entries.models import Entry, EntryState, Markup, Origin, Part
from app.feeds import queries
from app.feeds.deciding import Verdict, VerdictKind
from app.feeds.mending import pictures
from app.feeds.mending.cleaning import Cleaned, clean
from app.feeds.mending.introducing import introduce
from app.feeds.models import Feed, FeedItem, Policy
from app.feeds.parsing import ParsedFeed
from app.feeds.showing import shown
from app.people import actions as people
from app.people.models import Person

KIND = "feed-item"
BIO_LENGTH = 400
BY = "the feed"


@dataclass(frozen=True)
class Tally:
    """How many items of a visit were what."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0

    def __str__(self) -> str:
        return f"{self.new} new, {self.updated} updated, {self.unchanged} unchanged"


def store(session: Session, feed: Feed, parsed: ParsedFeed, verdicts: Iterable[Verdict], *,
          now: datetime) -> Tally:
    """Writes one visit's verdicts down; the caller commits. Oldest first, so ids follow dates."""
    _describe(feed, parsed)
    known = queries.known(session, feed)
    counts: Counter[VerdictKind] = Counter()
    for verdict in sorted(verdicts, key=lambda each: each.date):
        counts[verdict.kind] += 1
        if verdict.kind is VerdictKind.NEW:
            _bring_in(session, feed, parsed, verdict, now)
        elif verdict.kind is not VerdictKind.REPEATED:
            # A permalink may move; the guid stays as first stored, so either finds the item.
            item = known[verdict.identity]
            item.link = verdict.item.link or item.link
            if verdict.kind is VerdictKind.UPDATED:
                _update(session, feed, item, verdict, now)
    return Tally(counts[VerdictKind.NEW], counts[VerdictKind.UPDATED],
                 counts[VerdictKind.UNCHANGED])


def _describe(feed: Feed, parsed: ParsedFeed) -> None:
    feed.title = parsed.title or feed.title
    feed.site_url = parsed.site_url or feed.site_url
    feed.description = text.shorten(text.plain(parsed.description), BIO_LENGTH)


def _bring_in(session: Session, feed: Feed, parsed: ParsedFeed, verdict: Verdict,
              now: datetime) -> None:
    cleaned = clean(verdict.item)
    entry = _entry(session, feed, parsed, verdict, cleaned, now)
    received = verdict.item
    item = FeedItem(feed_id=feed.id, feed=feed, identity=verdict.identity, guid=received.guid,
                    link=received.link, title=entry.title, author=received.author,
                    content_hash=verdict.content_hash, original=received.content_html,
                    published_at=verdict.date, first_seen_at=now, changed_at=now, entry=entry,
                    imported_title=cleaned.title, imported_standfirst=cleaned.standfirst,
                    imported_html=cleaned.html, findings=list(cleaned.findings))
    session.add(item)
    session.flush()
    pictures.expect(session, {item.id: entry.source}, now=now)
    for person in entry.byline[:1]:
        introduce(person, [each for each in item.findings if each["sure"]],
                  came_with=feed.description)
    if feed.policy is Policy.PUBLISH and entry.is_publishable:
        entries.publish(session, entry, now=now)
    else:
        desk.hold(session, KIND, item.id, now=now, title=entry.title,
                  cause=desk.Cause(f"New in the feed of {feed.name}."), text=text.plain(entry.html),
                  person=", ".join(person.name for person in entry.byline),
                  person_key=f"feed:{feed.id}", entry_id=entry.id)


def _entry(session: Session, feed: Feed, parsed: ParsedFeed, verdict: Verdict, cleaned: Cleaned,
           now: datetime) -> Entry:
    item = verdict.item
    entry = Entry(origin=Origin.FEED, state=EntryState.WAITING, markup=Markup.HTML,
                  language=item.language or parsed.language or "en", canonical_url=item.link,
                  source_name=feed.name, source_published_at=verdict.date, created_at=now,
                  updated_at=now)
    entries.write(session, entry, _words(feed, cleaned, item.link), by=BY, now=now)
    person = feed.author or _writer(session, feed, item.author or parsed.author or feed.name, now)
    entries.credit(session, entry, Part.AUTHOR, [(person, "", "")])
    session.add(entry)
    return entry


def _writer(session: Session, feed: Feed, name: str, now: datetime) -> Person:
    links = [{"label": feed.name, "url": feed.site_url}] if feed.site_url else []
    return queries.writer(session, feed, name) or people.add(
        session, name, now=now, bio=feed.description, links=links)


def _words(feed: Feed, cleaned: Cleaned, link: str | None) -> entries.Words:
    return entries.Words(cleaned.title, cleaned.standfirst,
                         shown(feed.show, cleaned.html, cleaned.plain, link))


def _update(session: Session, feed: Feed, item: FeedItem, verdict: Verdict, now: datetime) -> None:
    item.content_hash, item.original = verdict.content_hash, verdict.item.content_html
    item.changed_at, cleaned = now, clean(verdict.item)
    item.findings = list(cleaned.findings)
    entry = item.entry
    # What an editor has touched, or readers have read, is not overwritten from outside.
    if entry is None or entry.state is not EntryState.WAITING or entry.version > 1:
        return
    entries.replace(entry, _words(feed, cleaned, verdict.item.link), now=now)
    pictures.expect(session, {item.id: entry.source}, now=now)
    if card := desk_queries.item_of(session, KIND, item.id):
        card.title, card.text = entry.title, text.plain(entry.html)
