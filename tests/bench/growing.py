"""A site of any size, made in bulk: one block of rows, and copies of it made by the database.

A copy has its own numbers, addresses and moments, each a little before those it was copied from, so
that the years are the same and the site is so many times as busy. Made once for a seed, a size, a
schema and a generator, and kept in `.cache/growth/`.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from app.database import Model, UtcDateTime, prepare
from app.desk import searching as desk
from app.entries import searching as entries
from app.entries.models import Entry
from app.entries.shelves import Series
from app.operations import migrations
from app.people import queries as people
from app.trigrams import cutting, indexing
from tests.bench import block

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".cache" / "growth"
CHUNK = 5_000
# By how much each copy is older than the one before it.
STEP = timedelta(minutes=17)
# What a site has one of, however many entries there are.
ALONE = {"accounts", "topics", "series", "media", "feeds"}
# Text that only one row may have; moments and numbers are moved by their types.
OWN = {"public_id", "follow_token", "guid", "slug", "stop_token", "identity", "link", "key", "word"}
KEYED = {"email", "author_email", "recipient"}
# What says in text or without a constraint what a number means.
NUMBERS = {("review_items", "subject_id"): "comments", ("review_items", "entry_id"): "entries"}


def sqlite_site(blocks: int, seed: int = 1) -> Path:
    """The SQLite file of a site of so many thousand entries, made unless it is kept; copy it."""
    path = KEPT / f"{_name(blocks, seed)}.sqlite"
    if not path.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        engine = sa.create_engine(f"sqlite:///{draft}")
        prepare(engine)
        migrations.upgrade(engine)
        engine.dispose()
        fill(sa.create_engine(f"sqlite:///{draft}"), blocks, seed)
        draft.rename(path)
    return path


def copy_of(path: Path, folder: Path) -> Path:
    """A copy that may be changed."""
    return Path(shutil.copy(path, folder / path.name))


def _name(blocks: int, seed: int) -> str:
    """Of what the rows depend on: sizes, seed, schema, generator."""
    steps = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    made_by = b"".join(each.read_bytes() for each in (Path(__file__), Path(str(block.__file__)),
                                                      *steps))
    return f"{blocks}000-{seed}-{hashlib.sha256(made_by).hexdigest()[:12]}"


def fill(engine: sa.Engine, blocks: int, seed: int = 1) -> None:
    """Fills the empty tables of a database with so many blocks."""
    made = block.rows(seed)
    with engine.connect() as connection:
        quick(connection)
        with connection.begin():
            indexes = _drop_indexes(connection)
            tables = [table for table in Model.metadata.sorted_tables if made.get(table.name)]
            for table in tables:
                for some in _chunks(made[table.name]):
                    connection.execute(sa.insert(table), some)
            strides = {name: max((row.get("id", 0) for row in rows), default=0)
                       for name, rows in made.items()}
            for table in tables:
                if blocks > 1 and table.name not in ALONE:
                    connection.execute(_copies(connection.dialect, table, strides, blocks))
            for index in indexes:
                index.create(connection)
            connection.execute(sa.update(Series).values(shown=sa.select(sa.func.count()).where(
                Entry.series_id == Series.id, Entry.state == "published").scalar_subquery()))
            _set_sequences(connection)
    with engine.connect() as connection, Session(connection) as session:
        quick(connection)
        for corpus in (desk.CORPUS, people.CORPUS, entries.CORPUS):
            while indexing.catch_up(session, corpus, cutting.BLOCK, worth=1):
                pass
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if engine.dialect.name == "postgresql"
                                   else "PRAGMA journal_mode = WAL")
    engine.dispose()


def quick(connection: sa.Connection) -> None:
    """Nothing of it must survive a power cut, and nothing points to what is not there yet."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET session_replication_role = replica")
        connection.exec_driver_sql("SET maintenance_work_mem = '512MB'")
        connection.commit()
        return
    for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000",
                    "temp_store = MEMORY", "foreign_keys = OFF"):
        connection.exec_driver_sql(f"PRAGMA {setting}")
    connection.commit()


def _drop_indexes(connection: sa.Connection) -> list[sa.Index]:
    """Made once all rows are there, an index costs a third."""
    indexes = [index for table in Model.metadata.sorted_tables for index in table.indexes]
    for index in indexes:
        index.drop(connection)
    return indexes


def _chunks(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    each = iter(rows)
    while some := list(islice(each, CHUNK)):
        yield some


def _copies(dialect: sa.Dialect, table: sa.Table, strides: dict[str, int],
            blocks: int) -> sa.Insert:
    """Every row of the first block once more for each further block, in one statement."""
    numbers = sa.select(sa.literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.n + 1).where(numbers.c.n < blocks - 1))
    number = numbers.c.n
    first = table.alias("first")
    values = [_moved(dialect, table, column, first.c[column.name], number, strides)
              for column in table.columns]
    chosen = sa.select(*values).select_from(first.join(numbers, sa.true()))
    return sa.insert(table).from_select([column.name for column in table.columns], chosen,
                                        include_defaults=False)


def _moved(dialect: sa.Dialect, table: sa.Table, column: sa.Column[Any], value: Any, number: Any,
           strides: dict[str, int]) -> Any:
    target = next((key.column.table.name for key in column.foreign_keys),
                  NUMBERS.get((table.name, column.name),
                              table.name if column.name == "id" else None))
    if target:
        return value if target in ALONE else value + number * strides[target]
    if column.name in {"number", "series_number"}:
        return value + number * block.ENTRIES
    if isinstance(column.type, UtcDateTime):
        return _earlier(dialect, value, number)
    if column.name == "person_key":
        reader = sa.cast(sa.func.substr(value, len("reader:") + 1), sa.Integer)
        return sa.case((value.like("reader:%"), "reader:" + sa.cast(
            reader + number * strides["readers"], sa.Text)), else_=_own_address(value, number))
    if column.name in KEYED:
        return _own_address(value, number)
    return value + "-" + sa.cast(number, sa.Text) if column.name in OWN else value


def _own_address(value: Any, number: Any) -> Any:
    return sa.func.replace(value, "@", "+" + sa.cast(number, sa.Text) + "@")


def _earlier(dialect: sa.Dialect, value: Any, number: Any) -> Any:
    minutes = int(STEP.total_seconds() // 60)
    if dialect.name == "postgresql":
        return value - number * sa.cast(f"{minutes} minutes", postgresql.INTERVAL)
    moved = sa.cast(-minutes * number, sa.Text) + " minutes"
    return sa.func.strftime("%Y-%m-%d %H:%M:%f", sa.cast(value, sa.Text), moved) + "000"


def _set_sequences(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        for table in Model.metadata.sorted_tables:
            if "id" in table.c and table.c.id.autoincrement and not table.c.id.foreign_keys:
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                    f" (SELECT coalesce(max(id), 1) FROM {table.name}))")


