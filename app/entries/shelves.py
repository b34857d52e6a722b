"""Where readers find an entry: its topics, its series, the people who have a part in it.

Since when they do, or how many they find, each row says itself; `shelving` keeps that.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, UtcDateTime, choice
from app.entries import tagging
from app.entries.legible import Credited, Part
from app.people.models import Person

entry_topics = sa.Table(
    "entry_topics", Model.metadata,
    sa.Column("entry_id", sa.ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("topic_id", sa.ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True),
    # Since when readers find the entry here; `shelving` keeps it, so that a list needs no sorting.
    sa.Column("shown_at", UtcDateTime),
    sa.Index("ix_entry_topics_shown", "topic_id", "shown_at", "entry_id"),
)


class Topic(Model):
    """A subject that entries are about."""

    __tablename__ = "topics"
    cache_tag = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/topics/{self.slug}"


class Series(Model):
    """Entries that belong in an order, each with a number of its own.

    `shown` is how many of them readers find; `shelving` counts.
    """

    __tablename__ = "series"
    cache_tag = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    shown: Mapped[int] = mapped_column(default=0, server_default="0")

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/series/{self.slug}"


class Contribution(Credited, Model):
    """A person's part in an entry, with their role and organisation as they were on that date.

    `shown_at` is since when readers find it; `shelving` keeps it.
    """

    __tablename__ = "contributions"
    __table_args__ = (
        sa.UniqueConstraint("entry_id", "person_id", "part"),
        sa.Index("ix_contributions_shown", "person_id", "part", "shown_at", "entry_id"),
    )
    cache_tags = staticmethod(tagging.of_contribution)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    part: Mapped[Part] = choice(Part)
    position: Mapped[int] = mapped_column(default=0)
    role: Mapped[str] = mapped_column(default="")
    organisation: Mapped[str] = mapped_column(default="")
    shown_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
