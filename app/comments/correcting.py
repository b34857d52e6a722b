"""Telling the outside spam service where an editor sees it otherwise, so that it learns.

Source: Akismet's API, "Submit Spam" (missed spam) and "Submit Ham" (false positives).
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import jobs
from app.comments.asking import question
from app.comments.models import Comment
from app.mail import GRACE
from app.rules.akismet import DISCARD, HAM, SPAM, Service
from app.rules.sanctions import first_address

JOB = "tell-spam-service"
AGAIN = timedelta(hours=1)
BELIEFS = {HAM: HAM, SPAM: SPAM, DISCARD: SPAM}


def note(session: Session, comment: Comment, now: datetime) -> None:
    """An editor has decided: if the service sees it otherwise, it is told when no undo can come.

    A service that was never asked is told nothing. Without a network it could not find its own
    question again, and answers with an error.
    """
    if comment.service and comment.network and BELIEFS.get(comment.service) != comment.learned_as:
        comment.tell_at = now + GRACE
        jobs.wake(session, JOB, comment.tell_at)


def tell_due(session: Session, service: Service | None, now: Callable[[], datetime]) -> None:
    """Tells what is due, with no transaction open meanwhile. What it does not take waits an hour.

    A process that dies between telling and noting it tells again.
    """
    while service and (comment := _claim(session, now())):
        verdict = comment.learned_as or ""
        asked = question(comment, first_address(comment.network))
        session.commit()
        if not service.told(verdict, asked):
            return
        _note_told(session, comment, verdict, now())


def _claim(session: Session, now: datetime) -> Comment | None:
    """The next one, which nobody else tells within an hour."""
    comment = session.scalars(
        sa.select(Comment).where(Comment.tell_at <= now, Comment.learned_as.is_not(None),
                                 Comment.erased_at.is_(None))
        .order_by(Comment.tell_at, Comment.id).limit(1)
        .with_for_update(of=Comment, skip_locked=True)).first()
    if comment:
        comment.tell_at = now + AGAIN
    return comment


def _note_told(session: Session, comment: Comment, verdict: str, now: datetime) -> None:
    session.refresh(comment, with_for_update={"of": Comment})
    comment.service = verdict
    # Meanwhile an editor may have undone the decision, or made the other one.
    changed = comment.learned_as is not None and comment.learned_as != verdict
    comment.tell_at = now if changed else None
    session.commit()
