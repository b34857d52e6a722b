"""Reads of entries as plain values: one row each, with topics and people of all of them at once."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import table
from app.entries.legible import Nature, nature_of_post
from app.entries.models import Entry, EntryState
from app.entries.shelves import Contribution, Series, Topic, entry_topics
from app.entries.values import (
    Credit,
    Filed,
    Link,
    Mention,
    Picture,
    Reading,
    SeriesName,
    Somebody,
    TopicName,
)
from app.media import Media
from app.pagecache import carries
from app.people.models import Person
from app.prepared import Read, among

# What a section says of its entries, where they are not posts.
Natures = Callable[[Session, Collection[int]], dict[int, Nature]]
_natures: dict[str, Natures] = {}


def register(section: str, natures: Natures) -> None:
    """Has the natures of a section's entries asked for, all at once."""
    _natures[section] = natures


_E, _S, _M, _P = table(Entry).c, table(Series).c, table(Media).c, table(Person).c
_T, _C = table(Topic).c, table(Contribution).c
_PUBLIC = _E.state == EntryState.PUBLISHED
_SCALARS = (_E.id, _E.section, _E.slug, _E.title, _E.standfirst, _E.language, _E.origin,
            _E.published_at, _E.comments_open, _E.discussion, _E.cover_alt, _E.series_number,
            _E.canonical_url, _E.noindex, _E.source_name, _E.source_published_at,
            _E.guid, _E.updated_at)
# What `mentions` is made of.
MENTIONED = (_E.id, _E.section, _E.slug, _E.title, _E.series_number, _E.minutes)
_BESIDE = (_E.minutes, _S.id.label("series_id"), _S.slug.label("series_slug"),
           _S.title.label("series_title"), _M.name.label("cover_name"), _M.width, _M.height)
_FROM = (table(Entry).outerjoin(table(Series), _S.id == _E.series_id)
         .outerjoin(table(Media), _M.id == _E.cover_id))
_AMONG = among("ids")
# Built once: putting such a statement together costs as much as asking it.
_AT = Read(sa.select(*_SCALARS, _E.html, *_BESIDE).select_from(_FROM).where(
    _PUBLIC, _E.section == sa.bindparam("section"), _E.slug == sa.bindparam("slug")))
_MANY = sa.select(*_SCALARS, _E.html, *_BESIDE).select_from(_FROM).where(_E.id.in_(_AMONG))
_TEXTS = Read(_MANY)
_CARDS = Read(_MANY.with_only_columns(*_SCALARS, sa.literal_column("''").label("html"), *_BESIDE))
_FILED = Read(sa.select(_E.id, _E.section, _E.title, _E.origin, _E.state, _E.published_at,
                        _E.publish_at, _E.updated_at, _E.minutes).where(_E.id.in_(_AMONG)))
_TOPICS = Read(sa.select(entry_topics.c.entry_id, _T.id, _T.slug, _T.name)
               .join(table(Topic), _T.id == entry_topics.c.topic_id)
               .where(entry_topics.c.entry_id.in_(_AMONG)).order_by(_T.name))
_CREDITS = (sa.select(_C.entry_id, _C.part, _C.role, _C.organisation, _P.id, _P.slug, _P.name,
                    _P.headline)
          .join(table(Person), _P.id == _C.person_id)
          .where(_C.entry_id.in_(_AMONG)).order_by(_C.position, _C.id))
_NAMES = Read(_CREDITS)
_BIOS = Read(_CREDITS.add_columns(_P.bio_html, _P.links, _M.name.label("picture_name"),
                                  _M.width, _M.height)
             .outerjoin(table(Media), _M.id == _P.picture_id))


def article(session: Session, section: str, slug: str) -> Reading | None:
    """The entry at this address with its text and the bios below it, if readers may see it."""
    rows = _AT.rows(session, {"section": section, "slug": slug})
    return _readings(session, rows, _BIOS)[0] if rows else None


def cards(session: Session, query: sa.Select[Any]) -> list[Reading]:
    """These entries in this order, without texts and bios."""
    return _in_order(session, query, _CARDS)


def these(session: Session, ids: Sequence[int]) -> list[Reading]:
    """The entries with these ids in this order, without texts and bios."""
    return _these(session, ids, _CARDS)


def texts(session: Session, query: sa.Select[Any]) -> list[Reading]:
    """These entries in this order, with their texts."""
    return _in_order(session, query, _TEXTS)


def filed(session: Session, query: sa.Select[Any]) -> list[Filed]:
    """These entries in this order, public or not, as editors list them."""
    ids = list(session.scalars(query.with_only_columns(Entry.id)))
    rows = {row.id: row for row in _FILED.rows(session, {"ids": ids})}
    credits, natures = _credits(session, ids, _NAMES), _natures_of(session, rows.values())
    return [Filed._make((*row[:5], row.published_at or row.publish_at or row.updated_at,
                         tuple(credits.get(row.id, ())), natures[row.id]))
            for row in map(rows.__getitem__, ids)]


def section_of(session: Session, entry_id: int) -> str | None:
    """The section that an entry is in, public or not."""
    return session.scalar(sa.select(_E.section).where(_E.id == entry_id))


def mentions(session: Session, rows: Sequence[Any]) -> list[Mention]:
    """Entries of which no more is shown than that they are there, from rows of MENTIONED."""
    natures = _natures_of(session, rows)
    carries(*(f"entry:{row.id}" for row in rows))
    return [Mention(row.id, row.section, row.slug, row.title, row.series_number, natures[row.id])
            for row in rows]


def _in_order(session: Session, query: sa.Select[Any], read: Read) -> list[Reading]:
    return _these(session, session.scalars(query.with_only_columns(Entry.id)).all(), read)


def _these(session: Session, ids: Sequence[int], read: Read) -> list[Reading]:
    if not ids:
        return []
    rows = {row.id: row for row in read.rows(session, {"ids": list(ids)})}
    return _readings(session, [rows[number] for number in ids], _NAMES)


def _readings(session: Session, rows: Sequence[Any], credited: Read) -> list[Reading]:
    ids = [row.id for row in rows]
    topics, credits = _topics(session, ids), _credits(session, ids, credited)
    natures = _natures_of(session, rows)
    carries(*(f"entry:{number}" for number in ids),
            *(f"series:{row.series_id}" for row in rows if row.series_id is not None))
    return [Reading._make((*row[:len(_SCALARS)], row.html, _series(row), _cover(row),
                           tuple(topics.get(row.id, ())), tuple(credits.get(row.id, ())),
                           natures[row.id])) for row in rows]


def _series(row: Any) -> SeriesName | None:
    if row.series_id is None:
        return None
    return SeriesName(row.series_id, row.series_slug, row.series_title)


def _cover(row: Any) -> Picture | None:
    return Picture(row.cover_name, row.width, row.height) if row.cover_name else None


def _topics(session: Session, ids: Sequence[int]) -> dict[int, list[TopicName]]:
    found = defaultdict(list)
    for row in _TOPICS.rows(session, {"ids": ids}):
        found[row[0]].append(TopicName(*row[1:]))
        carries(f"topic:{row[1]}")
    return found


def _credits(session: Session, ids: Sequence[int], credited: Read) -> dict[int, list[Credit]]:
    found = defaultdict(list)
    for row in credited.rows(session, {"ids": ids}):
        found[row[0]].append(Credit._make((*row[1:4], _somebody(*row[4:]))))
        carries(f"person:{row[4]}")
    return found


def _somebody(number: int, slug: str, name: str, headline: str, bio: str = "",
              links: Sequence[dict[str, str]] = (), *picture: Any) -> Somebody:
    return Somebody(number, slug, name, headline, bio,
                    tuple(Link(each["label"], each["url"]) for each in links),
                    Picture(*picture) if picture and picture[0] else None)


def _natures_of(session: Session, rows: Collection[Any]) -> dict[int, Nature]:
    """By id, from rows with the section and the minutes to read."""
    found = {row.id: nature_of_post(row.minutes) for row in rows}
    for section, ask in _natures.items():
        if ids := [row.id for row in rows if row.section == section]:
            found |= ask(session, ids)
    return found
