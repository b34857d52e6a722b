"""Feeds and the items seen in them."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, choice
from app.entries.models import Discussion, Entry, EntryState
from app.entries.shelves import Topic
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


class Indexing(StrEnum):
    """What search engines are told: where the original stands, or not to list the copy at all."""

    CANONICAL = "canonical"
    NOINDEX = "noindex"


class Trust(StrEnum):
    """What tells one item of a feed from another."""

    GUID = "guid"
    LINK = "link"
    HASH = "hash"


feed_topics = sa.Table(
    "feed_topics", Model.metadata,
    sa.Column("feed_id", sa.ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("topic_id", sa.ForeignKey("topics.id", ondelete="CASCADE"), primary_key=True,
              index=True),
)


class Feed(Model):
    """Somebody else's feed, what we agreed on, and how the last visit went."""

    __tablename__ = "feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_urlsafe(9))
    url: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(default="")
    site_url: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime]

    # The deal.
    policy: Mapped[Policy] = choice(Policy, default=Policy.HOLD)
    show: Mapped[Show] = choice(Show, default=Show.EXCERPT)
    indexing: Mapped[Indexing] = choice(Indexing, default=Indexing.CANONICAL)
    discussion: Mapped[Discussion] = choice(Discussion, default=Discussion.AUTO)
    # Whether the text of a feed that cuts its items short is taken from their pages.
    from_page: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    claimed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    # Taken off the list by an editor; its row stays, so that there is a way back.
    removed_at: Mapped[datetime | None]

    # What tells its items apart, and why, once that has changed by itself.
    trust: Mapped[Trust] = choice(Trust, default=Trust.GUID)
    trust_why: Mapped[str] = mapped_column(default="")
    # The ids of the items that stood in it at the last visit: only these can be gone.
    listed: Mapped[list[int]] = mapped_column(sa.JSON, default=list)

    # Asking.
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    # Of the last document that was understood: the very same one is not read again.
    body_digest: Mapped[str | None]
    visited_at: Mapped[datetime | None]
    next_visit_at: Mapped[datetime] = mapped_column(index=True)
    next_visit_why: Mapped[str] = mapped_column(default="")
    paused_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    broken_since: Mapped[datetime | None]
    health: Mapped[str] = mapped_column(default="Not visited yet.")
    # The usual distance of its items, and the newest one's date.
    rhythm_minutes: Mapped[int | None]
    newest_at: Mapped[datetime | None]
    ttl_minutes: Mapped[int | None]
    skip_hours: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    skip_days: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    moved_to: Mapped[str | None]
    moved_sightings: Mapped[int] = mapped_column(default=0)
    moved_since: Mapped[datetime | None]
    proposed_url: Mapped[str | None]
    hub_url: Mapped[str | None]
    self_url: Mapped[str | None]

    author: Mapped[Person | None] = relationship(lazy="joined")
    topics: Mapped[list[Topic]] = relationship(secondary=feed_topics, order_by=Topic.name,
                                               lazy="selectin")

    @property
    def name(self) -> str:
        """What to call it: its title, or its address until it has told us one."""
        return self.title or self.url

    @property
    def is_asked(self) -> bool:
        """Whether a next visit is meant at all: the demo's feeds, which are made up, get none."""
        return self.next_visit_at - (self.visited_at or self.added_at) < timedelta(days=366)

    @property
    def about_path(self) -> str:
        """The public page that says what we take from it."""
        return f"/feeds/{self.public_id}"


class FeedItem(Model):
    """One item of one feed, and the entry that was made of it.

    Three versions of its words: `imported_…` as we last took them over, `source_…` as they are at
    the source now (None while that is the same), and the entry's own, which editors may have
    changed. All are cleaned; `original` is the HTML as it came. Once an editor has decided about a
    change both stay as they were, so that the decision can be taken back; the next change begins
    from what was decided about. `meaning` is a digest of what matters in title and text.
    """

    __tablename__ = "feed_items"
    __table_args__ = (
        sa.UniqueConstraint("feed_id", "identity"),
        sa.Index("ix_feed_items_link", "feed_id", "link"),
        sa.Index("ix_feed_items_seen", "feed_id", "first_seen_at"),
        # The same post in two feeds is found by its link, its guid or its text.
        sa.Index("ix_feed_items_link_anywhere", "link"),
        sa.Index("ix_feed_items_guid", "guid"),
        sa.Index("ix_feed_items_meaning", "meaning"),
        sa.Index("ix_feed_items_standing", "feed_id", "entry_state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(sa.ForeignKey("feeds.id", ondelete="CASCADE"))
    identity: Mapped[str]
    guid: Mapped[str | None]
    link: Mapped[str | None]
    title: Mapped[str]
    author: Mapped[str]
    content_hash: Mapped[str]
    meaning: Mapped[str] = mapped_column(default="")
    original: Mapped[str]
    imported_title: Mapped[str] = mapped_column(default="")
    imported_standfirst: Mapped[str] = mapped_column(default="")
    imported_html: Mapped[str] = mapped_column(default="")
    source_title: Mapped[str | None]
    source_standfirst: Mapped[str | None]
    source_html: Mapped[str | None]
    # Repairs that were made, and doubtful ones that wait: what the text doctor said.
    findings: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    taken_from_page: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    changed_at: Mapped[datetime] = mapped_column(index=True)
    missing_since: Mapped[datetime | None]
    # What its entry was when the author took the whole feed down.
    withdrawn_from: Mapped[EntryState | None] = choice(EntryState, nullable=True)
    double_of_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("feed_items.id", ondelete="SET NULL"), index=True)
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("entries.id", ondelete="SET NULL"),
                                                 index=True)
    # As its entry says; kept by `standing`.
    entry_state: Mapped[str | None]

    feed: Mapped[Feed] = relationship(lazy="joined", innerjoin=True)
    entry: Mapped[Entry | None] = relationship(lazy="joined")
    doubles: Mapped[list["FeedItem"]] = relationship(order_by=id, viewonly=True,
                                                     lazy="raise_on_sql")
