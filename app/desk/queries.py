"""Reads of the desk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from app.desk import kinds
from app.desk.filtering import Filter
from app.desk.models import Decision, ItemState, ReviewItem, Verb


@dataclass(frozen=True)
class Card:
    """An item with all that its card shows."""

    item: ReviewItem
    subject: Any
    kind: kinds.Kind
    history: Mapping[Verb, int]


def waiting(shown: Filter, now: datetime) -> sa.Select[ReviewItem]:
    """What waits and matches, in its order, with whoever has claimed it."""
    return shown.query(now).options(joinedload(ReviewItem.claimed_by))


def counts(session: Session) -> dict[str, int]:
    """How many items of each kind wait."""
    rows = session.execute(
        sa.select(ReviewItem.kind, sa.func.count()).where(ReviewItem.state == ItemState.WAITING)
        .group_by(ReviewItem.kind))
    found = dict(rows.all())
    return {kind.name: found.get(kind.name, 0) for kind in kinds.every()}


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
