"""Drafts belong to an account; each sending-in is a submission."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.database import Model, choice
from app.dialects import partial_index
from app.entries.models import Entry


class SubmissionState(StrEnum):
    """What became of a piece that was sent in."""

    SENT = "sent"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Draft(Model):
    """Whose desk drawer an entry lies in."""

    __tablename__ = "drafts"

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id", ondelete="CASCADE"),
                                          primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"),
                                            index=True)

    entry: Mapped[Entry] = relationship(lazy="joined", innerjoin=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class Submission(Model):
    """One sending-in of an entry, and its answer. Sent in again, it is a new one."""

    __tablename__ = "submissions"
    __table_args__ = (
        partial_index("uq_submissions_open", "entry_id", unique=True,
                      where=sa.text("state = 'sent'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entries.id", ondelete="CASCADE"),
                                          index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"))
    note: Mapped[str] = mapped_column(default="")
    wanted_at: Mapped[datetime | None]
    state: Mapped[SubmissionState] = choice(SubmissionState, default=SubmissionState.SENT)
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    message: Mapped[str] = mapped_column(default="")

    entry: Mapped[Entry] = relationship(lazy="joined", innerjoin=True)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)
