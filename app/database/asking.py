"""Questions, worded so that either database takes the short way to the answer."""

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.functions import FunctionElement


class unindexed(FunctionElement[bool]):
    """The same condition, worded so that SQLite takes no index for it.

    It counts nothing beforehand, takes any comparison with a value for a way to few rows, and goes
    through all that is published rather than through the ten that are newest. PostgreSQL counts.
    """

    type = sa.Boolean()
    inherit_cache = True


@compiles(unindexed)
def _plain(element: unindexed, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


@compiles(unindexed, "sqlite")
def _in_a_case(element: unindexed, compiler: Any, **options: Any) -> str:
    return f"CASE WHEN {_plain(element, compiler, **options)} THEN 1 ELSE 0 END = 1"


def unordered(column: Any) -> sa.ColumnElement[Any]:
    """The same value, worded so that no index gives the order of rows.

    A few rows that are known by their numbers are found first and sorted then. PostgreSQL would
    rather read in the order until it has met enough of them, which may be years away.
    """
    return sa.func.coalesce(column, column)


def free(session: Session, column: InstrumentedAttribute[Any], wanted: str,
         *where: sa.ColumnExpressionArgument[bool]) -> str:
    """`wanted`, or the first of `wanted-2`, `wanted-3` … that `column` does not hold yet."""
    first, names = 1, [wanted]
    # Asked by name, more each time: a search by beginnings would go through all there are.
    while len(taken := set(session.scalars(sa.select(column).where(column.in_(names),
                                                                   *where)))) == len(names):
        first += len(names)
        names = [f"{wanted}-{number}" for number in range(first, 3 * first)]
    return next(each for each in names if each not in taken)


def rows_changed(result: Any) -> int:
    """How many rows a statement has changed."""
    return cast("sa.CursorResult[Any]", result).rowcount
