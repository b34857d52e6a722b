"""The table of comments."""

import secrets
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, choice
from app.entries.models import Entry


class CommentState(StrEnum):
    """Where a comment stands; only approved ones are seen by others."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    SPAM = "spam"
    WITHDRAWN = "withdrawn"


class Comment(Model):
    """What one reader said under one entry. The follow token is the sender's key to it."""

    __tablename__ = "comments"
    __table_args__ = (
        sa.Index("ix_comments_thread", "entry_id", "state", "created_at"),
        sa.Index("uq_comments_once", "entry_id", "digest", unique=True,
                 sqlite_where=sa.text("state <> 'withdrawn'"),
                 postgresql_where=sa.text("state <> 'withdrawn'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_hex(5))
    follow_token: Mapped[str] = mapped_column(unique=True,
                                              default=lambda: secrets.token_urlsafe(24))
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("comments.id", ondelete="CASCADE"), index=True)
    author_name: Mapped[str]
    author_email: Mapped[str] = mapped_column(index=True)
    author_headline: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    html: Mapped[str]
    digest: Mapped[str]
    state: Mapped[CommentState] = choice(CommentState, default=CommentState.WAITING)
    created_at: Mapped[datetime]

    entry: Mapped[Entry] = relationship(lazy="joined", innerjoin=True)
    parent: Mapped["Comment | None"] = relationship(remote_side=[id], lazy="raise_on_sql")

    @property
    def path(self) -> str:
        """Its permalink."""
        return f"/comments/{self.public_id}"

    @property
    def follow_path(self) -> str:
        """The private page that says where it stands."""
        return f"/follow/{self.follow_token}"
