"""What both databases can do and SQLAlchemy words for each apart.

Loading a database's part of SQLAlchemy takes as long as three of its tables, so only the one in
use is loaded.
"""

from importlib import import_module
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import Model

_WHERE = "where"


def insertion(session: Session, into: type[Model] | sa.Table) -> Any:
    """An INSERT with the methods `on_conflict_do_nothing` and `on_conflict_do_update`, for the
    database of this session.
    """
    dialect = import_module(f"sqlalchemy.dialects.{session.get_bind().dialect.name}")
    return dialect.insert(into)


def partial_index(name: str, *columns: str, where: sa.TextClause, unique: bool = False) -> sa.Index:
    """An index of the rows for which a condition holds."""
    return sa.Index(name, *columns, unique=unique, sqlite_where=where, info={_WHERE: where})


def complete(metadata: sa.MetaData, engine: sa.Engine) -> None:
    """Tells the partial indexes their condition in the words of this database."""
    for table in metadata.tables.values():
        for index in table.indexes:
            if _WHERE in index.info:
                index.dialect_options[engine.dialect.name][_WHERE] = index.info[_WHERE]
