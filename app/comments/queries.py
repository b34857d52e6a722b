"""Reads of comments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, lazyload, load_only, selectinload

from app.accounts.models import Account
from app.comments.models import STANDS, Comment, CommentState
from app.comments.threads import Discussion, Order, arrange
from app.entries.models import Entry

PAGE = 20
# A withdrawn comment is not read any more, but what answers it still hangs on it.
CARRYING = (CommentState.APPROVED, CommentState.WITHDRAWN)


def shown(*roots: sa.ColumnExpressionArgument[bool]) -> sa.CTE:
    """The comments that readers see in the threads whose first comment is one of `roots`.

    Columns: `id`, the `root_id` of its thread, and `said`: 1, or 0 for one that was withdrawn.
    A reply whose parent is hidden is hidden with it.
    """
    tree = (sa.select(Comment.id, Comment.id.label("root_id"), _said(Comment))
            .where(Comment.parent_id.is_(None), Comment.state.in_(CARRYING), *roots)
            .cte("shown", recursive=True))
    reply = aliased(Comment)
    return tree.union_all(sa.select(reply.id, tree.c.root_id, _said(reply))
                          .join(tree, reply.parent_id == tree.c.id)
                          .where(reply.state.in_(CARRYING)))


def _said(comment: Any) -> sa.Label[int]:
    return sa.case((comment.state == CommentState.APPROVED, 1), else_=0).label("said")


def discussion(session: Session, entry: Entry, order: Order = Order.OLDEST,
               page: int = 1) -> Discussion:
    """One page of an entry's threads in two queries, however long they are.

    Pages are of first comments: a thread is never torn apart.
    """
    rows = session.execute(_roots(entry, order).limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    roots = [row.root_id for row in rows[:PAGE]]
    authors = {person.id for person in entry.byline}
    threads = arrange(roots, _members(session, roots), authors) if roots else []
    return Discussion(entry.path, threads, int(rows[0].total) if rows else 0, order, page,
                      more=len(rows) > PAGE)


def _roots(entry: Entry, order: Order) -> sa.Select[Any]:
    """The first comments of an entry's threads, each with the number of all comments there."""
    tree, root = shown(Comment.entry_id == entry.id), aliased(Comment)
    said = sa.func.sum(tree.c.said)
    orders = {Order.OLDEST: (root.created_at, root.id),
              Order.NEWEST: (root.created_at.desc(), root.id.desc()),
              Order.THANKED: (root.thanks.desc(), root.created_at, root.id)}
    return (sa.select(tree.c.root_id, sa.func.sum(said).over().label("total"))
            .join(root, root.id == tree.c.root_id)
            .group_by(tree.c.root_id, root.id, root.created_at, root.thanks)
            .having(said > 0).order_by(*orders[order]))


def _members(session: Session, roots: Sequence[int]) -> Sequence[Comment]:
    """All that readers see in these threads, the oldest first."""
    tree = shown(Comment.id.in_(roots))
    who = joinedload(Comment.account).options(load_only(Account.role, Account.person_id),
                                              lazyload(Account.person))
    return session.scalars(
        sa.select(Comment).where(Comment.id.in_(sa.select(tree.c.id)))
        # The entry is there already; joined, its text would come along with every comment.
        .options(who, lazyload(Comment.entry)).order_by(Comment.created_at, Comment.id)).all()


def followed(session: Session, token: str) -> Comment | None:
    """The comment whose sender holds this token."""
    return session.scalars(sa.select(Comment).where(Comment.follow_token == token)).first()


def public(session: Session, public_id: str) -> Comment | None:
    """The comment with this permalink, if readers may see it."""
    comment = session.scalars(sa.select(Comment).where(
        Comment.public_id == public_id, Comment.state == CommentState.APPROVED)).first()
    if comment is None or not comment.entry.is_public:
        return None
    return comment if comment.parent_id is None or _root(session, comment) else None


def page_of(session: Session, comment: Comment) -> str:
    """The address of the page that shows this visible comment, in the usual order."""
    root = _root(session, comment)
    if root is None:
        return comment.entry.path
    roots = _roots(comment.entry, Order.OLDEST).order_by(None).subquery()
    before = sa.or_(Comment.created_at < root.created_at,
                    sa.and_(Comment.created_at == root.created_at, Comment.id < root.id))
    number = session.scalar(sa.select(sa.func.count()).select_from(roots)
                            .join(Comment, Comment.id == roots.c.root_id).where(before)) or 0
    return Discussion(comment.entry.path, [], 0).address(Order.OLDEST, number // PAGE + 1)


def _root(session: Session, comment: Comment) -> Any:
    """The first comment of its thread, or None where something above it is hidden."""
    above = (sa.select(Comment.id, Comment.parent_id, Comment.created_at)
             .where(Comment.id == comment.id).cte("above", recursive=True))
    parent = aliased(Comment)
    above = above.union_all(sa.select(parent.id, parent.parent_id, parent.created_at)
                            .join(above, parent.id == above.c.parent_id)
                            .where(parent.state.in_(CARRYING)))
    return session.execute(sa.select(above).where(above.c.parent_id.is_(None))).first()


def answerable(session: Session, entry: Entry, public_id: str) -> Comment | None:
    """The comment that can be replied to under this entry: approved, and of the same entry."""
    comment = public(session, public_id)
    return comment if comment and comment.entry_id == entry.id else None


@dataclass(frozen=True)
class Said:
    """What makes a comment the same as another one: its own id, where it stands, its digest."""

    comment_id: int
    entry_id: int
    digest: str


def stands(session: Session, said: Said) -> bool:
    """Whether another comment says this already; one that was withdrawn says nothing."""
    return session.scalar(sa.select(Comment.id).where(
        Comment.entry_id == said.entry_id, Comment.digest == said.digest,
        Comment.id != said.comment_id, STANDS)) is not None


def loaded(session: Session, ids: Sequence[int]) -> dict[int, Comment]:
    """Comments by id with what they reply to, and that to, in a fixed number of queries."""
    rows = session.scalars(sa.select(Comment).where(Comment.id.in_(ids)).options(
        selectinload(Comment.parent).selectinload(Comment.parent)))
    return {comment.id: comment for comment in rows}
