"""Readers, the links that confirm them, their browsers, and what they are told by mail."""

import hashlib
import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import Model

FORGOTTEN = "forgotten:"


def forgotten_key(email: str) -> str:
    """What is kept of an address whose owner was forgotten: a hash, which knows it again if it is
    typed, so that neither a ban nor what editors noted is lost, and which shows nobody's address.
    """
    return FORGOTTEN + hashlib.sha256(f"forgotten\0{email}".encode()).hexdigest()[:40]


class Reader(Model):
    """Somebody whose e-mail address is confirmed. Addresses are kept in lower case.

    A number is never given twice: what is kept about a reader who was forgotten names nobody else.
    """

    __tablename__ = "readers"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    confirmed_at: Mapped[datetime]
    wants_mail: Mapped[bool] = mapped_column(default=True)
    stop_token: Mapped[str] = mapped_column(unique=True,
                                            default=lambda: secrets.token_urlsafe(24))
    mailed_at: Mapped[datetime | None]

    @property
    def key(self) -> str:
        """How the desk knows them."""
        return f"reader:{self.id}"


class MagicLink(Model):
    """A link that was mailed to an address; whoever follows it owns the address."""

    __tablename__ = "magic_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class ReaderSignIn(Model):
    """One browser that a reader confirmed their address with."""

    __tablename__ = "reader_sign_ins"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    reader_id: Mapped[int] = mapped_column(sa.ForeignKey("readers.id", ondelete="CASCADE"),
                                           index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)

    reader: Mapped[Reader] = relationship(lazy="joined", innerjoin=True)


class Notice(Model):
    """One thing that a reader is told; several that are due together leave as one mail."""

    __tablename__ = "notices"
    __table_args__ = (sa.Index("ix_notices_due", "mailed_at", "dropped_at", "send_after"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reader_id: Mapped[int] = mapped_column(sa.ForeignKey("readers.id", ondelete="CASCADE"),
                                           index=True)
    about: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    body: Mapped[str]
    link: Mapped[str] = mapped_column(default="")
    send_after: Mapped[datetime]
    mailed_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]

    reader: Mapped[Reader] = relationship(lazy="joined", innerjoin=True)
