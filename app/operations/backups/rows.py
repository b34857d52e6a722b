"""Rows as lines of text that mean the same on every engine, and back.

Tables are taken as the database has them, not as the models say, so that a backup can be made and
read at any step of the schema. A line is a JSON list, the first one the names of the columns.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.database import Model, UtcDateTime

AT_ONCE = 500
VERSIONS = "alembic_version"


class JsonText(sa.TypeDecorator[str]):
    """JSON as the very text that is stored, so that NULL, null and the order of keys survive."""

    impl = sa.Text
    cache_ok = True

    def column_expression(self, column: Any) -> Any:
        """PostgreSQL would parse it."""
        return sa.cast(column, sa.Text)


class ToJson(JsonText):
    """The same on its way into PostgreSQL, where text is no JSON by itself."""

    def bind_expression(self, bindvalue: Any) -> Any:
        """Says that it is."""
        return sa.cast(bindvalue, sa.JSON)


def tables(connection: sa.Connection) -> list[sa.Table]:
    """The tables of this database that are ours, without their keys, by name.

    In PostgreSQL the queue's may stand beside them.
    """
    found = sa.inspect(connection)
    ours = set(found.get_table_names()) & Model.metadata.tables.keys()
    return [sa.Table(name, sa.MetaData(), *(
        sa.Column(column["name"], _kind(column["type"], connection.dialect.name))
        for column in found.get_columns(name))) for name in sorted(ours)]


def _kind(stored: Any, dialect: str) -> Any:
    if isinstance(stored, sa.JSON):
        return ToJson() if dialect == "postgresql" else JsonText()
    kinds = ((sa.DateTime, UtcDateTime), (sa.Boolean, sa.Boolean), (sa.Integer, sa.BigInteger),
             (sa.Float, sa.Double), (sa.String, sa.Text))
    return next(ours for theirs, ours in kinds if isinstance(stored, theirs))()


def revision(connection: sa.Connection) -> str | None:
    """The step of the schema that this database stands at; None if it has no tables yet."""
    if not sa.inspect(connection).has_table(VERSIONS):
        return None
    return connection.scalar(sa.select(sa.column("version_num")).select_from(sa.table(VERSIONS)))


def count(connection: sa.Connection, table: sa.Table) -> int:
    """How many rows a table has."""
    return connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def numbers(connection: sa.Connection, every: Iterable[sa.Table]) -> dict[str, int]:
    """The highest number that each table has given, where the database remembers it.

    What is kept about a row that is gone must not come to mean another.
    """
    if connection.dialect.name == "postgresql":
        last = {table.name: connection.scalar(sa.text(
            "SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, 'id')::regclass)"),
            {"table": table.name}) for table in every if "id" in table.c}
        return {name: number for name, number in last.items() if number}
    if not connection.dialect.has_table(connection, "sqlite_sequence"):
        return {}
    found = connection.execute(sa.text("SELECT name, seq FROM sqlite_sequence")).all()
    return dict(found)


def is_empty(connection: sa.Connection) -> bool:
    """Whether nobody has stored anything in this database yet."""
    return not any(connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
                   for table in tables(connection) if table.name != "purges")


def lines(connection: sa.Connection, table: sa.Table) -> Iterator[list[bytes]]:
    """The names of a table's columns, then all of its rows, some at a time."""
    yield [_line(table.c.keys())]
    # Read as they are written: a server would otherwise send all of them at once.
    found = connection.execute(sa.select(table), execution_options={"yield_per": AT_ONCE})
    for part in found.partitions():
        yield [_line([_plain(value) for value in row]) for row in part]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _line(values: Sequence[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def load(connection: sa.Connection, table: sa.Table, written: Iterable[bytes]) -> Iterator[int]:
    """Writes lines into a table; yields how many rows were written, some at a time.

    Raises ValueError for what no line of this table can be.
    """
    source = iter(written)
    names = json.loads(next(source, b"[]"))
    if set(names) != set(table.c.keys()):
        raise ValueError(f"the columns of {table.name} are others")
    moments = [name for name in names if isinstance(table.c[name].type, UtcDateTime)]
    batch: list[dict[str, Any]] = []
    for line in source:
        batch.append(_row(names, moments, line))
        if len(batch) == AT_ONCE:
            connection.execute(table.insert(), batch)
            yield len(batch)
            batch = []
    if batch:
        connection.execute(table.insert(), batch)
        yield len(batch)


def _row(names: Sequence[str], moments: Sequence[str], line: bytes) -> dict[str, Any]:
    row = dict(zip(names, json.loads(line), strict=True))
    for name in moments:
        if row[name] is not None:
            row[name] = datetime.fromisoformat(row[name])
    return row
