"""What waits, what was decided, and what editors keep beside it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.database import Model, choice

CLAIM_LASTS = timedelta(minutes=10)


class ItemState(StrEnum):
    """Where an item stands."""

    WAITING = "waiting"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What an editor can decide."""

    APPROVE = "approve"
    REJECT = "reject"
    SPAM = "spam"
    RETURN = "return"


WORDS = {Verb.APPROVE: "Approved", Verb.REJECT: "Rejected", Verb.SPAM: "Spam",
         Verb.RETURN: "Sent back"}


class ReviewItem(Model):
    """Something that waits. What the queue sorts and searches by is copied here by its subject.

    `urgency` is a head start in minutes: `due_at` lies that long before `waiting_since`, so that
    age and urgency sort by one column. `rule` names what held it, `facts` is what the rules saw.
    """

    __tablename__ = "review_items"
    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_id"),
        sa.Index("ix_review_items_newest", "state", "waiting_since", "id"),
        sa.Index("ix_review_items_due", "state", "due_at", "id"),
        sa.Index("ix_review_items_kind", "state", "kind", "waiting_since"),
    )
    dom_name = "item"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[int]
    state: Mapped[ItemState] = choice(ItemState, default=ItemState.WAITING)
    why: Mapped[str]
    rule: Mapped[str] = mapped_column(default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    matched: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    title: Mapped[str]
    text: Mapped[str]
    person: Mapped[str]
    person_key: Mapped[str] = mapped_column(index=True)
    entry_id: Mapped[int | None] = mapped_column(index=True)
    urgency: Mapped[int] = mapped_column(default=0)
    waiting_since: Mapped[datetime]
    due_at: Mapped[datetime]
    claimed_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="SET NULL"))
    claimed_at: Mapped[datetime | None]

    claimed_by: Mapped[Account | None] = relationship(lazy="select")

    def holder(self, now: datetime) -> Account | None:
        """Who has it open. A claim that nobody renewed for CLAIM_LASTS says nothing any more."""
        fresh = self.claimed_at is not None and self.claimed_at > now - CLAIM_LASTS
        return self.claimed_by if fresh else None


class Decision(Model):
    """One line of the log: who decided what, when and why. Taken back at most once."""

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("review_items.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="SET NULL"))
    account_name: Mapped[str]
    verb: Mapped[Verb] = choice(Verb)
    reason: Mapped[str] = mapped_column(default="")
    message: Mapped[str] = mapped_column(default="")
    publish_at: Mapped[datetime | None]
    decided_at: Mapped[datetime] = mapped_column(index=True)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    batch: Mapped[str | None] = mapped_column(index=True)

    item: Mapped[ReviewItem] = relationship(lazy="joined", innerjoin=True)

    @property
    def words(self) -> str:
        """What was decided, in one word or two."""
        return WORDS[self.verb]

    @property
    def sentence(self) -> str:
        """Who decided what."""
        return f"{self.account_name} has decided it already: {self.words.lower()}."

    @property
    def can_be_undone(self) -> bool:
        """Whether it still stands."""
        return self.undone_at is None and self.item.state is ItemState.DECIDED

    @property
    def path(self) -> str:
        """Where it is taken back, below."""
        return f"/desk/decisions/{self.id}"

    @property
    def about(self) -> str:
        """The name under which mail caused by this decision waits."""
        return f"decision:{self.id}"


class Reason(Model):
    """A reason that an editor gives with one key, and the message that goes with it."""

    __tablename__ = "reasons"

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    label: Mapped[str]
    message: Mapped[str] = mapped_column(default="")


class StaffNote(Model):
    """A word among editors about a person; nobody else reads it."""

    __tablename__ = "staff_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_key: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime]
