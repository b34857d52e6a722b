"""The steps of the schema on a site that is in use: none loses what it does not have to.

The demo, with a row in every table it leaves empty, is taken back step by step, and each step is
taken again before the next.
"""

from collections import Counter
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from app.database import Model, UtcDateTime
from app.operations import migrations
from app.operations.backups import rows
from tests.conftest import NOON
from tests.demo.site import database, demo_template
from tests.operations.test_migrations import engine, revisions

__all__ = ["database", "demo_template", "engine"]
Rows = dict[str, list[dict[str, Any]]]


def fill(connection: sa.Connection) -> None:
    """A row for every table that has none."""
    for table in Model.metadata.sorted_tables:
        if not rows.count(connection, table):
            connection.execute(table.insert(), {
                column.name: value(connection, column) for column in table.columns
                if not column.nullable or column.foreign_keys})


def value(connection: sa.Connection, column: sa.Column[Any]) -> Any:
    """Something that may stand in a column."""
    for key in column.foreign_keys:
        return connection.scalar(sa.select(sa.func.max(key.column)))
    if isinstance(column.type, sa.Enum):
        return column.type.python_type(column.type.enums[0]) if column.type.enum_class else (
            column.type.enums[0])
    for kind, example in ((UtcDateTime, NOON), (sa.Boolean, True), (sa.Integer, 7),
                          (sa.Float, 1.5), (sa.JSON, ["a"])):
        if isinstance(column.type, kind):
            return example
    return f"some {column.name}"


def held(engine: sa.Engine) -> Rows:
    """Every row of every table there is, as the driver gives them."""
    with engine.connect() as connection:
        names = set(sa.inspect(connection).get_table_names()) - {rows.VERSIONS}
        return {name: [dict(row._mapping) for row in
                       connection.exec_driver_sql(f'SELECT * FROM "{name}"')] for name in names}


def lost(before: Rows, after: Rows) -> dict[str, Counter[str]]:
    """The rows that are not in `after` any more, by table; in the columns that both have."""
    missing = {}
    for name in before.keys() & after.keys():
        shared = sorted(columns(before, name) & (columns(after, name) or columns(before, name)))
        there, then = (Counter(repr([row[column] for column in shared]) for row in found[name])
                       for found in (after, before))
        missing[name] = then - there
    return {name: found for name, found in missing.items() if found}


def columns(found: Rows, name: str) -> set[str]:
    return set(found[name][0]) if found[name] else set()


def keys_hold(engine: sa.Engine) -> bool:
    """Whether no row points at nothing; PostgreSQL would have said so at once."""
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        return not connection.exec_driver_sql("PRAGMA foreign_key_check").all()


def test_every_step_back_and_forth_keeps_every_row_that_both_schemas_know(
        engine: sa.Engine) -> None:
    with engine.begin() as connection:
        fill(connection)
    assert all(held(engine).values()), "a row in every table"
    for step in reversed(revisions(engine)):
        before = held(engine)
        migrations.downgrade(engine, "-1")
        taken_back = held(engine)
        assert not lost(before, taken_back), f"{step} back"
        assert keys_hold(engine), f"{step} back"
        migrations.upgrade(engine, step)
        assert not lost(taken_back, held(engine)), f"{step} again"
        assert keys_hold(engine), f"{step} again"
        migrations.downgrade(engine, "-1")


def test_what_came_later_is_filled_where_it_is_empty_and_nowhere_else(engine: sa.Engine) -> None:
    def of(column: str, table: str) -> list[Any]:
        with engine.connect() as connection:
            return [row[0] for row in connection.exec_driver_sql(
                f"SELECT {column} FROM {table} ORDER BY id")]

    folded, bylines = of("folded", "review_items"), set(of("person_id", "feed_names"))
    with engine.begin() as connection:
        for statement in ("UPDATE review_items SET folded = '', due_at = '1970-01-01 00:00:00'",
                          "UPDATE comments SET ended_at = NULL", "DELETE FROM feed_names",
                          "UPDATE feed_items SET author = '', imported_title = '',"
                          " imported_standfirst = '', imported_html = '' WHERE id > 2"):
            connection.exec_driver_sql(statement)
    kept = of("imported_html", "feed_items")[:2]
    steps = ScriptDirectory.from_config(migrations.config(engine))
    migrations.downgrade(engine, str(steps.get_revision("0025").down_revision))
    migrations.upgrade(engine)
    assert of("folded", "review_items") == folded
    assert of("due_at", "review_items") == of("waiting_since", "review_items")
    ended = of("ended_at IS NOT NULL AND ended_at = created_at", "comments")
    assert [bool(each) for each in ended] == [
        state in {"rejected", "spam", "withdrawn"} for state in of("state", "comments")]
    assert bylines - {None} <= set(of("person_id", "feed_names"))
    assert all(of("author", "feed_items"))
    assert of("imported_html", "feed_items")[:2] == kept
    assert all(of("entry_id IS NULL OR imported_html <> ''", "feed_items"))
