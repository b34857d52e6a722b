"""Readers' reports: all about one comment are one complaint, and one item at the desk.

How the desk answers it is in `answering`.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload, selectinload

from app.comments.cases import files
from app.comments.cases.models import CaseState, Complaint, Report
from app.comments.gathering import Sender
from app.comments.models import Comment, CommentState
from app.desk import actions as desk
from app.desk import queries as desk_queries

KIND = files.REPORT
# Minutes of head start that one report by somebody who is always right would give.
PER_REPORT = 120
PROVEN = 30
MOST = 24 * 60
# Reports taken from one network in a period: a school's worth, not a machine's.
PER_NETWORK = 20
PERIOD = timedelta(hours=1)
# Kept of what one network reports about one comment, whatever browsers it says it has. However
# many they are, they weigh as one.
FROM_ONE_NETWORK = 5
_PLACE = 20


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
    """Who reports: the proven identity, else a hash that tells two apart and names nobody.

    All from one network begin alike, up to a dot; one that says nothing has no such beginning.
    """
    if sender.reader:
        return sender.reader.key
    if sender.account:
        return f"account:{sender.account.id}"
    one = _hash(secret, f"report\0{sender.network}\0{agent}")
    return f"{_hash(secret, f'reports from{chr(0)}{sender.network}')[:_PLACE]}.{one}" if (
        sender.network) else one


def _hash(secret: str, who: str) -> str:
    return hmac.new(secret.encode(), who.encode(), hashlib.sha256).hexdigest()


def place(reporter: str) -> str:
    """What all reporters from one network share; of everybody else, the whole of it."""
    return reporter.partition(".")[0]


def report(session: Session, comment: Comment, by: str, reason: Reason, note: str, *,
           now: datetime) -> bool:
    """Takes one report in; False if this reporter, or many others from their network, have reported
    this comment before. Commits.

    Raises NotThere for a comment that is hidden by now.
    """
    files.lock(session, comment)
    if comment.state is not CommentState.APPROVED:
        session.rollback()
        raise NotThere
    if _have_reported(session, comment, by):
        session.rollback()
        return False
    complaint = _open(session, comment, now)
    complaint.reports.append(Report(reporter=by, reason=reason, note=note, created_at=now))
    session.flush()
    _tell_the_desk(session, complaint, now)
    session.commit()
    return True


def _have_reported(session: Session, comment: Comment, by: str) -> bool:
    before = session.scalars(sa.select(Report.reporter).join(Complaint)
                             .where(Complaint.comment_id == comment.id)).all()
    return by in before or sum(place(each) == place(by) for each in before) >= FROM_ONE_NETWORK


def _open(session: Session, comment: Comment, now: datetime) -> Complaint:
    """The complaint that is open about this comment, or a new one."""
    found = session.scalars(
        sa.select(Complaint).options(lazyload(Complaint.comment), selectinload(Complaint.reports))
        .where(Complaint.comment_id == comment.id, Complaint.state == CaseState.OPEN)).first()
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
    """How many readers reported it and what they said, most frequent first.

    All from one network are one, for it may be one.
    """
    number = len({place(each.reporter) for each in reports})
    once = dict.fromkeys((place(each.reporter), each.reason) for each in reports)
    counted = Counter(REASONS[Reason(reason)] for _, reason in once).most_common()
    said = "; ".join(f"{words.lower()}{f' ({times})' if times > 1 else ''}"
                     for words, times in counted)
    return f"{'A reader' if number == 1 else f'{number} readers'} reported it: {said}."


def urgency(session: Session, reports: Sequence[Report]) -> int:
    """Minutes of head start: how often each reporter was right before, added up; at most a day.

    Whoever reports for the first time counts as right half of the time (Laplace's rule of
    succession), so one report neither shouts nor is lost. A network is one reporter: a new name
    for one's browser makes nobody new.
    """
    places = {place(each.reporter) for each in reports}
    right = _record(session, places)
    minutes = 0.0
    for each in places:
        granted, decided = right.get(each, (0, 0))
        minutes += PER_REPORT * (granted + 1) / (decided + 2) + PROVEN * (":" in each)
    return min(MOST, round(minutes))


def _record(session: Session, places: Collection[str]) -> Mapping[str, tuple[int, int]]:
    """Of each place: how many complaints from there were granted, and how many were decided."""
    whence = sa.case((sa.func.substr(Report.reporter, _PLACE + 1, 1) == ".",
                      sa.func.substr(Report.reporter, 1, _PLACE)), else_=Report.reporter)
    answered = (sa.select(whence.label("place"), Complaint.id, Complaint.state)
                .select_from(Report).join(Complaint)
                .where(whence.in_(places),
                       Complaint.state.in_([CaseState.GRANTED, CaseState.REFUSED]))
                .distinct().subquery())
    granted = sa.func.sum(sa.case((answered.c.state == CaseState.GRANTED, 1), else_=0))
    rows = session.execute(sa.select(answered.c.place, granted, sa.func.count())
                           .group_by(answered.c.place))
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
