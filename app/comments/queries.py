"""Reads of comments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from app.comments.models import Comment, CommentState
from app.entries.models import Entry


@dataclass(frozen=True)
class Thread:
    """A comment and what was replied to it."""

    comment: Comment
    replies: list["Thread"] = field(default_factory=list)


@dataclass(frozen=True)
class Discussion:
    """All that readers see under an entry."""

    threads: list[Thread]
    count: int


def discussion(session: Session, entry: Entry) -> Discussion:
    """The approved comments of an entry as threads, oldest first.

    A reply whose parent is hidden is hidden with it.
    """
    comments = session.scalars(
        sa.select(Comment).where(Comment.entry_id == entry.id,
                                 Comment.state == CommentState.APPROVED)
        .order_by(Comment.created_at, Comment.id)).all()
    threads = {comment.id: Thread(comment) for comment in comments}
    # Replies are younger than what they answer, so a parent is in `shown` before its replies.
    shown: dict[int, Thread] = {}
    roots = []
    for thread in threads.values():
        parent_id = thread.comment.parent_id
        if parent_id is None:
            roots.append(thread)
        elif parent_id in shown:
            shown[parent_id].replies.append(thread)
        else:
            continue
        shown[thread.comment.id] = thread
    return Discussion(roots, len(shown))


def counts(session: Session, entries: Sequence[Entry]) -> Mapping[int, int]:
    """How many approved comments each of these entries has."""
    rows = session.execute(
        sa.select(Comment.entry_id, sa.func.count())
        .where(Comment.entry_id.in_([entry.id for entry in entries]),
               Comment.state == CommentState.APPROVED).group_by(Comment.entry_id))
    return dict(rows.all())


def followed(session: Session, token: str) -> Comment | None:
    """The comment whose sender holds this token."""
    return session.scalars(sa.select(Comment).where(Comment.follow_token == token)).first()


def public(session: Session, public_id: str) -> Comment | None:
    """The comment with this permalink, if readers may see it."""
    comment = session.scalars(sa.select(Comment).where(
        Comment.public_id == public_id, Comment.state == CommentState.APPROVED)).first()
    return comment if comment and comment.entry.is_public else None


def answerable(session: Session, entry: Entry, public_id: str) -> Comment | None:
    """The comment that can be replied to under this entry: approved, and of the same entry."""
    comment = public(session, public_id)
    return comment if comment and comment.entry_id == entry.id else None


def loaded(session: Session, ids: Sequence[int]) -> dict[int, Comment]:
    """Comments by id with what they reply to, and that to, in a fixed number of queries."""
    rows = session.scalars(sa.select(Comment).where(Comment.id.in_(ids)).options(
        selectinload(Comment.parent).selectinload(Comment.parent)))
    return {comment.id: comment for comment in rows}
