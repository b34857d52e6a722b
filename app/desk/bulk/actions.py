"""One decision on many items, and one way back from it.

Done in steps of STEP items, each step a transaction of its own: no writer waits long for another,
and a crash in the middle leaves what was decided decided, logged, and open to be taken back.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.desk import kinds
from app.desk.counting import AT_ONCE
from app.desk.deciding import actions
from app.desk.models import WORDS, Decision, ItemState, ReviewItem, Verb

Row = TypeVar("Row")
STEP = 50


@dataclass(frozen=True)
class Answer:
    """What is to be decided on every item, by whom, and what its sender is told."""

    verb: Verb
    by: Account
    reason: str = ""
    message: str = ""


@dataclass
class Outcome:
    """What became of a decision on many items, or of taking it back."""

    batch: str
    words: str
    done: int = 0
    late: int = 0
    left: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def sentences(self) -> str:
        """All of it in words: "37 approved. 2 had been decided or changed already."."""
        parts = [f"{self.done:,} {self.words}."]
        if self.late:
            parts.append(f"{self.late:,} had been decided or changed already.")
        parts += [f"{number:,} left: {why}" for why, number in self.refused.items()]
        if self.left:
            parts.append(f"{self.left:,} more still wait; press again to go on.")
        return " ".join(parts)


def decide(session: Session, ids: Sequence[int], answer: Answer, *, now: datetime,
           seen: Mapping[int, datetime] | None = None, before: datetime | None = None) -> Outcome:
    """Decides items under one batch and commits step by step.

    Each item is decided whole or not at all. Items that somebody decided first, that cannot be
    decided like this, or whose words have changed are counted and left as they are: `seen` says
    since when an item waited as the editor had it before them, `before` since when at the latest.
    """
    wanted = list(dict.fromkeys(ids))
    outcome = Outcome(uuid.uuid4().hex, WORDS[answer.verb].lower(),
                      left=max(0, len(wanted) - AT_ONCE))

    for step in _steps(wanted[:AT_ONCE]):
        # In one order for everybody, so that two editors' steps wait for each other, not both.
        items = session.scalars(
            sa.select(ReviewItem).where(ReviewItem.id.in_(step),
                                        ReviewItem.state == ItemState.WAITING)
            .order_by(ReviewItem.id).with_for_update(of=ReviewItem)).all()
        items = [item for item in items if _is_as_seen(item, seen or {}, before)]
        outcome.late += len(step) - len(items)
        subjects = _subjects(session, items)

        def act(item: ReviewItem, subjects: Mapping[int, Any] = subjects) -> None:
            actions.record(session, item, answer.verb, answer.by, now=now, reason=answer.reason,
                           message=answer.message, batch=outcome.batch,
                           subject=subjects.get(item.id))

        _each(session, items, act, outcome)
    return outcome


def _is_as_seen(item: ReviewItem, seen: Mapping[int, datetime], before: datetime | None) -> bool:
    since = item.waiting_since
    return seen.get(item.id, since) == since and (before is None or since <= before)


def _subjects(session: Session, items: Sequence[ReviewItem]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for kind in kinds.every():
        wanted = {item.subject_id: item.id for item in items if item.kind == kind.name}
        loaded = kind.load(session, list(wanted)) if wanted else {}
        found |= {wanted[subject_id]: subject for subject_id, subject in loaded.items()}
    return found


def undo(session: Session, batch: str, by: Account, *, now: datetime) -> Outcome:
    """Takes back what still stands of a batch, the newest first, and commits step by step.

    A step has all its items locked before it changes anything, in the order that everybody locks
    them in: nobody waits for one of them with something that the step needs.
    """
    outcome = Outcome(batch, "taken back")
    standing = session.scalars(
        sa.select(Decision.id).where(Decision.batch == batch, Decision.undone_at.is_(None))
        .order_by(Decision.id.desc())).all()
    for step in _steps(standing):
        ours = Decision.id.in_(step)
        session.execute(sa.select(ReviewItem.id).where(
            ReviewItem.id.in_(sa.select(Decision.item_id).where(ours)))
            .order_by(ReviewItem.id).with_for_update())
        # Read behind the lock: somebody may have been faster with one or two.
        decisions = session.scalars(
            sa.select(Decision).where(ours).order_by(Decision.item_id)
            .execution_options(populate_existing=True)).all()
        subjects = _subjects(session, [each.item for each in decisions])

        def act(decision: Decision, subjects: Mapping[int, Any] = subjects) -> None:
            actions.take_back(session, decision, by, now=now,
                              subject=subjects.get(decision.item_id))

        _each(session, decisions, act, outcome)
    return outcome


def _each(session: Session, rows: Iterable[Row], act: Callable[[Row], None],
          outcome: Outcome) -> None:
    for row in rows:
        try:
            with session.begin_nested():
                act(row)
        except actions.Taken:
            outcome.late += 1
        except kinds.NotPossible as error:
            outcome.refused[str(error)] += 1
        else:
            outcome.done += 1
    session.commit()


def _steps(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while step := list(islice(rest, STEP)):
        yield step
