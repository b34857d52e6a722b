"""How the desk answers the reports about a comment: it stays, or it is hidden."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from app.comments import queries, review
from app.comments.cases import files, reporting
from app.comments.cases.models import CaseState, Complaint, Report
from app.comments.models import Comment, CommentState
from app.desk.kinds import Change, Effect, Kind, NotPossible
from app.desk.models import Decision, Verb

# So many notes stand on a card; one that was reported by a crowd would hide all others.
NEWEST = 3


@dataclass(frozen=True)
class Dossier:
    """A complaint with the newest notes of its reports, the newest first, and how many there are.
    """

    complaint: Complaint
    notes: Sequence[str]
    noted: int

    @property
    def comment(self) -> Comment:
        """What was reported."""
        return self.complaint.comment


def loaded(session: Session, ids: Sequence[int]) -> Mapping[int, Dossier]:
    """Complaints by id with their comments and newest notes, in two queries."""
    complaints = session.scalars(sa.select(Complaint).where(Complaint.id.in_(ids)).options(
        joinedload(Complaint.comment, innerjoin=True).options(queries.UNDER))).all()
    found: dict[int, list[tuple[str, int]]] = {each: [] for each in ids}
    for complaint_id, note, noted in session.execute(_newest(ids)):
        found[complaint_id].append((note, noted))
    return {each.id: Dossier(each, [note for note, _ in found[each.id]],
                             max((noted for _, noted in found[each.id]), default=0))
            for each in complaints}


def _newest(ids: Sequence[int]) -> sa.Select[int, str, int]:
    """The newest notes of each complaint with the number of all of them."""
    place = sa.func.row_number().over(partition_by=Report.complaint_id, order_by=Report.id.desc())
    noted = sa.func.count().over(partition_by=Report.complaint_id)
    ranked = aliased(Report, sa.select(Report, place.label("place"), noted.label("noted")).where(
        Report.complaint_id.in_(ids), Report.note != "").subquery("ranked"))
    columns = sa.inspect(ranked).selectable.c
    return (sa.select(ranked.complaint_id, ranked.note, columns.noted)
            .where(columns.place <= NEWEST).order_by(ranked.id.desc()))


def _keep(session: Session, dossier: Dossier, decision: Decision, now: datetime) -> None:
    dossier.complaint.state = CaseState.REFUSED


def _hide(state: CommentState) -> Change:
    def change(session: Session, dossier: Dossier, decision: Decision, now: datetime) -> None:
        dossier.complaint.state = CaseState.GRANTED
        review.become(state)(session, dossier.comment, decision, now)
    return change


def _revert(session: Session, dossier: Dossier, decision: Decision, now: datetime) -> None:
    files.insist_on_top(session, dossier.comment, decision)
    if dossier.complaint.state is CaseState.GRANTED:
        review.restore(session, dossier.comment, CommentState.APPROVED, decision, now)
    elif dossier.comment.state is not CommentState.APPROVED:
        raise NotPossible("The comment is not published any more.")
    if reporting.is_reported(session, dossier.comment):
        raise NotPossible("Readers have reported it again: decide their new report instead.")
    dossier.complaint.state = CaseState.OPEN


kind = Kind(
    name=reporting.KIND, label="Report", card="comments/_complaint.html", load=loaded,
    effects={
        Verb.APPROVE: Effect(_keep, _revert),
        Verb.REJECT: Effect(_hide(CommentState.REJECTED), _revert),
        Verb.SPAM: Effect(_hide(CommentState.SPAM), _revert),
    },
)
