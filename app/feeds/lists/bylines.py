"""Who the names of feeds are, as a list of feeds carries it: a name, and the slug of a person."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.feeds.deal import names
from app.feeds.deal.models import FeedName
from app.feeds.models import Feed
from app.people.models import Person

MOST = 500

Bylines = dict[str, str]


def every(session: Session) -> dict[int, Bylines]:
    """The names of every feed that stand for somebody, by the feed's id, in one query."""
    found: defaultdict[int, Bylines] = defaultdict(dict)
    rows = session.execute(
        sa.select(FeedName.feed_id, FeedName.name, Person.slug)
        .join(Person, Person.id == FeedName.person_id).order_by(FeedName.feed_id, FeedName.name))
    for feed_id, name, slug in rows:
        found[feed_id][name] = slug
    return dict(found)


def written(bylines: Bylines) -> str:
    """Names and slugs as one attribute of a list; empty if there are none."""
    return json.dumps(bylines, ensure_ascii=False) if bylines else ""


def read(attribute: str) -> Bylines:
    """What `written` wrote; whatever else it is, nothing."""
    try:
        found = json.loads(attribute)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    pairs = [(name[:names.LONGEST], slug) for name, slug in found.items()
             if name.isprintable() and name and isinstance(slug, str)]
    return dict(pairs[:MOST])


def assign(session: Session, feed: Feed, people: Mapping[str, Person], *, now: datetime) -> None:
    """Says who these names of a feed are, whether they were seen there or not. No commit."""
    known = {row.name: row for row in names.every(session, feed)}
    for name, person in people.items():
        row = known.get(name) or FeedName(feed_id=feed.id, feed=feed, name=name, first_seen_at=now)
        session.add(row)
        names.assign(session, row, person, now=now)


def slugs(attributes: Iterable[str]) -> set[str]:
    """All slugs that these attributes name."""
    return {slug for attribute in attributes for slug in read(attribute).values()}
