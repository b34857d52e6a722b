"""The one appeal of whoever sent a comment that was not published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, lazyload

from app.comments import queries, review, telling
from app.comments.cases import files
from app.comments.cases.models import Appeal, CaseState
from app.comments.models import Comment, CommentState
from app.desk import actions as desk
from app.desk.kinds import Effect, Kind, NotPossible
from app.desk.models import Decision, Verb

KIND = files.APPEAL
REFUSED = (CommentState.REJECTED, CommentState.SPAM)
WINDOW = timedelta(days=30)
LONGEST = 2_000
WHY = "Its sender asks for a second look."


class NoAppeal(Exception):
    """There is nothing to appeal against, or not any more; the text says why."""


@dataclass(frozen=True)
class Objection:
    """An appeal, and the decision that it is against."""

    appeal: Appeal
    decision: Decision | None


def of(session: Session, comment: Comment) -> Appeal | None:
    """The appeal of this comment's sender, if there was one."""
    return session.scalars(sa.select(Appeal).where(Appeal.comment_id == comment.id)
                           .options(lazyload(Appeal.comment))).first()


def is_open_to(comment: Comment, appeal: Appeal | None, now: datetime) -> bool:
    """Whether its sender may appeal now: once, and within 30 days of the decision."""
    return (comment.state in REFUSED and appeal is None and comment.ended_at is not None
            and now < comment.ended_at + WINDOW)


def send(session: Session, comment: Comment, text: str, *, now: datetime) -> Appeal:
    """Puts the appeal on the desk. Commits. Raises NoAppeal."""
    files.lock(session, comment)
    before = of(session, comment)
    if not is_open_to(comment, before, now):
        session.rollback()
        raise NoAppeal(_why_not(comment, before))
    appeal = Appeal(comment=comment, comment_id=comment.id, text=text, against=comment.state,
                    sent_at=now)
    session.add(appeal)
    session.flush()
    desk.hold(session, KIND, appeal.id, now=now, cause=desk.Cause(WHY), title=comment.entry.title,
              text=text, person=comment.author_name, person_key=comment.person_key,
              entry_id=comment.entry_id)
    session.commit()
    return appeal


def _why_not(comment: Comment, before: Appeal | None) -> str:
    if before:
        return "You have appealed already, and there is one appeal for each comment."
    if comment.state in REFUSED:
        return "An appeal can be sent for 30 days after the decision, and they are over."
    return "There is no decision against this comment, so there is nothing to appeal against."


def drop(session: Session, comment: Comment) -> None:
    """Its comment is withdrawn, so nobody has to decide the appeal."""
    session.execute(sa.update(Appeal).where(Appeal.comment_id == comment.id,
                                            Appeal.state == CaseState.OPEN)
                    .values(state=CaseState.DROPPED))


def loaded(session: Session, ids: Sequence[int]) -> Mapping[int, Objection]:
    """Appeals by id with the decisions they are against, in two queries."""
    appeals = session.scalars(sa.select(Appeal).where(Appeal.id.in_(ids)).options(
        joinedload(Appeal.comment, innerjoin=True).options(queries.UNDER))).all()
    decisions = files.standing(session, [appeal.comment_id for appeal in appeals])
    return {appeal.id: Objection(appeal, next(
        (each for each in decisions[appeal.comment_id]
         if each.item.kind != KIND and each.decided_at <= appeal.sent_at), None))
        for appeal in appeals}


def _grant(session: Session, objection: Objection, decision: Decision, now: datetime) -> None:
    objection.appeal.state = CaseState.GRANTED
    review.become(CommentState.APPROVED)(session, objection.appeal.comment, decision, now)


def _refuse(session: Session, objection: Objection, decision: Decision, now: datetime) -> None:
    objection.appeal.state = CaseState.REFUSED
    telling.decided(session, objection.appeal.comment, decision, now)


def _revert(session: Session, objection: Objection, decision: Decision, now: datetime) -> None:
    appeal = objection.appeal
    files.insist_on_top(session, appeal.comment, decision)
    if not appeal.text:
        raise NotPossible("The words of the appeal have been erased, so there is nothing left to"
                          " decide.")
    if appeal.state is CaseState.GRANTED:
        if appeal.comment.state is not CommentState.APPROVED:
            raise NotPossible("The comment is not published any more.")
        review.restore(session, appeal.comment, appeal.against, decision, now)
    else:
        telling.taken_back(session, decision, now)
    appeal.state = CaseState.OPEN


kind = Kind(
    name=KIND, label="Appeal", card="comments/_appeal.html", load=loaded,
    effects={
        Verb.APPROVE: Effect(_grant, _revert),
        Verb.REJECT: Effect(_refuse, _revert),
        Verb.SPAM: Effect(_refuse, _revert),
    },
)
