"""Everything at the desk that is about one comment: itself, the reports about it, its appeal.

They stand on each other like sheets in a file: only the top one can be taken back. So a comment has
one open question at a time, and no undo brings back what something newer has overtaken.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload

from app.comments.actions import KIND
from app.comments.cases.models import Appeal, Complaint
from app.comments.models import Comment, CommentState
from app.desk.kinds import NotPossible
from app.desk.models import Decision, ItemState, ReviewItem, Verb

REPORT, APPEAL = "report", "appeal"
BY_SENDER = "an edit of its sender"
WAITS_INSTEAD = {
    KIND: "The comment itself waits at the desk: decide that instead.",
    REPORT: "Readers have reported it: decide their report instead.",
    APPEAL: "Its sender has appealed: decide the appeal instead.",
}


def about(ids: Sequence[int]) -> sa.ColumnElement[bool]:
    """Whether an item is about one of these comments."""
    tables: tuple[tuple[str, type[Appeal] | type[Complaint]], ...] = (
        (REPORT, Complaint), (APPEAL, Appeal))
    cases = (sa.and_(ReviewItem.kind == name, ReviewItem.subject_id.in_(
        sa.select(table.id).where(table.comment_id.in_(ids)))) for name, table in tables)
    return sa.or_(sa.and_(ReviewItem.kind == KIND, ReviewItem.subject_id.in_(ids)), *cases)


def lock(session: Session, comment: Comment) -> Sequence[ReviewItem]:
    """All items about a comment, and the comment itself, as they stand now.

    Nobody else changes them until this transaction ends. Items come first, as they do in a
    decision, so that two never wait for each other.
    """
    items = session.scalars(sa.select(ReviewItem).where(about([comment.id]))
                            .order_by(ReviewItem.id).with_for_update()
                            .execution_options(populate_existing=True)).all()
    session.scalars(sa.select(Comment).where(Comment.id == comment.id).with_for_update()
                    .options(lazyload(Comment.entry))
                    .execution_options(populate_existing=True)).one()
    return items


def own(items: Sequence[ReviewItem]) -> ReviewItem | None:
    """The item among these that is the comment's own."""
    return next((item for item in items if item.kind == KIND), None)


def standing(session: Session, ids: Sequence[int]) -> Mapping[int, list[Decision]]:
    """The decisions that stand about each of these comments, newest first, in one query."""
    comment_id = sa.case((ReviewItem.kind == KIND, ReviewItem.subject_id),
                         (ReviewItem.kind == REPORT, Complaint.comment_id),
                         else_=Appeal.comment_id)
    rows = session.execute(
        sa.select(comment_id, Decision).join(Decision.item)
        .outerjoin(Complaint, sa.and_(ReviewItem.kind == REPORT,
                                      Complaint.id == ReviewItem.subject_id))
        .outerjoin(Appeal, sa.and_(ReviewItem.kind == APPEAL, Appeal.id == ReviewItem.subject_id))
        .where(about(ids), Decision.undone_at.is_(None)).order_by(Decision.id.desc()))
    found: dict[int, list[Decision]] = {each: [] for each in ids}
    for each, decision in rows:
        found[each].append(decision)
    return found


def is_taken_back(session: Session, item: ReviewItem) -> bool:
    """Whether an editor has taken back what was decided last, and has it before them again."""
    newest = session.execute(
        sa.select(Decision.undone_at, Decision.undone_by).where(Decision.item_id == item.id)
        .order_by(Decision.id.desc()).limit(1)).first()
    return bool(newest and newest.undone_at and newest.undone_by != BY_SENDER)


def placing(session: Session, comment: Comment) -> Decision | None:
    """The decision that put a comment where it stands; None where none that stands did.

    Reports that were turned down and appeals that failed have left it there.
    """
    return next((each for each in standing(session, [comment.id])[comment.id] if _moved(each)),
                None)


def _moved(decision: Decision) -> bool:
    approved = decision.verb is Verb.APPROVE
    return {REPORT: not approved, APPEAL: approved}.get(decision.item.kind, True)


def insist_on_top(session: Session, comment: Comment, decision: Decision) -> None:
    """Raises NotPossible unless this decision, which is being taken back, is the newest there is.

    A withdrawn comment stays with its sender, and erased words cannot be decided again.
    """
    if comment.state is CommentState.WITHDRAWN:
        raise NotPossible("Its sender has withdrawn it, so there is nothing to take back.")
    if comment.erased_at:
        raise NotPossible("Its words have been erased, so there is nothing left to decide.")
    waiting = session.scalars(sa.select(ReviewItem.kind).where(
        about([comment.id]), ReviewItem.state == ItemState.WAITING,
        ReviewItem.id != decision.item_id)).first()
    if waiting:
        raise NotPossible(WAITS_INSTEAD[waiting])
    if any(each.id > decision.id for each in standing(session, [comment.id])[comment.id]):
        raise NotPossible("Something newer was decided about this comment. Take that back first.")
