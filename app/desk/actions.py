"""What subjects put on the desk: why it waits, and its place in the queue.

What becomes of it when its subject changes is in `changing`, what editors do in `deciding`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.desk.models import ReviewItem
from app.inserting import write

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Cause:
    """Why a subject waits: a sentence, the rule that held it, its words, what the rules saw."""

    why: str
    rule: str = ""
    words: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)


def hold(session: Session, kind: str, subject_id: int, *, now: datetime, cause: Cause, title: str,
         text: str, person: str, person_key: str, entry_id: int | None = None,
         urgency: int = 0) -> int:
    """Puts a subject on the desk, with all that the queue sorts and searches by.

    `urgency` is a head start in minutes over what came at the same time. Returns the item's id.
    """
    # No object, which nobody would look at.
    held = write(session, ReviewItem, row(
        kind, subject_id, now=now, cause=cause, title=title, text=text, person=person,
        person_key=person_key, entry_id=entry_id, urgency=urgency))
    return int(held["id"])


def hold_all(session: Session, items: Sequence[Row]) -> None:
    """Puts many subjects on the desk, in one statement."""
    if items:
        session.execute(sa.insert(ReviewItem), items)


def row(kind: str, subject_id: int, *, now: datetime, cause: Cause, title: str, text: str,
        person: str, person_key: str, entry_id: int | None = None, urgency: int = 0) -> Row:
    """What `hold` puts on the desk, for `hold_all`."""
    return {"kind": kind, "subject_id": subject_id, "title": title, "text": text, "person": person,
            "person_key": person_key, "entry_id": entry_id, "waiting_since": now,
            "urgency": urgency, "due_at": now - timedelta(minutes=urgency), "why": cause.why,
            "rule": cause.rule, "matched": list(cause.words), "facts": dict(cause.facts)}


def press(item: ReviewItem, urgency: int) -> None:
    """Moves an item in the queue: `urgency` minutes before what came at the same time."""
    item.urgency, item.due_at = urgency, item.waiting_since - timedelta(minutes=urgency)


def explain(item: ReviewItem, cause: Cause) -> None:
    """Writes down why an item waits."""
    item.why, item.rule = cause.why, cause.rule
    item.matched, item.facts = list(cause.words), dict(cause.facts)
