"""The table of the index, and what a row that is indexed says of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.database import Model
from app.dialects import partial_index

DUE = sa.text("unindexed IS NOT NULL")


class Unindexed(IntEnum):
    """Why a row is not in the index as it stands; None in its column where it is."""

    NEW = 0
    REWORDED = 1


class Posting(Model):
    """Which rows of a block have a part of a word; see `cutting` for both."""

    __tablename__ = "trigrams"
    __table_args__ = (sa.Index("ix_trigrams_block", "corpus", "block"),
                      {"sqlite_with_rowid": False})

    corpus: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    gram: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    places: Mapped[str]


class Worded:
    """A row that is found by its words. `WORDED_BY` are the columns that they stand in."""

    WORDED_BY: ClassVar[tuple[str, ...]]

    unindexed: Mapped[int | None] = mapped_column(
        sa.SmallInteger, default=Unindexed.NEW.value, server_default=str(Unindexed.NEW.value),
        deferred=True)


@event.listens_for(Worded, "before_update", propagate=True)
def _index_again(_mapper: Any, _connection: Any, row: Any) -> None:
    changes = sa.inspect(row).attrs
    if any(changes[name].history.has_changes() for name in row.WORDED_BY):
        row.unindexed = Unindexed.REWORDED.value


def due_index(table: str) -> sa.Index:
    """The index that leads to what is not indexed yet, for a table of rows that are found."""
    return partial_index(f"ix_{table}_unindexed", "id", where=DUE)


@dataclass(frozen=True)
class Corpus:
    """The rows of one model, under a number of their own that never changes.

    `texts` gives the folded words of those rows whose ids it is given, by id.
    """

    number: int
    model: Any
    texts: Callable[[Session, Sequence[int]], Mapping[int, str]]

    @property
    def is_due(self) -> sa.ColumnElement[bool]:
        """Whether a row is not in the index as it stands."""
        # As a comparison with what can be, which leads SQLite to the index of such rows.
        return self.model.unindexed >= sa.literal_column("0")
