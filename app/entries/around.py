"""What stands around an entry on its page, found in one query whatever there is of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import table
from app.entries import reading
from app.entries.models import Entry, EntryLink, EntryState
from app.entries.shelves import entry_topics
from app.entries.values import Mention, Reading
from app.pagecache import carries
from app.prepared import Read

RELATED = 3


@dataclass(frozen=True)
class Around:
    """The neighbours of an entry in its series, its counterparts, and what to read next."""

    before: Mention | None
    after: Mention | None
    linked: tuple[Mention, ...]
    related: tuple[Reading, ...]


_E, _FILED = table(Entry).c, entry_topics.c
_L = table(EntryLink).c
_ID: sa.BindParameter[Any] = sa.bindparam("id")
_SERIES: sa.BindParameter[Any] = sa.bindparam("series_id")
_NUMBER: sa.BindParameter[Any] = sa.bindparam("series_number")
_PUBLIC = _E.state == EntryState.PUBLISHED


def _as(how: str, *where: sa.ColumnExpressionArgument[bool]) -> sa.Select[Any]:
    return sa.select(sa.literal_column(f"'{how}'").label("how"), *reading.MENTIONED,
                     _PUBLIC.label("is_public"), _E.published_at).where(*where)


def _first(query: sa.Select[Any], number: int = 1) -> sa.Select[Any]:
    # SQLite takes a limit within a union only in brackets.
    return sa.select(query.limit(number).subquery())


_LINKED = sa.union(sa.select(_L.to_id).where(_L.from_id == _ID),
                   sa.select(_L.from_id).where(_L.to_id == _ID))
_NEIGHBOURS = (
    _first(_as("before", _PUBLIC, _E.series_id == _SERIES, _E.series_number < _NUMBER).order_by(
        _E.series_number.desc())),
    _first(_as("after", _PUBLIC, _E.series_id == _SERIES, _E.series_number > _NUMBER).order_by(
        _E.series_number)))


def _newest_about(topic: str) -> sa.Select[Any]:
    return _first(sa.select(_FILED.entry_id).where(
        _FILED.topic_id == sa.bindparam(topic), _FILED.shown_at.is_not(None),
        _FILED.entry_id != _ID).order_by(_FILED.shown_at.desc(), _FILED.entry_id.desc()), RELATED)


# Built once: putting such a statement together costs as much as asking it.
@cache
def _beside(topics: tuple[str, ...], *, in_series: bool) -> Read:
    """What stands beside an entry with these topics, each the name of a parameter."""
    parts = [_as("linked", _E.id.in_(_LINKED))]
    if topics:
        # Asked whether they are public, SQLite would go through all that is.
        about = sa.union(*map(_newest_about, topics))
        parts.append(_first(_as("related", _E.id.in_(about)).order_by(
            _E.published_at.desc(), _E.id.desc()), RELATED))
    return Read(sa.union_all(*parts, *(_NEIGHBOURS if in_series else ())))


def around(session: Session, entry: Reading | Entry) -> Around:
    """What stands around this entry."""
    topics = [topic.id for topic in entry.topics]
    carries(*(f"topic:{topic}:entries" for topic in topics))
    given: dict[str, Any] = {f"topic_{number}": topic for number, topic in enumerate(topics)}
    query = _beside(tuple(given), in_series=entry.series is not None)
    given["id"] = entry.id
    if entry.series is not None:
        carries(f"series:{entry.series.id}:entries")
        given |= {"series_id": entry.series.id, "series_number": entry.series_number}
    rows = query.rows(session, given)
    # Of its counterparts, the page is also to learn when they are published.
    carries(*(f"entry:{row.id}" for row in rows))
    return _arranged(session, [row for row in rows if row.is_public])


def _arranged(session: Session, rows: Sequence[Any]) -> Around:
    rows = sorted(rows, key=lambda row: (row.published_at, row.id), reverse=True)
    related = [row.id for row in rows if row.how == "related"]
    told = [row for row in rows if row.how != "related"]
    by_how: dict[str, list[Mention]] = {"linked": [], "before": [], "after": []}
    for row, mention in zip(told, reading.mentions(session, told), strict=True):
        by_how[row.how].append(mention)
    return Around(next(iter(by_how["before"]), None), next(iter(by_how["after"]), None),
                  tuple(by_how["linked"]), tuple(reading.these(session, related)))
