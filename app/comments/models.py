"""Comments, and the thanks for them."""

import secrets
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.comments.identity import Identified
from app.database import Model, choice
from app.dialects import partial_index
from app.entries.models import Entry
from app.pagecache import UNKNOWN, Change
from app.readers.models import Reader


class CommentState(StrEnum):
    """Where a comment stands; only approved ones are seen by others."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    SPAM = "spam"
    WITHDRAWN = "withdrawn"


# What carries a thread: a withdrawn comment is not read any more, but answers still hang on it.
CARRYING = (CommentState.APPROVED, CommentState.WITHDRAWN)


def comments_under(entry_id: int) -> str:
    """The cache tag of what is said under an entry."""
    return f"comments:{entry_id}"


# Word for word what an index is made for. With a parameter in its place, SQLite plans a statement
# anew each time, to see whether the index still fits.
STANDS = sa.text("state <> 'withdrawn'")
IS_APPROVED = sa.text("state = 'approved'")


class Comment(Identified, Model):
    """What one reader said under one entry. The follow token is the sender's key to it.

    `ended_at` is when it was rejected, called spam or withdrawn; None while it waits or is seen.
    `service` is what an outside spam service thinks of it: its answer, or what it was told later;
    at `tell_at` it is told what an editor thinks, which is `learned_as`.
    `adopted_at` is when a reader confirmed its address; None where that was proven when it came.
    """

    __tablename__ = "comments"
    # What readers see of one.
    SHOWN = ("state", "parent_id", "account_id", "author_name", "author_headline", "author_url",
             "picture", "html", "created_at", "edited_at", "thanks")
    __table_args__ = (
        sa.Index("ix_comments_thread", "entry_id", "state", "created_at"),
        sa.Index("ix_comments_by_network", "network", "created_at"),
        sa.Index("ix_comments_by_typed", "author_email", "network", "created_at"),
        partial_index("uq_comments_once", "entry_id", "digest", unique=True, where=STANDS),
        partial_index("ix_comments_to_erase", "ended_at", where=sa.text("erased_at IS NULL")),
        partial_index("ix_comments_lately", "created_at", "entry_id", where=IS_APPROVED),
        partial_index("ix_comments_to_tell", "tell_at", where=sa.text("tell_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_hex(5))
    follow_token: Mapped[str] = mapped_column(unique=True,
                                              default=lambda: secrets.token_urlsafe(24))
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("comments.id", ondelete="CASCADE"), index=True)
    author_name: Mapped[str]
    author_email: Mapped[str]
    author_headline: Mapped[str] = mapped_column(default="")
    author_url: Mapped[str] = mapped_column(default="")
    picture: Mapped[str] = mapped_column(default="")
    reader_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("readers.id", ondelete="SET NULL"), index=True)
    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    adopted_at: Mapped[datetime | None]
    network: Mapped[str] = mapped_column(default="")
    proof: Mapped[str | None] = mapped_column(unique=True)
    body: Mapped[str]
    html: Mapped[str]
    digest: Mapped[str]
    state: Mapped[CommentState] = choice(CommentState, default=CommentState.WAITING)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    thanks: Mapped[int] = mapped_column(default=0)
    learned_as: Mapped[str | None]
    service: Mapped[str] = mapped_column(default="")
    tell_at: Mapped[datetime | None]

    entry: Mapped[Entry] = relationship(lazy="joined", innerjoin=True)
    parent: Mapped["Comment | None"] = relationship(remote_side=[id], lazy="raise_on_sql")
    reader: Mapped[Reader | None] = relationship(lazy="raise_on_sql")
    account: Mapped[Account | None] = relationship(lazy="raise_on_sql")

    @staticmethod
    def cache_tags(change: Change) -> set[str]:
        """`comments:7` are those under an entry, `comments` is which there are anywhere."""
        if not change.values("state") & {*CARRYING, UNKNOWN} or not change.of(*Comment.SHOWN):
            return set()
        found = {comments_under(change.row.entry_id)}
        return found | {"comments"} if change.of("state") else found


class Thanks(Model):
    """One reader's thanks. Counted into the comment in batches: a click changes no public page."""

    __tablename__ = "thanks"
    __table_args__ = (sa.Index("ix_thanks_uncounted", "counted"),)

    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comments.id", ondelete="CASCADE"),
                                            primary_key=True)
    voter: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    counted: Mapped[bool] = mapped_column(default=False)
    taken_back: Mapped[bool] = mapped_column(default=False)
