"""Deciding and taking back. The one door through which the log grows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import mail
from app.accounts.models import Account
from app.database import rows_changed
from app.desk import kinds, queries
from app.desk.models import THE_RULES, Decision, ItemState, ReviewItem, Verb
from app.trigrams.models import Unindexed

# More words are to be indexed; whoever has other ones has none fewer to be taken out.
_UNINDEXED = sa.func.coalesce(ReviewItem.unindexed, Unindexed.NEW.value)


class Taken(Exception):
    """The item stands elsewhere by now; within `whole` it becomes AlreadyDecided."""


class AlreadyDecided(Exception):
    """Somebody was faster, or the item was withdrawn; `decision` says who and what."""

    def __init__(self, decision: Decision | None) -> None:
        super().__init__("This item was decided before.")
        self.decision = decision


def settle(session: Session, item: ReviewItem, verb: Verb, *, now: datetime) -> Decision:
    """Decides an item as the rules say, with a line in the log that can be taken back.

    The caller commits.
    """
    return record(session, item, verb, None, now=now, reason=item.why)


def decide(session: Session, item: ReviewItem, verb: Verb, by: Account, *, now: datetime,
           reason: str = "", message: str = "", publish_at: datetime | None = None,
           seen: datetime | None = None) -> Decision:
    """Decides a waiting item and commits: state, effect and log line together, or none of them.

    Of two who decide at once the first wins; the other gets AlreadyDecided, and so does whoever
    had words before them (`seen`, the item's waiting_since then) that changed since. Raises
    NotPossible where the subject cannot take this decision.
    """
    with whole(session, item):
        decision = record(session, item, verb, by, now=now, reason=reason, message=message,
                          publish_at=publish_at, seen=seen)
    session.commit()
    return decision


@contextmanager
def whole(session: Session, item: ReviewItem) -> Iterator[None]:
    """All of a change or none of it. Raises AlreadyDecided with whoever was faster."""
    try:
        yield
    except Taken:
        session.rollback()
        raise AlreadyDecided(queries.standing_decision(session, item)) from None
    except kinds.NotPossible:
        session.rollback()
        raise


def record(session: Session, item: ReviewItem, verb: Verb, by: Account | None, *, now: datetime,
           reason: str, message: str = "", publish_at: datetime | None = None,
           batch: str | None = None, subject: Any = None,
           seen: datetime | None = None) -> Decision:
    """Takes an item off the queue with a line in the log and all that follows from it.

    `subject` is what the item stands for, where the caller has loaded it already.
    A step of a transaction that the caller ends. Raises Taken or NotPossible in the middle of it.
    """
    take(session, item, ItemState.WAITING, ItemState.DECIDED,
         *([ReviewItem.waiting_since == seen] if seen else []),
         with_words=bool(reason or message))
    kind = kinds.find(item.kind)
    if verb not in kind.effects:
        raise kinds.NotPossible(f"A {kind.label.lower()} cannot be decided like this.")
    decision = Decision(item=item, account_id=by.id if by else None,
                        account_name=by.name if by else THE_RULES, verb=verb,
                        reason=reason, message=message, publish_at=publish_at, decided_at=now,
                        batch=batch)
    session.add(decision)
    session.flush()
    kind.effects[verb].apply(session, subject or _subject(session, item), decision, now)
    return decision


def undo(session: Session, decision: Decision, by: Account, *, now: datetime) -> ReviewItem:
    """Takes a decision back and commits: the item waits again under the same id.

    Mail about it that has not left is dropped; mail that has is followed by a second. Raises
    AlreadyDecided if it was taken back before, NotPossible if something newer stands on it.
    """
    with whole(session, decision.item):
        take_back(session, decision, by, now=now)
    session.commit()
    session.refresh(decision)
    return decision.item


def take_back(session: Session, decision: Decision, by: Account, *, now: datetime,
              subject: Any = None) -> None:
    """Puts an item back on the queue, and all that followed from its decision back as it was.

    `subject` is what the item stands for, where the caller has loaded it already.
    A step of a transaction that the caller ends. Raises Taken or NotPossible in the middle of it.
    """
    # The item first, as in every other change, so that two never wait for each other.
    session.execute(sa.select(ReviewItem.id).where(ReviewItem.id == decision.item_id)
                    .with_for_update())
    changed = session.execute(
        sa.update(Decision).where(Decision.id == decision.id, Decision.undone_at.is_(None))
        .values(undone_at=now, undone_by=by.name))
    if rows_changed(changed) != 1:
        raise Taken
    if decision.item.state is ItemState.WITHDRAWN:
        raise kinds.NotPossible("Its sender has withdrawn it, so there is nothing to take back.")
    take(session, decision.item, ItemState.DECIDED, ItemState.WAITING)
    effect = kinds.find(decision.item.kind).effects[decision.verb]
    effect.revert(session, subject or _subject(session, decision.item), decision, now)
    for sent in mail.retract(session, decision.about, now=now):
        _follow_up(session, sent, decision, now)


def take(session: Session, item: ReviewItem, old: ItemState, new: ItemState,
         *where: sa.ColumnElement[bool], with_words: bool = False) -> None:
    """Moves an item from one state to another for whoever is first; raises Taken for all others.

    `with_words`: what is said with it is found by its words, too.
    """
    said = {"unindexed": _UNINDEXED} if with_words else {}
    # The item is read anew by the same statement, with the words that are decided.
    changed = session.scalars(
        sa.update(ReviewItem).where(ReviewItem.id == item.id, ReviewItem.state == old, *where)
        .values(state=new, claimed_by_id=None, claimed_at=None, **said).returning(ReviewItem),
        execution_options={"synchronize_session": False, "populate_existing": True})
    if not changed.all():
        raise Taken


def _subject(session: Session, item: ReviewItem) -> Any:
    return kinds.find(item.kind).load(session, [item.subject_id])[item.subject_id]


def _follow_up(session: Session, sent: mail.OutgoingMail, decision: Decision,
               now: datetime) -> None:
    body = (f"Please disregard our mail “{sent.subject}”.\n\n"
            "The decision in it has been taken back, and your text waits for an editor again."
            " We are sorry for the back and forth.\n")
    mail.queue(session, sent.recipient, f"Taken back: {sent.subject}", body,
               about=f"undo:{decision.id}", now=now, link=sent.link)
