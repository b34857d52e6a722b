"""Keeps where readers find entries beside the lists of topics and people, and counts series.

So a list is read in its order, as far as it is shown, however long it is. It is done with the very
flush that publishes an entry or takes it out of sight; what is stored past the session says so.
"""

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from app.database import table
from app.entries.models import Entry, EntryState
from app.entries.shelves import Contribution, Series, entry_topics

MOVED_BY = ("state", "published_at", "topics", "contributions")
COUNTED_BY = ("state", "series_id")
# Nothing of it is shown: what is, is disturbed by the change that it follows from.
_QUIET = {"cache_tags": (), "synchronize_session": False}


def shelve(session: Session, entry_ids: Collection[int]) -> None:
    """Writes beside the topics and people of these entries since when readers find them."""
    for beside in (entry_topics, table(Contribution)):
        shown = (sa.select(Entry.published_at).where(
            Entry.id == beside.c.entry_id, Entry.state == EntryState.PUBLISHED).scalar_subquery())
        session.execute(sa.update(beside).where(beside.c.entry_id.in_(entry_ids))
                        .values(shown_at=shown), execution_options=_QUIET)


def count(session: Session, series_ids: Collection[int]) -> None:
    """Counts anew what readers find in these series."""
    ours = Series.id.in_(series_ids)
    # Of two who count at once, the later sees what the first has published.
    session.execute(sa.select(Series.id).where(ours).order_by(Series.id).with_for_update())
    shown = sa.select(sa.func.count()).select_from(Entry).where(
        Entry.series_id == Series.id, Entry.state == EntryState.PUBLISHED).scalar_subquery()
    session.execute(sa.update(Series).where(ours).values(shown=shown), execution_options=_QUIET)


def watch(sessions: sessionmaker[Session]) -> None:
    """Keeps it in the flushes of these sessions."""
    event.listen(sessions, "after_flush", _follow)


def _follow(session: Session, _context: Any) -> None:
    moved, counted = set(), set()
    for entry in _touched(session):
        if not _is_or_was_public(entry, entry in session.new):
            continue
        if _changed(entry, MOVED_BY):
            moved.add(entry.id)
        if _changed(entry, COUNTED_BY):
            counted.update(_series_of(entry))
    if moved:
        shelve(session, moved)
    if counted:
        count(session, counted)


def _touched(session: Session) -> Iterator[Entry]:
    yield from (each for each in (*session.new, *session.dirty, *session.deleted)
                if isinstance(each, Entry))


def _is_or_was_public(entry: Entry, new: bool) -> bool:
    before = sa.inspect(entry).attrs.state.history
    # What it was may not have been asked for.
    was = before.added and not new and EntryState.PUBLISHED in (before.deleted
                                                                or [EntryState.PUBLISHED])
    return entry.is_public or bool(was)


def _changed(entry: Entry, names: Collection[str]) -> bool:
    attributes = sa.inspect(entry).attrs
    return any(attributes[name].history.has_changes() for name in names)


def _series_of(entry: Entry) -> set[int]:
    """The series that it is in, and the one that it was in."""
    history = sa.inspect(entry).attrs.series_id.history
    return {number for number in (entry.series_id, *(history.deleted or ())) if number is not None}
