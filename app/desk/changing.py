"""What becomes of an item when its subject changes: it waits again, follows its words, leaves."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.desk import actions, kinds, queries
from app.desk.deciding import actions as deciding
from app.desk.models import Decision, ItemState, ReviewItem, StaffNote


def reopen(session: Session, item: ReviewItem, *, now: datetime, by: str, cause: actions.Cause,
           text: str) -> None:
    """Lets a subject that changed wait again, whatever was decided of it before.

    The decision that stood is noted as overtaken by `by`. The caller commits.
    """
    session.execute(sa.update(Decision).where(Decision.item_id == item.id,
                                              Decision.undone_at.is_(None))
                    .values(undone_at=now, undone_by=by))
    item.state, item.text, item.waiting_since = ItemState.WAITING, text, now
    actions.explain(item, cause)
    actions.press(item, item.urgency)


def follow_words(item: ReviewItem, text: str, cause: actions.Cause) -> None:
    """Brings a decided item in line with its subject's new words, and with what the rules saw.

    Why it waited then stays as it was.
    """
    item.text, item.matched, item.facts = text, list(cause.words), dict(cause.facts)


def overtake(item: ReviewItem) -> None:
    """Lets nobody decide a waiting item by the words it had; its place in the queue stays.

    Whoever has the old words before them sent `waiting_since` along, which differs now.
    """
    item.waiting_since += timedelta(microseconds=1)
    actions.press(item, item.urgency)


def reword(session: Session, entry_id: int, title: str, text: str) -> None:
    """Brings the items that stand for an entry in line with its new words, decided or not."""
    names = [kind.name for kind in kinds.every() if kind.publishes]
    for item in session.scalars(sa.select(ReviewItem).where(
            ReviewItem.entry_id == entry_id, ReviewItem.kind.in_(names))):
        item.title, item.text = title, text


def withdraw(session: Session, kind: str, subject_id: int) -> None:
    """Takes an item off the desk because its sender wants it back. Raises AlreadyDecided."""
    item = queries.item_of(session, kind, subject_id)
    if item is not None:
        with deciding.whole(session, item):
            deciding.take(session, item, ItemState.WAITING, ItemState.WITHDRAWN)


def retire(item: ReviewItem) -> None:
    """Takes an item off the desk because its sender wants it back, whatever was decided.

    Its lines stay in the log, and none of them can be undone any more. The caller commits.
    """
    item.state, item.claimed_by_id, item.claimed_at = ItemState.WITHDRAWN, None, None


def restore(item: ReviewItem) -> None:
    """Puts an item back on the desk, in its old place, that `retire` took off it.

    The caller commits.
    """
    if item.state is ItemState.WITHDRAWN:
        item.state = ItemState.WAITING


def rename(session: Session, old: str, new: str) -> None:
    """Knows a person by another key from now on, with their items and what is noted about them.

    The caller commits.
    """
    for table in (ReviewItem, StaffNote):
        session.execute(sa.update(table).where(table.person_key == old).values(person_key=new))
