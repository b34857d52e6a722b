"""Reads of entries. `published` is what readers may see; everything else is for staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload, load_only

from app.database import unindexed
from app.entries.models import Entry, EntryLink, EntryState, FormerAddress, Part, Revision
from app.entries.shelves import Contribution, Series, Topic, entry_topics
from app.pagecache import carries
from app.prepared import Prepared

NEWEST_FIRST = (Entry.published_at.desc(), Entry.id.desc())


@cache
def published(section: str | None = None) -> sa.Select[Entry]:
    """Entries that readers may see, newest first."""
    query = sa.select(Entry).where(Entry.state == EntryState.PUBLISHED)
    if section:
        query = query.where(Entry.section == section)
    return query.order_by(*NEWEST_FIRST)


def listed(query: sa.Select[Entry]) -> sa.Select[Entry]:
    """Those of these entries that machines may list; of the others only people learn here."""
    return query.where(sa.not_(Entry.noindex))


# Built once: putting such a statement together costs as much as asking it.
_AT = sa.select(Entry).where(Entry.state == EntryState.PUBLISHED,
                             Entry.section == sa.bindparam("section"),
                             Entry.slug == sa.bindparam("slug"))
_ALONE = [lazyload(each) for each in (Entry.topics, Entry.contributions, Entry.cover, Entry.series)]


def bare(*more: Any) -> list[Any]:
    """Options for whoever shows no more of an entry than its title and where it is, and these."""
    return [*_ALONE, load_only(Entry.section, Entry.slug, Entry.title, Entry.state, *more)]


BARE = bare(Entry.comments_open)
_AT_BARE = _AT.options(*BARE)
_HEADING = Prepared(_AT.with_only_columns(Entry.id, Entry.section, Entry.slug, Entry.title))


@dataclass(frozen=True)
class Heading:
    """As much of an entry as what is sent to it must know."""

    id: int
    section: str
    slug: str
    title: str

    @property
    def path(self) -> str:
        """The entry's address on the site."""
        return f"/{self.section}/{self.slug}"


def public(session: Session, section: str, slug: str) -> Entry | None:
    """The entry at this address, if readers may see it."""
    return session.scalars(_AT, {"section": section, "slug": slug}).first()


def discussed(session: Session, section: str, slug: str) -> Entry | None:
    """As `public`, for whoever answers it: what only its own page shows is not loaded."""
    return session.scalars(_AT_BARE, {"section": section, "slug": slug}).first()


def heading(session: Session, section: str, slug: str) -> Heading | None:
    """The heading of the entry at this address, if readers may see it."""
    rows = _HEADING.rows(session, {"section": section, "slug": slug})
    return Heading(*rows[0]) if rows else None


def moved(session: Session, section: str, slug: str) -> Entry | None:
    """The public entry that once stood at this address."""
    return session.scalars(published(section).join(
        FormerAddress, FormerAddress.entry_id == Entry.id).where(
            FormerAddress.section == section, FormerAddress.slug == slug)).first()


def about(topic: Topic) -> sa.Select[Entry]:
    """What was published on a topic."""
    carries(f"topic:{topic.id}:entries")
    filed = entry_topics.c
    return (sa.select(Entry).join(entry_topics)
            .where(filed.topic_id == topic.id, filed.shown_at.is_not(None))
            .order_by(filed.shown_at.desc(), filed.entry_id.desc()))


def in_series(series: Series) -> sa.Select[Entry]:
    """What was published in a series, in its own order."""
    carries(f"series:{series.id}:entries")
    return published().where(Entry.series_id == series.id).order_by(None).order_by(
        Entry.series_number)


def of_person(person_id: int, part: Part) -> sa.Select[Entry]:
    """What a person had this part in, newest first."""
    carries(f"person:{person_id}:entries")
    return (sa.select(Entry).join(Contribution, Contribution.entry_id == Entry.id)
            .where(Contribution.person_id == person_id, Contribution.part == part,
                   Contribution.shown_at.is_not(None))
            .order_by(Contribution.shown_at.desc(), Contribution.entry_id.desc()))


def heard(person_id: int, most: int = 50) -> sa.Select[Entry]:
    """What a person spoke in, as host or guest, newest first."""
    spoke = sa.union(*(sa.select(of_person(person_id, part).with_only_columns(Entry.id)
                                 .limit(most).subquery()) for part in (Part.HOST, Part.GUEST)))
    return _newest_of(spoke).limit(most)


def _newest_of(shown: sa.CompoundSelect[Any]) -> sa.Select[Entry]:
    # Asked once more whether they are public, SQLite would go through all that is.
    return sa.select(Entry).where(Entry.id.in_(shown)).order_by(*NEWEST_FIRST)


def named_links(session: Session, entry: Entry) -> Sequence[Entry]:
    """The published entries that this one names as belonging with it."""
    return session.scalars(
        sa.select(Entry).options(*BARE).join(EntryLink, EntryLink.to_id == Entry.id)
        .order_by(*NEWEST_FIRST)
        .where(EntryLink.from_id == entry.id,
               unindexed(Entry.state == EntryState.PUBLISHED))).all()


def topic_names(session: Session) -> Sequence[str]:
    """The names of all topics, for suggestions in a form."""
    return session.scalars(sa.select(Topic.name).order_by(Topic.name)).all()


def series_titles(session: Session) -> Sequence[str]:
    """The titles of all series, for suggestions in a form."""
    return session.scalars(sa.select(Series.title).order_by(Series.title)).all()


def topic(session: Session, slug: str) -> Topic | None:
    """The topic with this address part."""
    return session.scalars(sa.select(Topic).where(Topic.slug == slug)).first()


def topics_in_use(session: Session) -> Sequence[Topic]:
    """Topics under which something was published, by name."""
    used = sa.exists().where(entry_topics.c.topic_id == Topic.id,
                             entry_topics.c.shown_at.is_not(None))
    return session.scalars(sa.select(Topic).where(used).order_by(Topic.name)).all()


def series(session: Session, slug: str) -> Series | None:
    """The series with this address part."""
    return session.scalars(sa.select(Series).where(Series.slug == slug)).first()


def series_in_use(session: Session) -> Sequence[tuple[Series, int]]:
    """Series with something published, and how much, by title."""
    found = session.scalars(sa.select(Series).where(Series.shown > 0).order_by(Series.title))
    return [(each, each.shown) for each in found]


def revisions(entry: Entry) -> sa.Select[Revision]:
    """The earlier versions of an entry's words, the newest first."""
    return (sa.select(Revision).where(Revision.entry_id == entry.id)
            .order_by(Revision.version.desc()))


def revision(session: Session, entry: Entry, version: int) -> Revision | None:
    """One earlier version of an entry's words."""
    return session.scalars(revisions(entry).where(Revision.version == version)).first()


def due(now: datetime) -> sa.Select[Entry]:
    """Scheduled entries whose time has come."""
    return sa.select(Entry).where(Entry.state == EntryState.SCHEDULED, Entry.publish_at <= now)
