"""Rulebooks, what an entry changes in them, learned words, and sanctions."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, choice


class Rulebook(Model):
    """All rules in their order, as somebody saved them. The newest holds; older ones are history.

    `rules` is a list of {"name", "on", "verdict", "settings"}.
    """

    __tablename__ = "rulebooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    rules: Mapped[list[dict[str, Any]]]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]


class EntryRules(Model):
    """What one entry changes in the rulebook: rule name to {"on", "verdict", "settings"}."""

    __tablename__ = "entry_rules"

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id", ondelete="CASCADE"),
                                          primary_key=True)
    changes: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]


class LearnedWord(Model):
    """In how many decided comments a word stood. The word "" counts the comments themselves."""

    __tablename__ = "learned_words"

    word: Mapped[str] = mapped_column(primary_key=True)
    spam: Mapped[int] = mapped_column(default=0)
    ham: Mapped[int] = mapped_column(default=0)


class Sanctioned(StrEnum):
    """What befalls whatever comes from a sanctioned identity or network."""

    BAN = "ban"
    HOLD = "hold"


class Sanction(Model):
    """A ban or an always-hold. `target` is "reader:3", "email:a@b.example", "network:192.0.2.0/24",
    or "forgotten:" with the hash of an address that is kept no longer.

    It ends at `until`, when it is lifted, or, with neither, never.
    """

    __tablename__ = "sanctions"

    id: Mapped[int] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(index=True)
    effect: Mapped[Sanctioned] = choice(Sanctioned)
    note: Mapped[str] = mapped_column(default="")
    until: Mapped[datetime | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[datetime | None]
