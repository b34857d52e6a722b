"""Readers' reports: all about one comment are one complaint, and one item at the desk."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.comments import review
from app.comments.cases import files
from app.comments.gathering import Sender
from app.comments.models import CaseState, Comment, CommentState, Complaint, Report
from app.desk import actions as desk
from app.desk import queries as desk_queries
from app.desk.kinds import Change, Effect, Kind, NotPossible
from app.desk.models import Decision, Verb

KIND = files.REPORT
# Minutes of head start that one report by somebody who is always right would give.
PER_REPORT = 120
PROVEN = 30
MOST = 24 * 60
# Reports taken from one network in a period: a school's worth, not a machine's.
PER_NETWORK = 20
PERIOD = timedelta(hours=1)


class Reason(StrEnum):
    """What readers can say is wrong with a comment."""

    RUDE = "rude"
    SPAM = "spam"
    PRIVATE = "private"
    OFF_TOPIC = "off-topic"
    UNTRUE = "untrue"
    OTHER = "other"


REASONS = {
    Reason.RUDE: "It is rude or hateful",
    Reason.SPAM: "It is advertising",
    Reason.PRIVATE: "It gives away something private",
    Reason.OFF_TOPIC: "It has nothing to do with the piece",
    Reason.UNTRUE: "It is not true",
    Reason.OTHER: "Something else",
}


class NotThere(Exception):
    """The comment is not seen by readers any more."""


def reporter(sender: Sender, agent: str, secret: str) -> str:
    """Who reports: the proven identity, else a hash that tells two apart and names nobody."""
    if sender.reader:
        return sender.reader.key
    if sender.account:
        return f"account:{sender.account.id}"
    who = f"report\0{sender.network}\0{agent}"
    return hmac.new(secret.encode(), who.encode(), hashlib.sha256).hexdigest()


def report(session: Session, comment: Comment, by: str, reason: Reason, note: str, *,
           now: datetime) -> bool:
    """Takes one report in; False if this reporter has reported this comment before. Commits.

    Raises NotThere for a comment that is hidden by now.
    """
    files.lock(session, comment)
    if comment.state is not CommentState.APPROVED:
        session.rollback()
        raise NotThere
    if _has_reported(session, comment, by):
        session.rollback()
        return False
    complaint = _open(session, comment, now)
    complaint.reports.append(Report(reporter=by, reason=reason, note=note, created_at=now))
    session.flush()
    _tell_the_desk(session, complaint, now)
    session.commit()
    return True


def _has_reported(session: Session, comment: Comment, by: str) -> bool:
    return session.scalar(sa.select(Report.id).join(Complaint)
                          .where(Complaint.comment_id == comment.id, Report.reporter == by)
                          .limit(1)) is not None


def _open(session: Session, comment: Comment, now: datetime) -> Complaint:
    """The complaint that is open about this comment, or a new one."""
    found = session.scalars(
        sa.select(Complaint).options(selectinload(Complaint.reports)).where(
            Complaint.comment_id == comment.id, Complaint.state == CaseState.OPEN)).first()
    if found is None:
        found = Complaint(comment=comment, comment_id=comment.id, opened_at=now, reports=[])
        session.add(found)
    return found


def _tell_the_desk(session: Session, complaint: Complaint, now: datetime) -> None:
    comment, minutes = complaint.comment, urgency(session, complaint.reports)
    item = desk_queries.item_of(session, KIND, complaint.id)
    if item is None:
        desk.hold(session, KIND, complaint.id, now=now, cause=desk.Cause(why(complaint.reports)),
                  title=comment.entry.title, text=comment.body, person=comment.author_name,
                  person_key=comment.person_key, entry_id=comment.entry_id, urgency=minutes)
    else:
        item.why = why(complaint.reports)
        desk.press(item, minutes)


def why(reports: Sequence[Report]) -> str:
    """How many readers reported it and what they said, most frequent first."""
    number = len(reports)
    counted = Counter(REASONS[Reason(each.reason)] for each in reports).most_common()
    said = "; ".join(f"{words.lower()}{f' ({times})' if times > 1 else ''}"
                     for words, times in counted)
    return f"{'A reader' if number == 1 else f'{number} readers'} reported it: {said}."


def urgency(session: Session, reports: Sequence[Report]) -> int:
    """Minutes of head start: how often each reporter was right before, added up; at most a day.

    Whoever reports for the first time counts as right half of the time (Laplace's rule of
    succession), so one report neither shouts nor is lost.
    """
    right = _record(session, [each.reporter for each in reports])
    minutes = 0.0
    for each in reports:
        granted, decided = right.get(each.reporter, (0, 0))
        minutes += PER_REPORT * (granted + 1) / (decided + 2) + PROVEN * (":" in each.reporter)
    return min(MOST, round(minutes))


def _record(session: Session, reporters: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """Of each reporter: how many of their reports were granted, and how many were decided."""
    granted = sa.func.sum(sa.case((Complaint.state == CaseState.GRANTED, 1), else_=0))
    rows = session.execute(
        sa.select(Report.reporter, granted, sa.func.count()).join(Complaint)
        .where(Report.reporter.in_(reporters),
               Complaint.state.in_([CaseState.GRANTED, CaseState.REFUSED]))
        .group_by(Report.reporter))
    return {who: (int(right), decided) for who, right, decided in rows}


def drop(session: Session, comment: Comment) -> None:
    """The comment is withdrawn, so nobody has to decide what was reported about it."""
    session.execute(sa.update(Complaint).where(Complaint.comment_id == comment.id,
                                               Complaint.state == CaseState.OPEN)
                    .values(state=CaseState.DROPPED))


def is_reported(session: Session, comment: Comment) -> bool:
    """Whether a complaint about it waits."""
    return session.scalar(sa.select(Complaint.id).where(
        Complaint.comment_id == comment.id, Complaint.state == CaseState.OPEN)) is not None


def loaded(session: Session, ids: Sequence[int]) -> Mapping[int, Complaint]:
    """Complaints by id with their comments and reports, in two queries."""
    rows = session.scalars(sa.select(Complaint).where(Complaint.id.in_(ids))
                           .options(selectinload(Complaint.reports)))
    return {complaint.id: complaint for complaint in rows}


def _keep(session: Session, complaint: Complaint, decision: Decision, now: datetime) -> None:
    complaint.state = CaseState.REFUSED


def _hide(state: CommentState) -> Change:
    def change(session: Session, complaint: Complaint, decision: Decision, now: datetime) -> None:
        complaint.state = CaseState.GRANTED
        review.become(state)(session, complaint.comment, decision, now)
    return change


def _revert(session: Session, complaint: Complaint, decision: Decision, now: datetime) -> None:
    files.insist_on_top(session, complaint.comment, decision)
    if complaint.state is CaseState.GRANTED:
        review.restore(session, complaint.comment, CommentState.APPROVED, decision, now)
    elif complaint.comment.state is not CommentState.APPROVED:
        raise NotPossible("The comment is not published any more.")
    if is_reported(session, complaint.comment):
        raise NotPossible("Readers have reported it again: decide their new report instead.")
    complaint.state = CaseState.OPEN


kind = Kind(
    name=KIND, label="Report", card="comments/_complaint.html", load=loaded,
    effects={
        Verb.APPROVE: Effect(_keep, _revert),
        Verb.REJECT: Effect(_hide(CommentState.REJECTED), _revert),
        Verb.SPAM: Effect(_hide(CommentState.SPAM), _revert),
    },
)
