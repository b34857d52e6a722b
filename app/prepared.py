"""Statements that are put together once, for the few questions and rows of which there are many.

SQLAlchemy finds the text of a statement anew each time, and works out again how its parameters go
in and its columns come out: several times what a small one costs the database. Here both are kept
for each kind of database.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeEngine

from app.database import Model, table

Processor = Callable[[Any], Any] | None
# PostgreSQL's number for the type of a float; only numbers are read by it, and all are floats here.
FLOAT8 = 701


class Prepared:
    """A statement with named parameters. What is not a parameter in it is bound once for all.

    Its rows are as the driver gives them: texts, numbers, nothing typed.
    """

    def __init__(self, statement: sa.ClauseElement) -> None:
        self._statement = statement
        self._plans: dict[str, _Plan] = {}

    def rows(self, session: Session, parameters: Mapping[str, Any]) -> list[Any]:
        """All rows of the answer. `parameters` may have more in it than is asked for.

        Raises what the session would raise; changes that wait in it are not written before.
        """
        connection = session.connection()
        plan = self._plans.get(connection.dialect.name)
        if plan is None:
            plan = self._plans[connection.dialect.name] = self._plan(connection.dialect)
        return plan.ask(connection, parameters)

    def _plan(self, dialect: sa.Dialect) -> "_Plan":
        return _Plan(self._statement, dialect)


class Read(Prepared):
    """A prepared question whose rows are typed, and have their values by name."""

    def __init__(self, statement: sa.SelectBase) -> None:
        super().__init__(statement)
        self._columns = list(statement.selected_columns)

    def _plan(self, dialect: sa.Dialect) -> "_Plan":
        return _TypedPlan(self._statement, dialect, self._columns)


class _Plan:
    """The text of a statement for one kind of database, and how its parameters go in."""

    def __init__(self, statement: sa.ClauseElement, dialect: sa.Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self._text, self._order = str(compiled), compiled.positiontup
        self._dialect: Any = dialect
        self._fixed: dict[str, Any] = {}
        self._given: dict[str, Processor] = {}
        for bind, name in compiled.bind_names.items():
            processor = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                self._given[name] = processor
            else:
                value = bind.effective_value
                self._fixed[name] = processor(value) if processor else value

    def ask(self, connection: sa.Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """All rows, by the driver's own cursor. Raises its errors as SQLAlchemy words them."""
        values, cursor = self._values(parameters), connection.connection.cursor()
        for hear in connection.dispatch.before_cursor_execute:
            hear(connection, cursor, self._text, values, None, False)
        try:
            cursor.execute(self._text, values)
            return list(cursor.fetchall())
        except self._dialect.loaded_dbapi.Error as error:
            raise sa.exc.DBAPIError.instance(
                self._text, values, error, self._dialect.loaded_dbapi.Error,
                hide_parameters=connection.engine.hide_parameters,
                dialect=self._dialect) from error
        finally:
            cursor.close()

    def _values(self, parameters: Mapping[str, Any]) -> Any:
        bound = dict(self._fixed)
        for name, processor in self._given.items():
            value = parameters[name]
            bound[name] = processor(value) if processor and value is not None else value
        return tuple([bound[name] for name in self._order]) if self._order is not None else bound


class _TypedPlan(_Plan):
    """A plan that knows how the columns of the answer come out."""

    def __init__(self, statement: sa.ClauseElement, dialect: sa.Dialect,
                 columns: Sequence[sa.ColumnElement[Any]]) -> None:
        super().__init__(statement, dialect)
        row: Any = namedtuple("Row", [column.name for column in columns])  # type: ignore[misc]
        self._make = row._make
        processors = [column.type.dialect_impl(dialect).result_processor(dialect, FLOAT8)
                      for column in columns]
        self._typed = [(place, each) for place, each in enumerate(processors) if each]

    def ask(self, connection: sa.Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """All rows, with the values that their columns' types make of them."""
        return [self._row(list(row)) for row in super().ask(connection, parameters)]

    def _row(self, values: list[Any]) -> Any:
        for place, process in self._typed:
            values[place] = process(values[place])
        return self._make(values)


class texts_of(GenericFunction[str]):
    """The texts in a parameter of type JSON, a row each, in a column `value`.

    However many they are, the statement stays the same.
    """

    inherit_cache = True


@compiles(texts_of, "sqlite")
def _texts_in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"json_each{compiler.process(element.clause_expr, **options)}"


@compiles(texts_of, "postgresql")
def _texts_in_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"json_array_elements_text{compiler.process(element.clause_expr, **options)}"


def among(name: str, kind: type[TypeEngine[Any]] = sa.Integer) -> sa.Select[Any]:
    """The numbers, or texts, in a parameter with this name, for an IN: a list of any length."""
    listed = texts_of(sa.bindparam(name, type_=sa.JSON)).table_valued("value")
    return sa.select(sa.cast(listed.c.value, kind))


def insert(session: Session, row: Model) -> None:
    """Writes one new row, as `write` does; the session knows it as if it had been flushed."""
    vars(row).update(write(session, type(row), vars(row)))
    make_transient_to_detached(row)
    session.add(row)


def write(session: Session, model: type[Model], given: Mapping[str, Any]) -> dict[str, Any]:
    """Writes one new row now; the session knows nothing of it. Returns all its columns.

    A fraction of what a flush costs, which must be ready for any number of rows that depend on each
    other: for the few tables that every reader writes to. Nothing else that waits in the session
    is written, and nobody who listens to flushes hears of it: who must let the page cache know
    calls `disturb`. What is no column in `given` is passed over. Raises IntegrityError.
    """
    insertion = _insertion(table(model))
    values = {name: given.get(name) for name in insertion.names}
    for name, default in insertion.defaults:
        if name not in given:
            values[name] = default(_Row(values))
    [key] = insertion.statement.rows(session, values)
    values.update(zip(insertion.key, key, strict=True))
    return values


class _Row:
    """The row that a column's default looks at, as SQLAlchemy shows it."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def get_current_parameters(self) -> dict[str, Any]:
        return self._values


class _Insertion(NamedTuple):
    """How a row gets into a table that numbers its rows: what Python gives where nothing is said,
    and the statement.
    """

    names: Sequence[str]
    key: Sequence[str]
    defaults: Sequence[tuple[str, Callable[[Any], Any]]]
    statement: Prepared


@cache
def _insertion(into: sa.Table) -> _Insertion:
    given = {column.name: sa.bindparam(column.name, type_=column.type)
             for column in into.columns if column is not into.autoincrement_column}
    return _Insertion(
        into.columns.keys(), into.primary_key.columns.keys(),
        [(column.name, _default(column.default)) for column in into.columns
         if column.default is not None],
        Prepared(sa.insert(into).values(given).returning(*into.primary_key)))


def _default(default: Any) -> Callable[[Any], Any]:
    return cast(Callable[[Any], Any],
                default.arg if default.is_callable else lambda _row: default.arg)
