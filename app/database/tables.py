"""Tables: the base of all models, their columns, and times that are UTC on every engine."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column

# Named constraints can be changed by a later migration; unnamed ones cannot on SQLite.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment, aware and in UTC on the Python side on every engine."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuses a naive time: nobody could say which moment it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without its zone cannot be stored.")
        return value.astimezone(UTC)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], Any]:
        """SQLite forgets the zone of what was stored in UTC; PostgreSQL answers in its own zone.

        One step for both: a page has dozens of moments.
        """
        plain = self.impl_instance.result_processor(dialect, coltype)

        def read(value: Any) -> datetime | None:
            if value is None:
                return None
            moment = cast(datetime, plain(value) if plain else value)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

        return read


class Model(DeclarativeBase):
    """The base of every table."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: sa.JSON,
                           list[dict[str, Any]]: sa.JSON, list[dict[str, str]]: sa.JSON,
                           list[str]: sa.JSON, str: sa.Text}


def choice(enum: type[StrEnum], **kwargs: Any) -> Any:
    """A column for a StrEnum: its value as text, with a check constraint."""
    kind = sa.Enum(enum, native_enum=False, create_constraint=True, length=20,
                   name=enum.__name__.lower(), values_callable=lambda e: [m.value for m in e])
    return mapped_column(kind, **kwargs)


def table(model: type[Model]) -> sa.Table:
    """The table behind a model, for statements that ask for plain values."""
    return cast(sa.Table, model.__table__)
