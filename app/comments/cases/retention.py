"""Erases what is kept no longer: words that were not published, and where comments came from."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import throttle
from app.comments.cases import files
from app.comments.models import Appeal, CaseState, Comment, CommentState, Complaint, Report
from app.desk.models import ReviewItem

JOB = "erase-old-words"
KEPT = timedelta(days=120)
NETWORKS_KEPT = timedelta(days=90)
EVERY = timedelta(hours=20)
BATCH = 200
ENDED = (CommentState.REJECTED, CommentState.SPAM, CommentState.WITHDRAWN)
MARK = " (words erased)"


def sweep(session: Session, *, now: datetime) -> int:
    """Erases what is due, about once a day however often it is asked; returns how many comments.

    Commits after each batch, so that nobody waits long for a large one.
    """
    if throttle.wait_for(session, JOB, 1, EVERY, now):
        return 0
    erased = 0
    while due := session.scalars(_due(now)).all():
        for comment in due:
            _erase(session, comment, now)
        erased += len(due)
        session.commit()
    _forget_networks(session, now)
    # Only now: whoever is killed on the way begins again.
    throttle.count(session, JOB, EVERY, now)
    session.commit()
    return erased


def _due(now: datetime) -> sa.Select[Comment]:
    """Those that ended long ago and whose appeal, if there was one, is decided."""
    open_appeals = sa.select(Appeal.comment_id).where(Appeal.state == CaseState.OPEN)
    return (sa.select(Comment).where(
        Comment.ended_at <= now - KEPT, Comment.erased_at.is_(None), Comment.state.in_(ENDED),
        Comment.id.not_in(open_appeals)).order_by(Comment.id).limit(BATCH))


def _erase(session: Session, comment: Comment, now: datetime) -> None:
    """Leaves the row, its name and its state: the log still says what was decided about whom."""
    comment.body = comment.html = comment.author_email = comment.author_headline = ""
    comment.author_url = comment.picture = comment.network = ""
    comment.digest, comment.erased_at = f"erased:{comment.id}", now
    for item in session.scalars(sa.select(ReviewItem).where(files.about([comment.id]))):
        item.text, item.facts, item.matched = "", {}, []
        item.title += MARK
        if item.person_key.startswith("email:"):
            item.person_key = f"erased:{comment.id}"
    session.execute(sa.update(Appeal).where(Appeal.comment_id == comment.id).values(text=""))
    session.execute(sa.update(Report).where(Report.complaint_id.in_(
        sa.select(Complaint.id).where(Complaint.comment_id == comment.id))).values(note=""))


def _forget_networks(session: Session, now: datetime) -> None:
    old = sa.select(Comment).where(Comment.network > "",
                                   Comment.created_at <= now - NETWORKS_KEPT).limit(BATCH)
    while comments := {each.id: each for each in session.scalars(old)}:
        for item in session.scalars(sa.select(ReviewItem).where(files.about(list(comments)))):
            item.facts = {name: fact for name, fact in item.facts.items() if name != "network"}
        for comment in comments.values():
            comment.network = ""
        session.commit()
