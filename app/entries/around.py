"""What stands around an entry on its page, found in one query whatever there is of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import table
from app.entries import reading
from app.entries.models import Entry, EntryLink, EntryState, entry_topics
from app.entries.values import Mention, Reading
from app.pagecache import carries

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


_SAME_TOPICS = sa.select(_FILED.entry_id).where(_FILED.topic_id.in_(
    sa.select(_FILED.topic_id).where(_FILED.entry_id == _ID)))
_LINKED = sa.union(sa.select(_L.to_id).where(_L.from_id == _ID),
                   sa.select(_L.from_id).where(_L.to_id == _ID))
# Built once: putting such a statement together costs as much as asking it.
_BESIDE = (
    _as("linked", _E.id.in_(_LINKED)),
    _first(_as("related", _PUBLIC, _E.id.in_(_SAME_TOPICS), _E.id != _ID).order_by(
        _E.published_at.desc(), _E.id.desc()), RELATED))
_ALONE = sa.union_all(*_BESIDE)
_IN_SERIES = sa.union_all(
    *_BESIDE,
    _first(_as("before", _PUBLIC, _E.series_id == _SERIES, _E.series_number < _NUMBER).order_by(
        _E.series_number.desc())),
    _first(_as("after", _PUBLIC, _E.series_id == _SERIES, _E.series_number > _NUMBER).order_by(
        _E.series_number)))


def around(session: Session, entry: Reading | Entry) -> Around:
    """What stands around this entry."""
    carries(*(f"topic:{topic.id}:entries" for topic in entry.topics))
    if entry.series is None:
        rows = session.connection().execute(_ALONE, {"id": entry.id}).all()
    else:
        carries(f"series:{entry.series.id}:entries")
        rows = session.connection().execute(_IN_SERIES, {
            "id": entry.id, "series_id": entry.series.id,
            "series_number": entry.series_number}).all()
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
