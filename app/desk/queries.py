"""Reads of the desk."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.desk import kinds
from app.desk.filtering import Age, Filter
from app.desk.models import Decision, ReviewItem


@dataclass(frozen=True)
class Chip:
    """One narrowing of the queue, and the address that takes it away."""

    label: str
    words: str
    address: str


AGES_IN_WORDS: dict[Age | None, str] = {
    Age.DAY: "less than a day", Age.WEEK: "less than a week", Age.OLDER: "longer than a week"}


def chips(session: Session, shown: Filter) -> list[Chip]:
    """What narrows the queue, in words, each with the address without it."""
    labels = {kind.name: kind.label for kind in kinds.every()}
    said = {
        "kind": ("Kind", labels.get(shown.kind, shown.kind)),
        "rule": ("Reason", kinds.rules().get(shown.rule, shown.rule)),
        "entry_id": ("On", _name(session, ReviewItem.title, ReviewItem.entry_id, shown.entry_id)),
        "person_key": ("From", _name(session, ReviewItem.person, ReviewItem.person_key,
                                     shown.person_key)),
        "age": ("Waiting", AGES_IN_WORDS.get(shown.age, "")),
        "words": ("With", f"“{shown.words}”"),
    }
    return [Chip(label, words, shown.address(**{field: getattr(Filter(), field)}))
            for field, (label, words) in said.items()
            if getattr(shown, field) != getattr(Filter(), field)]


def _name(session: Session, column: InstrumentedAttribute[str], narrowed: Any, to: Any) -> str:
    if not to:
        return ""
    newest = sa.select(column).where(narrowed == to).order_by(ReviewItem.id.desc()).limit(1)
    return session.scalar(newest) or "somewhere unknown"


def item_of(session: Session, kind: str, subject_id: int) -> ReviewItem | None:
    """The item of a subject, in whatever state."""
    return session.scalars(sa.select(ReviewItem).where(
        ReviewItem.kind == kind, ReviewItem.subject_id == subject_id)).first()


def items_of(session: Session, kinds: Collection[str], subject_ids: Collection[int],
             ) -> dict[tuple[str, int], ReviewItem]:
    """The items of many subjects, in whatever state, by kind and subject; in one query."""
    rows = session.scalars(sa.select(ReviewItem).where(
        ReviewItem.kind.in_(kinds), ReviewItem.subject_id.in_(subject_ids)))
    return {(each.kind, each.subject_id): each for each in rows}


def standing_decision(session: Session, item: ReviewItem) -> Decision | None:
    """The decision that stands for an item."""
    return session.scalars(
        sa.select(Decision).where(Decision.item_id == item.id, Decision.undone_at.is_(None))
        .order_by(Decision.id.desc()).limit(1)).first()


def log() -> sa.Select[Decision]:
    """All decisions, newest first."""
    return sa.select(Decision).order_by(Decision.decided_at.desc(), Decision.id.desc())
