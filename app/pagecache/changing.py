"""What a change disturbs: collected from every flush and bulk statement, logged by their commit."""

import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from threading import local
from typing import Any, cast
from weakref import ref

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker

from app.database import Model, writer_of
from app.pagecache import log

OPTION = "cache_tags"
EVERYTHING = "*"
# What a value was before is not known where it was set without having been read.
UNKNOWN = object()
_TAGS = "lectern_cache_tags"
_here = local()


class UndeclaredChange(RuntimeWarning):
    """A bulk statement does not say what it disturbs, so every page is dropped."""


class Change:
    """What a flush does to one row, as its model's `cache_tags` is told."""

    def __init__(self, row: Any, *, whole: bool = False) -> None:
        """`whole` if the row is new or goes."""
        self.row, self.whole = row, whole
        self._state: Any = sa.inspect(row)

    def values(self, name: str) -> set[Any]:
        """What a column holds and held before, with UNKNOWN if nobody knows that."""
        history = self._state.attrs[name].history
        found = {*(history.added or ()), *(history.unchanged or ()), *(history.deleted or ())}
        blind = not self.whole and not history.unchanged and not history.deleted
        return found | {UNKNOWN} if blind else found

    def items(self, name: str) -> list[Any]:
        """What a collection holds, and what was taken out of it."""
        return [*getattr(self.row, name), *(self._state.attrs[name].history.deleted or ())]

    def of(self, *names: str) -> bool:
        """Whether one of these columns or collections changes, as all do in a row that comes or
        goes.
        """
        return self.whole or any(self._state.attrs[name].history.has_changes() for name in names)


def disturb(session: Session, tags: Iterable[str]) -> None:
    """Says what a bulk statement has disturbed, where only its result shows it."""
    _pending(session.connection()).update(tags)


def watch(engine: sa.Engine, sessions: sessionmaker[Session]) -> None:
    """Collects what is disturbed in this database, and logs it in the transaction that does it."""
    event.listen(sessions, "before_flush", _begin_flush)
    event.listen(sessions, "after_flush", _collect_flush)
    for each in {engine, writer_of(engine)}:
        event.listen(each, "after_execute", _collect_statement)
        event.listen(each, "commit", _write)
        event.listen(each, "rollback", lambda connection: connection.info.pop(_TAGS, None))


def wrote() -> bool:
    """Whether this thread has logged anything since it was last asked."""
    wrote_, _here.wrote = getattr(_here, "wrote", False), False
    return wrote_


def _pending(connection: sa.Connection) -> set[str]:
    return cast(set[str], connection.info.setdefault(_TAGS, set()))


def _begin_flush(session: Session, *_rest: Any) -> None:
    _here.session = ref(session)


def _in_flush() -> bool:
    session = getattr(_here, "session", lambda: None)()
    return session is not None and session._flushing


def _collect_flush(session: Session, _context: Any) -> None:
    found = set()
    for row, whole in _changed(session):
        found |= _tags(row, whole)
    if found:
        _pending(session.connection()).update(found)


def _changed(session: Session) -> Iterator[tuple[Any, bool]]:
    yield from ((row, True) for row in (*session.new, *session.deleted))
    yield from ((row, False) for row in session.dirty if session.is_modified(row))


def _tags(row: Any, whole: bool) -> set[str]:
    if declared := getattr(row, "cache_tags", None):
        return set(declared(Change(row, whole=whole)))
    tag = getattr(row, "cache_tag", None)
    return {f"{tag}:{row.id}"} if tag else set()


def _collect_statement(connection: sa.Connection, statement: Any, _many: Any, _one: Any,
                       options: Any, result: Any) -> None:
    if not isinstance(statement, sa.UpdateBase) or statement.table not in _declared():
        return
    tags = options.get(OPTION)
    if tags is None:
        if _in_flush():
            return
        warnings.warn(f"What does this disturb? {statement}", UndeclaredChange, stacklevel=2)
        tags = (EVERYTHING,)
    if tags and result.rowcount != 0:
        _pending(connection).update(tags)


@cache
def _declared() -> frozenset[Any]:
    """The tables that pages show."""
    found: set[Any] = set()
    for mapper in Model.registry.mappers:
        if hasattr(mapper.class_, "cache_tag") or hasattr(mapper.class_, "cache_tags"):
            found.update(mapper.tables)
            found.update(each.secondary for each in mapper.relationships
                         if each.secondary is not None)
    return frozenset(found)


def _write(connection: sa.Connection) -> None:
    tags = connection.info.pop(_TAGS, None)
    if tags:
        log.write(connection, tags)
        _here.wrote = True
