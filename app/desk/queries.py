"""Reads of the desk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from app.desk import kinds
from app.desk.filtering import Age, Filter
from app.desk.models import Decision, ItemState, ReviewItem, Verb


@dataclass(frozen=True)
class Card:
    """An item with all that its card shows."""

    item: ReviewItem
    subject: Any
    kind: kinds.Kind
    history: Mapping[Verb, int]


@dataclass(frozen=True)
class Chip:
    """One narrowing of the queue, and the address that takes it away."""

    label: str
    words: str
    address: str


AGES_IN_WORDS: dict[Age | None, str] = {
    Age.DAY: "less than a day", Age.WEEK: "less than a week", Age.OLDER: "longer than a week"}


def waiting(shown: Filter, now: datetime) -> sa.Select[ReviewItem]:
    """What waits and matches, in its order, with whoever has claimed it."""
    return shown.query(now).options(joinedload(ReviewItem.claimed_by))


def chips(session: Session, shown: Filter) -> list[Chip]:
    """What narrows the queue, in words, each with the address without it."""
    labels = {kind.name: kind.label for kind in kinds.every()}
    said = {
        "kind": ("Kind", labels.get(shown.kind, shown.kind)),
        "rule": ("Reason", kinds.rules().get(shown.rule, shown.rule)),
        "entry_id": ("On", _name(session, ReviewItem.title,
                                 ReviewItem.entry_id == shown.entry_id)),
        "person_key": ("From", _name(session, ReviewItem.person,
                                     ReviewItem.person_key == shown.person_key)),
        "age": ("Waiting", AGES_IN_WORDS.get(shown.age, "")),
        "words": ("With", f"“{shown.words}”"),
    }
    return [Chip(label, words, shown.address(**{field: getattr(Filter(), field)}))
            for field, (label, words) in said.items()
            if getattr(shown, field) != getattr(Filter(), field)]


def _name(session: Session, column: InstrumentedAttribute[str],
          which: sa.ColumnElement[bool]) -> str:
    newest = sa.select(column).where(which).order_by(ReviewItem.id.desc()).limit(1)
    return session.scalar(newest) or "somewhere unknown"


def cards(session: Session, items: Iterable[ReviewItem]) -> list[Card]:
    """The cards of these items, in their order, with one load a kind however many there are."""
    items = list(items)
    subjects = {kind.name: kind.load(session, [item.subject_id for item in items
                                               if item.kind == kind.name])
                for kind in kinds.every() if any(item.kind == kind.name for item in items)}
    histories = _histories(session, {item.person_key for item in items})
    return [Card(item, subjects[item.kind][item.subject_id], kinds.find(item.kind),
                 histories.get(item.person_key, {})) for item in items]


def _histories(session: Session, keys: set[str]) -> dict[str, dict[Verb, int]]:
    rows = session.execute(
        sa.select(ReviewItem.person_key, Decision.verb, sa.func.count())
        .join(Decision.item).where(ReviewItem.person_key.in_(keys), Decision.undone_at.is_(None))
        .group_by(ReviewItem.person_key, Decision.verb))
    histories: dict[str, dict[Verb, int]] = {}
    for key, verb, number in rows:
        histories.setdefault(key, {})[verb] = number
    return histories


def item_of(session: Session, kind: str, subject_id: int) -> ReviewItem | None:
    """The item of a subject, in whatever state."""
    return session.scalars(sa.select(ReviewItem).where(
        ReviewItem.kind == kind, ReviewItem.subject_id == subject_id)).first()


def standing_decision(session: Session, item: ReviewItem) -> Decision | None:
    """The decision that stands for an item."""
    return session.scalars(
        sa.select(Decision).where(Decision.item_id == item.id, Decision.undone_at.is_(None))
        .order_by(Decision.id.desc()).limit(1)).first()


def log() -> sa.Select[Decision]:
    """All decisions, newest first."""
    return sa.select(Decision).order_by(Decision.decided_at.desc(), Decision.id.desc())
