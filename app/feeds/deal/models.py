"""Names that a feed signs its items with, and claims of those who write it."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model, choice
from app.feeds.models import Feed
from app.people.models import Person


class FeedName(Model):
    """A name as a feed writes it, and the person it stands for once an editor has said so."""

    __tablename__ = "feed_names"
    __table_args__ = (sa.UniqueConstraint("feed_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(sa.ForeignKey("feeds.id", ondelete="CASCADE"))
    name: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    first_seen_at: Mapped[datetime]

    feed: Mapped[Feed] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person | None] = relationship(lazy="joined")


class Proof(StrEnum):
    """How somebody shows that a feed is theirs."""

    MAIL = "mail"
    PAGE = "page"
    LINK = "link"


class ClaimState(StrEnum):
    """asked → proven → ended; an asked one that nobody proves lapses."""

    ASKED = "asked"
    PROVEN = "proven"
    ENDED = "ended"


class FeedClaim(Model):
    """Somebody says that a feed is theirs.

    `token` is the word to be found in the page or the feed and is no secret. The addresses of the
    claim's private page and of the link in its mail are kept as hashes only.
    """

    __tablename__ = "feed_claims"

    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(sa.ForeignKey("feeds.id", ondelete="CASCADE"), index=True)
    state: Mapped[ClaimState] = choice(ClaimState, default=ClaimState.ASKED)
    proof: Mapped[Proof | None] = choice(Proof, nullable=True)
    email: Mapped[str] = mapped_column(default="")
    token: Mapped[str] = mapped_column(unique=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    mail_hash: Mapped[str | None] = mapped_column(unique=True)
    news: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    proven_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    feed: Mapped[Feed] = relationship(lazy="joined", innerjoin=True)
