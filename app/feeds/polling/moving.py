"""Feeds that move: when a new address is believed, and where to look when the old one is empty.

- A permanent redirect (301, 308) is believed after three sightings on different visits that lie
  a day apart in all; a single one may be a slip at the source, and one answer without it begins
  the count anew. A temporary one (302, 303, 307) is followed and never kept.
- An address that another feed of ours has, or that gives up https, is not taken; that is told.
- Where nothing is any more (404), the site is looked through for its feeds. What is found is only
  proposed: adopting it is an editor's click.
"""

import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urljoin

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import jobs
from app.feeds.models import Feed
from app.feeds.polling.addressing import BadAddress, normal
from app.feeds.polling.announcing import is_about_comments
from app.feeds.polling.asking import Asking, Errand
from app.feeds.polling.claiming import JOB
from app.feeds.polling.finding import find
from app.fetch import FetchFailed

SIGHTINGS = 3
APART = timedelta(days=1)
# After a third failure, and weekly once visits have become that rare.
SEARCHES = frozenset({0, 2})
SEARCHES_FROM = 8
REQUESTS_A_PLACE = 6
SECONDS = 25


class Taken(BadAddress):
    """Another feed of ours has this address; the text says which."""


@dataclass(frozen=True)
class Move:
    """Where permanent redirects led, how many visits in a row saw it, and since when."""

    to: str | None = None
    sightings: int = 0
    since: datetime | None = None

    @property
    def is_seen(self) -> bool:
        """Whether there is anything to believe."""
        return self.to is not None

    def seen(self, place: str | None, now: datetime) -> "Move":
        """The move after one more visit that was led to `place`, or was not led on."""
        if place is None:
            return Move()
        if place != self.to or self.since is None:
            return Move(place, 1, now)
        return replace(self, sightings=self.sightings + 1)

    def is_settled(self, now: datetime) -> bool:
        """Whether it was seen often enough, over long enough, to be believed."""
        return (self.since is not None and self.sightings >= SIGHTINGS
                and now - self.since >= APART)


def sighted(session: Session, feed: Feed, place: str | None, now: datetime) -> str:
    """Takes note of where a feed's permanent redirects led, and adopts that once it is settled.

    A sentence for people if there is something to tell, else "". The caller commits.
    """
    move = Move(feed.moved_to, feed.moved_sightings, feed.moved_since).seen(_kept(place), now)
    feed.moved_to, feed.moved_sightings, feed.moved_since = move.to, move.sightings, move.since
    if not move.to or not move.is_settled(now):
        return ""
    if feed.url.startswith("https:") and not move.to.startswith("https:"):
        return f"It says that it moved to {move.to}, which is not taken: it gives up https."
    if other := _owner(session, feed, move.to):
        return f"It says that it moved to {move.to}, which is another feed here: {other.name}."
    feed.url, feed.moved_to, feed.moved_sightings, feed.moved_since = move.to, None, 0, None
    return f"It has moved for good; from now on it is asked at {move.to}."


def adopt(session: Session, feed: Feed, url: str, now: datetime) -> None:
    """Gives a feed another address, at once, and asks it there in the next round. Commits.

    Raises BadAddress, and its Taken if another feed has it.
    """
    address = normal(url)
    if other := _owner(session, feed, address):
        raise Taken(f"{address} is another feed here already: {other.name}.")
    feed.url, feed.etag, feed.last_modified, feed.next_visit_at = address, None, None, now
    feed.proposed_url = feed.moved_to = feed.moved_since = feed.retired_at = None
    feed.moved_sightings = feed.failures = 0
    feed.next_visit_why = "It has a new address."
    jobs.wake(session, JOB, now)
    session.commit()


def propose(session: Session, feed: Feed, url: str | None) -> str:
    """Keeps an address found on the feed's site for an editor to adopt; says so, or says "".

    The caller commits.
    """
    if not url or (address := _kept(url)) is None or address == feed.url:
        return ""
    if other := _owner(session, feed, address):
        return f"Its site has {address}, which is another feed here: {other.name}."
    feed.proposed_url = address
    return f"Its site has another feed, at {address}."


def search(errand: Errand, asking: Asking) -> str | None:
    """The likeliest feed of the site that a lost feed belonged to; None if there is none.

    Looked for at the site, at the feed's own directory and at the root of its host; at most 18
    requests, not begun any more after 25 seconds, and not on every visit.
    """
    if errand.proposed_url or (errand.failures not in SEARCHES and errand.failures < SEARCHES_FROM):
        return None
    end = time.monotonic() + SECONDS
    places = (errand.site_url or "", urljoin(errand.url, "./"), urljoin(errand.url, "/"))
    for place in dict.fromkeys(each for each in places if each):
        if time.monotonic() < end and (url := _feed_at(place, errand, asking)):
            return url
    return None


def _feed_at(place: str, errand: Errand, asking: Asking) -> str | None:
    try:
        found = find(place, asking, most=REQUESTS_A_PLACE)
    except FetchFailed:
        return None
    urls = (each.url for each in found if not is_about_comments(each.url, each.title))
    return next((url for url in urls if url != errand.url), None)


def _kept(url: str | None) -> str | None:
    try:
        return normal(url) if url else None
    except BadAddress:
        return None


def _owner(session: Session, feed: Feed, url: str) -> Feed | None:
    return session.scalars(sa.select(Feed).where(Feed.url == url, Feed.id != feed.id)).first()
