"""The demo's feeds: one that its author has claimed, one whose source changed, one that fails."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.demo import content
from app.demo.deciding import Desk
from app.desk.models import Verb
from app.entries import wording
from app.feeds import actions, settings, storing
from app.feeds.deal import names
from app.feeds.deal.models import ClaimState, FeedClaim, Proof
from app.feeds.models import Feed, FeedItem, Show
from app.feeds.parsing import ParsedFeed, ParsedItem, parse
from app.feeds.polling.models import FeedVisit, Occasion, Outcome
from app.people.models import Person

QUITE_A_WHILE = timedelta(days=3650)
WHY = "Its address is made up for the demo, so nobody knocks there."


def load(session: Session, row: Mapping[str, Any], people: Mapping[str, Person], desk: Desk,
         now: datetime) -> None:
    """A row of feeds.toml: the feed, what was approved of it so far, and what waits."""
    author = people[row["author"]] if "author" in row else None
    feed, _new = actions.add(session, row["url"], now=now, show=Show(row["show"]), author=author)
    feed.title, feed.site_url = row["title"], row["site_url"]
    feed.added_at = now - timedelta(days=120)
    if "file" in row:
        _take_all(session, feed, row, people, desk, now)
    else:
        _break(session, feed, row, now)
    if "claimed_from" in row:
        _claim(session, feed, row["claimed_from"], now - timedelta(days=12))
    feed.next_visit_at, feed.next_visit_why = now + QUITE_A_WHILE, WHY


def _take_all(session: Session, feed: Feed, row: Mapping[str, Any], people: Mapping[str, Person],
              desk: Desk, now: datetime) -> None:
    whole = parse(content.document(row["file"], now), content_type="application/xml",
                  url=row["url"])
    change = row.get("change", {"before": "", "now": "", "ours": ""})
    taken = tuple(_earlier(item, change) for item in whole.items if item.guid in row["published"])
    then = max(item.published for item in taken if item.published) + timedelta(hours=5)
    _visit(session, feed, replace(whole, items=taken), then)
    for name in names.every(session, feed):
        names.assign(session, name, people[row["names"][name.name]], now=then)
    for item in session.scalars(settings.here(feed)).all():
        desk.decide(storing.KIND, item.id, Verb.APPROVE, then + timedelta(hours=2))
        _edit(session, item, change, then + timedelta(hours=3))
    _visit(session, feed, whole, now - timedelta(hours=3))


def _earlier(item: ParsedItem, change: Mapping[str, str]) -> ParsedItem:
    return replace(item, content_html=item.content_html.replace(change["now"], change["before"])
                   if change["now"] else item.content_html)


def _edit(session: Session, item: FeedItem, change: Mapping[str, str], now: datetime) -> None:
    entry = item.entry
    if entry is not None and change["ours"]:
        ours = entry.source.replace(change["before"], change["ours"])
        wording.write(session, entry, wording.Words(entry.title, entry.standfirst, ours),
                      by="Helen Marsh", now=now)


def _visit(session: Session, feed: Feed, parsed: ParsedFeed, now: datetime) -> None:
    tally = storing.take(session, feed, parsed, now=now)
    feed.visited_at, feed.health = now, f"Well: {tally} at the last visit."


def _break(session: Session, feed: Feed, row: Mapping[str, Any], now: datetime) -> None:
    since = now - timedelta(hours=row["broken_hours"])
    feed.broken_since, feed.health = since, row["broken"]
    # Twice as long from one try to the next, as the fetcher would.
    for hours in (0, 1, 3, 7, 15):
        feed.visited_at, feed.failures = since + timedelta(hours=hours), feed.failures + 1
        session.add(FeedVisit(
            feed_id=feed.id, at=feed.visited_at, occasion=Occasion.SCHEDULE, asked=feed.url,
            status=503, outcome=Outcome.FAILED, sentence=feed.health, milliseconds=410,
            next_visit_at=feed.visited_at + timedelta(hours=hours + 1),
            next_visit_why="It failed, so we wait a little longer each time."))


def _claim(session: Session, feed: Feed, email: str, then: datetime) -> None:
    # Nobody has the address of this claim's page: no word has this hash.
    session.add(FeedClaim(
        feed=feed, state=ClaimState.PROVEN, proof=Proof.MAIL, email=email, asked_at=then,
        proven_at=then, token=f"lectern-{feed.public_id}", key_hash=f"demo of {feed.url}"))
    feed.claimed_at = then
