"""Single new rows, written at once: for the few tables that every reader writes to."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import Model, table
from app.prepared import Plan, Prepared


def write(session: Session, model: type[Model], given: Mapping[str, Any]) -> dict[str, Any]:
    """Writes one new row now; the session knows nothing of it. Returns all its columns.

    A fraction of what a flush costs, which must be ready for any number of rows that depend on each
    other. Nothing else that waits in the session is written, and nobody who listens to flushes
    hears of it: who must let the page cache know calls `disturb`. What is no column in `given` is
    passed over. Raises IntegrityError.
    """
    return _insertion(table(model)).write(session, given)


@cache
def _insertion(into: sa.Table) -> "_Insertion":
    return _Insertion(into)


class _Insertion(Prepared):
    """How a row gets into a table that numbers its rows, and what Python gives where nothing is
    said.
    """

    def __init__(self, into: sa.Table) -> None:
        self._number = cast(sa.Column[int], into.autoincrement_column)
        self._names = [column.name for column in into.columns if column is not self._number]
        self._defaults = [(column.name, _default(column.default)) for column in into.columns
                          if column.default is not None]
        self._into = sa.insert(into).values({
            name: sa.bindparam(name, type_=into.columns[name].type) for name in self._names})
        super().__init__(self._into)

    def write(self, session: Session, given: Mapping[str, Any]) -> dict[str, Any]:
        """Writes one row; returns all its columns."""
        values = {name: given.get(name) for name in self._names}
        for name, default in self._defaults:
            if name not in given:
                values[name] = default(_Row(values))
        [[number]] = self.rows(session, values)
        return values | {self._number.name: number}

    def _plan(self, dialect: Any) -> Plan:
        if dialect.postfetch_lastrowid:
            return _Numbering(self._into, dialect)
        return Plan(self._into.returning(self._number), dialect)


class _Numbering(Plan):
    """A plan whose driver knows the number of a new row.

    Asked to return it, SQLite would first put a copy of every page aside that it is about to
    change, sixty kilobytes for a comment (https://www.sqlite.org/tempfiles.html, 2.3).
    """

    def _answer(self, cursor: Any) -> list[Any]:
        return [(cursor.lastrowid,)]


class _Row:
    """The row that a column's default looks at, as SQLAlchemy shows it."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def get_current_parameters(self) -> dict[str, Any]:
        return self._values


def _default(default: Any) -> Callable[[Any], Any]:
    return cast(Callable[[Any], Any],
                default.arg if default.is_callable else lambda _row: default.arg)
