"""What stands around a comment on its card at the desk: the others there, and where it links to."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.comments.linking import links
from app.comments.models import Comment, CommentState

SEEN = (CommentState.WAITING, CommentState.APPROVED)


@dataclass(frozen=True)
class Around:
    """`beside` counts the other answers to the same comment, waiting or published."""

    beside: int
    links: tuple[str, ...]


def around(session: Session, comments: Mapping[int, Comment]) -> dict[int, Around]:
    """What stands around each of these comments, in one query however many there are."""
    parents = {each.parent_id for each in comments.values() if each.parent_id is not None}
    answers = _answers(session, parents) if parents else {}
    return {number: Around(answers[each.parent_id] - (each.state in SEEN) if each.parent_id else 0,
                           links(each)) for number, each in comments.items()}


def _answers(session: Session, parents: set[int]) -> dict[int | None, int]:
    rows = session.execute(
        sa.select(Comment.parent_id, sa.func.count())
        .where(Comment.parent_id.in_(parents), Comment.state.in_(SEEN)).group_by(Comment.parent_id))
    return {**dict.fromkeys(parents, 0), **dict(rows.all())}
