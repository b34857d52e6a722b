"""Feeds and the items seen in them."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, choice
from app.entries.models import Entry
from app.people.models import Person


class Policy(StrEnum):
    """What happens to a new item."""

    HOLD = "hold"
    PUBLISH = "publish"


class Show(StrEnum):
    """How much of an item readers get here."""

    FULL = "full"
    EXCERPT = "excerpt"
    LINK = "link"


class Feed(Model):
    """Somebody else's feed, what we agreed on, and how the last visit went."""

    __tablename__ = "feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(default="")
    site_url: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    policy: Mapped[Policy] = choice(Policy, default=Policy.HOLD)
    show: Mapped[Show] = choice(Show, default=Show.FULL)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    added_at: Mapped[datetime]
    visited_at: Mapped[datetime | None]
    next_visit_at: Mapped[datetime] = mapped_column(index=True)
    paused_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    health: Mapped[str] = mapped_column(default="Not visited yet.")

    author: Mapped[Person | None] = relationship(lazy="joined")

    @property
    def name(self) -> str:
        """What to call it: its title, or its address until it has told us one."""
        return self.title or self.url


class FeedItem(Model):
    """One item of one feed, and the entry that was made of it."""

    __tablename__ = "feed_items"
    __table_args__ = (
        sa.UniqueConstraint("feed_id", "identity"),
        sa.Index("ix_feed_items_link", "feed_id", "link"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(sa.ForeignKey("feeds.id", ondelete="CASCADE"))
    identity: Mapped[str]
    guid: Mapped[str | None]
    link: Mapped[str | None]
    title: Mapped[str]
    author: Mapped[str]
    content_hash: Mapped[str]
    original: Mapped[str]
    published_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("entries.id", ondelete="SET NULL"),
                                                 index=True)

    feed: Mapped[Feed] = relationship(lazy="joined", innerjoin=True)
    entry: Mapped[Entry | None] = relationship(lazy="joined")
