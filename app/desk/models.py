"""What waits, what was decided, and what editors keep beside it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Account
from app.database import Model, choice
from app.text import fold
from app.trigrams.models import Worded, due_index

THE_RULES = "The rules"


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
# What kinds of subject call it, where not as usual.
OUTCOMES: dict[tuple[str, Verb], str] = {}


def outcome(kind: str, verb: Verb) -> str:
    """What was decided, in one word or two, as the kind of subject calls it."""
    return OUTCOMES.get((kind, verb), WORDS[verb])


def folded(title: str, text: str, person: str) -> str:
    """What a search for words looks into."""
    return fold("\n".join((title, text, person)))


def _folded_row(context: Any) -> str:
    row = context.get_current_parameters()
    return folded(row["title"], row["text"], row["person"])


class ReviewItem(Worded, Model):
    """Something that waits. What the queue sorts and searches by is copied here by its subject.

    `urgency` is a head start in minutes: `due_at` lies that long before `waiting_since`, so that
    age and urgency sort by one column. `rule` names what held it, `facts` is what the rules saw.
    `folded` is title, text and person as searches compare them: no database folds every script.
    """

    __tablename__ = "review_items"
    __table_args__ = (
        sa.UniqueConstraint("kind", "subject_id"),
        sa.Index("ix_review_items_newest", "state", "waiting_since", "id"),
        sa.Index("ix_review_items_due", "state", "due_at", "id"),
        sa.Index("ix_review_items_kind", "state", "kind", "waiting_since"),
        sa.Index("ix_review_items_rule", "state", "rule", "waiting_since", "id", "kind"),
        sa.Index("ix_review_items_numbers", "state", "kind", "rule"),
        sa.Index("ix_review_items_person", "person_key", "state", "waiting_since"),
        sa.Index("ix_review_items_entry", "entry_id", "state", "waiting_since"),
        due_index("review_items"),
    )
    dom_name, WORDED_BY = "item", ("title", "text", "person")

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
    folded: Mapped[str] = mapped_column(default=_folded_row, deferred=True)
    person_key: Mapped[str]
    entry_id: Mapped[int | None]
    urgency: Mapped[int] = mapped_column(default=0)
    waiting_since: Mapped[datetime]
    due_at: Mapped[datetime]
    claimed_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="SET NULL"))
    claimed_at: Mapped[datetime | None]

    claimed_by: Mapped[Account | None] = relationship(lazy="select")


@event.listens_for(ReviewItem, "before_update")
def _fold_again(mapper: Any, connection: Any, item: ReviewItem) -> None:
    changes = sa.inspect(item).attrs
    if any(changes[name].history.has_changes() for name in ReviewItem.WORDED_BY):
        item.folded = folded(item.title, item.text, item.person)


class Recorded:
    """What a line of the log says, for a row of the database as for plain values."""

    __slots__ = ()

    @property
    def words(self: Any) -> str:
        """What was decided, in one word or two."""
        return outcome(self.item.kind, self.verb)

    @property
    def by_rules(self: Any) -> bool:
        """Whether no editor decided it; the name of one alone would prove nothing."""
        return self.account_id is None and self.account_name == THE_RULES

    @property
    def sentence(self: Any) -> str:
        """Who decided what."""
        return f"{self.account_name} has decided it already: {self.words.lower()}."

    @property
    def path(self: Any) -> str:
        """Where it is taken back, below."""
        return f"/desk/decisions/{self.id}"

    @property
    def can_be_undone(self: Any) -> bool:
        """Whether it still stands."""
        return self.undone_at is None and self.item.state is ItemState.DECIDED


class Decision(Recorded, Model):
    """One line of the log: who decided what, when and why. Taken back at most once."""

    __tablename__ = "decisions"
    __table_args__ = (
        sa.Index("ix_decisions_by", "account_id", "decided_at"),
        sa.Index("ix_decisions_named", "account_name", "decided_at"),
    )

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
    """A word among editors about a person; nobody else reads it, and nobody changes it."""

    __tablename__ = "staff_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_key: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="SET NULL"))
    written_by: Mapped[str]
    written_at: Mapped[datetime]
