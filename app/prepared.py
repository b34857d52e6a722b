"""Statements that are put together once, for the few questions and rows of which there are many.

SQLAlchemy finds the text of a statement anew each time, and works out again how its parameters go
in and its columns come out: several times what a small one costs the database. Here both are kept
for each kind of database.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeEngine

from app.database import ask_driver

# PostgreSQL's number for the type of a float; only numbers are read by it, and all are floats here.
FLOAT8 = 701


class Prepared:
    """A statement with named parameters. What is not a parameter in it is bound once for all.

    Its rows are as the driver gives them: texts, numbers, nothing typed.
    """

    def __init__(self, statement: sa.ClauseElement) -> None:
        self._statement = statement
        self._plans: dict[str, Plan] = {}

    def rows(self, session: Session, parameters: Mapping[str, Any]) -> list[Any]:
        """All rows of the answer. `parameters` may have more in it than is asked for.

        Raises what the session would raise; changes that wait in it are not written before.
        """
        connection = session.connection()
        plan = self._plans.get(connection.dialect.name)
        if plan is None:
            plan = self._plans[connection.dialect.name] = self._plan(connection.dialect)
        return plan.ask(connection, parameters)

    def _plan(self, dialect: sa.Dialect) -> "Plan":
        return Plan(self._statement, dialect)


class Read(Prepared):
    """A prepared question whose rows are typed, and have their values by name."""

    def __init__(self, statement: sa.SelectBase) -> None:
        super().__init__(statement)
        self._columns = list(statement.selected_columns)

    def _plan(self, dialect: sa.Dialect) -> "Plan":
        return TypedPlan(self._statement, dialect, self._columns)


class Plan:
    """The text of a statement for one kind of database, and how its parameters go in."""

    def __init__(self, statement: sa.ClauseElement, dialect: sa.Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self._text = str(compiled)
        self._in_order = _picker(compiled.positiontup)
        self._fixed: dict[str, Any] = {}
        self._processors: dict[str, Callable[[Any], Any]] = {}
        for bind, name in compiled.bind_names.items():
            processor = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if not bind.required:
                value = bind.effective_value
                self._fixed[name] = processor(value) if processor else value
            elif processor:
                self._processors[name] = processor

    def ask(self, connection: sa.Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """All rows, by the driver's own cursor. Raises its errors as SQLAlchemy words them."""
        return ask_driver(connection, self._text, self._values(parameters), self._answer)

    def _answer(self, cursor: Any) -> list[Any]:
        return list(cursor.fetchall())

    def _values(self, parameters: Mapping[str, Any]) -> Any:
        bound = {**parameters, **self._fixed}
        for name, processor in self._processors.items():
            if (value := bound[name]) is not None:
                bound[name] = processor(value)
        return self._in_order(bound)


def _picker(order: Sequence[str] | None) -> Callable[[dict[str, Any]], Any]:
    """How the values for a statement are given to a driver: by name, or in this order."""
    if order is None:
        return lambda bound: bound
    # Of one name it would give the value alone, and of none there is no such thing.
    return itemgetter(*order) if len(order) > 1 else lambda bound: [bound[name] for name in order]


class TypedPlan(Plan):
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
