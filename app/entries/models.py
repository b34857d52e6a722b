"""Entry and what hangs on it. What it is filed under is in `shelves`."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, choice
from app.entries import tagging
from app.entries.legible import Legible, Nature, nature_of_post
from app.entries.legible import Origin as Origin
from app.entries.legible import Part as Part
from app.entries.shelves import Contribution, Series, Topic, entry_topics
from app.media import Media
from app.trigrams.models import Worded, due_index


class EntryState(StrEnum):
    """draft → waiting → scheduled → published; removed is out of sight but not forgotten."""

    DRAFT = "draft"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    REMOVED = "removed"


class Markup(StrEnum):
    """What the source text is written in."""

    MARKDOWN = "markdown"
    HTML = "html"


class Discussion(StrEnum):
    """Whether readers may comment: as the site's rules say by age, for good, or not at all."""

    AUTO = "auto"
    OPEN = "open"
    CLOSED = "closed"


class Entry(Worded, Legible, Model):
    """Something published, or on its way: a post, unless a subclass says otherwise."""

    __tablename__ = "entries"
    __table_args__ = (
        sa.UniqueConstraint("section", "slug"),
        sa.UniqueConstraint("series_id", "series_number"),
        sa.CheckConstraint("(series_id IS NULL) = (series_number IS NULL)", name="numbered"),
        sa.CheckConstraint("series_number > 0", name="positive_number"),
        sa.CheckConstraint("state <> 'published' OR"
                           " (slug IS NOT NULL AND published_at IS NOT NULL)", name="public"),
        sa.Index("ix_entries_public", "state", "section", "published_at"),
        sa.Index("ix_entries_newest", "state", "published_at", "id"),
        sa.Index("ix_entries_schedule", "state", "publish_at"),
        sa.Index("ix_entries_touched", "updated_at", "id"),
        sa.Index("ix_entries_state_touched", "state", "updated_at", "id"),
        sa.Index("ix_entries_series", "series_id", "state", "published_at"),
        sa.Index("ix_entries_closing", "discussion", "comments_open", "published_at"),
        due_index("entries"),
    )
    __mapper_args__ = {"polymorphic_on": "section", "polymorphic_identity": "posts"}
    cache_tag, cache_tags = "entry", staticmethod(tagging.of_entry)
    WORDED_BY = ("title",)

    id: Mapped[int] = mapped_column(primary_key=True)
    section: Mapped[str]
    # By its own guid SQLite too can say which id went to which row, so many are stored at once.
    guid: Mapped[str] = mapped_column(unique=True, default=lambda: uuid.uuid4().urn,
                                      insert_sentinel=True)
    slug: Mapped[str | None]
    state: Mapped[EntryState] = choice(EntryState, default=EntryState.DRAFT)
    origin: Mapped[Origin] = choice(Origin, default=Origin.HOUSE)
    title: Mapped[str] = mapped_column(default="")
    standfirst: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    markup: Mapped[Markup] = choice(Markup, default=Markup.MARKDOWN)
    source: Mapped[str] = mapped_column(default="")
    html: Mapped[str] = mapped_column(default="")
    minutes: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    publish_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    discussion: Mapped[Discussion] = choice(Discussion, default=Discussion.AUTO)
    comments_open: Mapped[bool] = mapped_column(default=True)
    cover_id: Mapped[int | None] = mapped_column(sa.ForeignKey("media.id"))
    cover_alt: Mapped[str] = mapped_column(default="")
    series_id: Mapped[int | None] = mapped_column(sa.ForeignKey("series.id"))
    series_number: Mapped[int | None]
    canonical_url: Mapped[str | None]
    noindex: Mapped[bool] = mapped_column(default=False)
    source_name: Mapped[str | None]
    source_published_at: Mapped[datetime | None]

    cover: Mapped[Media | None] = relationship(foreign_keys=[cover_id], lazy="joined")
    series: Mapped[Series | None] = relationship(lazy="joined")
    topics: Mapped[list[Topic]] = relationship(secondary=entry_topics, order_by=Topic.name,
                                               lazy="selectin")
    contributions: Mapped[list[Contribution]] = relationship(
        order_by=(Contribution.position, Contribution.id), lazy="selectin",
        cascade="all, delete-orphan")

    @property
    def desk_path(self) -> str:
        """Where editors change it."""
        return f"/desk/{self.section}/{self.id}"

    @property
    def is_publishable(self) -> bool:
        """Whether there is something to read: a title and a text."""
        return bool(self.title and self.html)

    @property
    def is_unsent(self) -> bool:
        """Whether it lies in a guest's drawer, which is nobody else's business."""
        return self.origin is Origin.GUEST and self.state is EntryState.DRAFT

    @property
    def is_public(self) -> bool:
        """Whether readers can see it."""
        return self.state is EntryState.PUBLISHED

    @property
    def shown_at(self) -> datetime | None:
        """Since when readers find it; None while they do not."""
        return self.published_at if self.is_public else None

    @property
    def nature(self) -> Nature:
        """What its section says of it."""
        return nature_of_post(self.minutes)


class EntryLink(Model):
    """Two entries that belong together, such as a post and the interview it grew out of."""

    __tablename__ = "entry_links"
    cache_tags = staticmethod(tagging.of_link)

    from_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id", ondelete="CASCADE"),
                                         primary_key=True)
    to_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id", ondelete="CASCADE"),
                                       primary_key=True, index=True)


class FormerAddress(Model):
    """Where a public entry once stood: whoever linked to it is led on."""

    __tablename__ = "former_addresses"

    section: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id", ondelete="CASCADE"),
                                          index=True)


class Revision(Model):
    """The words of an entry as they were before a change."""

    __tablename__ = "revisions"
    __table_args__ = (sa.UniqueConstraint("entry_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id", ondelete="CASCADE"))
    version: Mapped[int]
    title: Mapped[str]
    standfirst: Mapped[str]
    source: Mapped[str]
    saved_by: Mapped[str]
    saved_at: Mapped[datetime]
