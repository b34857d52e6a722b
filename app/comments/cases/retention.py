"""Erases what is kept no longer: words that were not published, and where comments came from."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import throttle
from app.comments.cases import files
from app.comments.cases.models import Appeal, CaseState, Complaint, Report
from app.comments.models import Comment, CommentState
from app.desk import changing
from app.desk.models import Decision, ItemState, ReviewItem, StaffNote
from app.readers.models import FORGOTTEN, forgotten_key
from app.rules import sanctions
from app.rules.models import Sanction

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
    _erase_cases(session, now)
    _forget_networks(session, now)
    # Only now: whoever is killed on the way begins again.
    throttle.count(session, JOB, EVERY, now)
    session.commit()
    return erased


def _due(now: datetime) -> sa.Select[Comment]:
    """Those that ended long ago and whose appeal, if there was one, is decided."""
    appealed = sa.exists().where(Appeal.comment_id == Comment.id, Appeal.state == CaseState.OPEN)
    return (sa.select(Comment).where(
        Comment.ended_at <= now - KEPT, Comment.erased_at.is_(None), Comment.state.in_(ENDED),
        ~appealed).order_by(Comment.ended_at, Comment.id).limit(BATCH))


def _erase(session: Session, comment: Comment, now: datetime) -> None:
    """Leaves the row, its name and its state: the log still says what was decided about whom."""
    left = _left(session, comment)
    comment.body = comment.html = comment.author_email = comment.author_headline = ""
    comment.author_url = comment.picture = comment.network = ""
    comment.digest, comment.erased_at = f"erased:{comment.id}", now
    for item in session.scalars(sa.select(ReviewItem).where(files.about([comment.id]))):
        item.text, item.facts, item.matched = "", {}, []
        item.title += MARK
        if item.person_key.startswith(("email:", FORGOTTEN)):
            item.person_key = left
    session.execute(sa.update(Appeal).where(Appeal.comment_id == comment.id).values(text=""))
    session.execute(sa.update(Report).where(Report.complaint_id.in_(
        sa.select(Complaint.id).where(Complaint.comment_id == comment.id))).values(note=""))


def _erase_cases(session: Session, now: datetime) -> None:
    """Erases what was said in reports and appeals that were decided long ago: their comment may
    stay, but nobody needs to read about it any more.
    """
    old = (sa.select(ReviewItem).join(Decision, Decision.item_id == ReviewItem.id).where(
        ReviewItem.kind.in_([files.REPORT, files.APPEAL]), ReviewItem.text != "",
        ReviewItem.state == ItemState.DECIDED, Decision.undone_at.is_(None),
        Decision.decided_at <= now - KEPT).order_by(ReviewItem.id).limit(BATCH))
    while items := session.scalars(old).all():
        ids = {kind: [item.subject_id for item in items if item.kind == kind]
               for kind in (files.REPORT, files.APPEAL)}
        session.execute(sa.update(Report).where(Report.complaint_id.in_(ids[files.REPORT]))
                        .values(note=""))
        session.execute(sa.update(Appeal).where(Appeal.id.in_(ids[files.APPEAL])).values(text=""))
        for item in items:
            item.text = ""
        session.commit()


def _left(session: Session, comment: Comment) -> str:
    """The key that a comment's items keep once its words are gone: one that leads to nobody, unless
    editors have noted something about its sender, or banned them.

    With the last comment from an address goes the address in what they noted, too.
    """
    old = new = comment.person_key
    if old.startswith("email:") and not session.scalar(sa.select(Comment.id).where(
            Comment.author_email == comment.author_email, Comment.id != comment.id).limit(1)):
        new = forgotten_key(comment.address)
        changing.rename(session, old, new)
        sanctions.retarget(session, old, new)
    noted = sa.or_(sa.exists().where(StaffNote.person_key == new),
                   sa.exists().where(Sanction.target == new))
    return new if session.scalar(sa.select(noted)) else f"erased:{comment.id}"


def _forget_networks(session: Session, now: datetime) -> None:
    old = sa.select(Comment).where(Comment.network > "",
                                   Comment.created_at <= now - NETWORKS_KEPT).limit(BATCH)
    while comments := {each.id: each for each in session.scalars(old)}:
        for item in session.scalars(sa.select(ReviewItem).where(files.about(list(comments)))):
            item.facts = {name: fact for name, fact in item.facts.items() if name != "network"}
        for comment in comments.values():
            comment.network = ""
        session.commit()
