"""Reads of comments."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, lazyload, selectinload

from app.accounts.models import Account
from app.comments import threads
from app.comments.models import CARRYING, STANDS, Comment, CommentState, comments_under
from app.comments.threads import Spot
from app.comments.values import Discussion, Order, Shown
from app.database import table, unindexed
from app.entries.models import Entry
from app.entries.queries import BARE, Heading
from app.entries.values import Reading
from app.pagecache import carries
from app.prepared import Read, among


def shown(*roots: sa.ColumnExpressionArgument[bool]) -> sa.CTE:
    """The comments that readers see in the threads whose first comment is one of `roots`.

    Columns: `id`, the `root_id` of its thread, and `said`: 1, or 0 for one that was withdrawn.
    A reply whose parent is hidden is hidden with it.
    """
    tree = (sa.select(Comment.id, Comment.id.label("root_id"), _said(Comment))
            .where(unindexed(Comment.parent_id.is_(None)), Comment.state.in_(CARRYING), *roots)
            .cte("shown", recursive=True))
    reply = aliased(Comment)
    return tree.union_all(sa.select(reply.id, tree.c.root_id, _said(reply))
                          .join(tree, reply.parent_id == tree.c.id)
                          .where(reply.state.in_(CARRYING)))


def _said(comment: Any) -> sa.Label[int]:
    return sa.case((comment.state == CommentState.APPROVED, 1), else_=0).label("said")


# Built once: putting such a statement together costs as much as asking it.
_C, _A = table(Comment).c, table(Account).c
_PLACES = (sa.select(_C.id, _C.parent_id, (_C.state == CommentState.APPROVED).label("said"),
                     _C.created_at, _C.thanks)
           .where(_C.state.in_([sa.literal_column(f"'{state}'") for state in CARRYING])))
_OF_ENTRY = _C.entry_id == sa.bindparam("entry_id")
_SPOTS = Read(_PLACES.where(_OF_ENTRY).order_by(_C.created_at, _C.id))
_SHOWN = (_PLACES.add_columns(
    _C.public_id, _C.author_name, _C.author_headline, _C.author_url, _C.picture, _C.html,
    _C.edited_at, _C.account_id, _A.role, _A.person_id)
    .outerjoin(table(Account), _A.id == _C.account_id))
# Of most entries it is all that was said. In no order, so that no more rows are read than these.
_FEW = Read(_SHOWN.where(_OF_ENTRY).limit(threads.MOST + 1))
_THESE = Read(_SHOWN.where(_C.id.in_(among("ids"))))


def discussion(session: Session, entry: Entry | Reading, order: Order = Order.OLDEST,
               page: int = 1) -> Discussion:
    """One page of an entry's threads: in one query, or in three if there is more than a page."""
    carries(comments_under(entry.id))
    few = _shown(session, _FEW, {"entry_id": entry.id})
    whole = len(few) <= threads.MOST
    spots: Sequence[Shown | Spot] = (
        sorted(few, key=lambda each: (each.created_at, each.id)) if whole
        else _spots(session, entry.id))
    laid = threads.lay_out(spots, order)
    pages = threads.cut(laid)
    parts = pages[page - 1] if page <= len(pages) else []
    needed = threads.needed(parts)
    rows = few if whole else _shown(session, _THESE, {"ids": list(needed)}) if needed else []
    comments = {each.id: each for each in rows}
    carries(*(f"account:{each.account_id}" for each in rows if each.account_id is not None))
    authors = {person.id for person in entry.byline}
    return Discussion(entry.path, [threads.grown(part, comments, authors) for part in parts],
                      sum(place.said for thread in laid for place in thread), order, page,
                      more=page < len(pages))


def _spots(session: Session, entry_id: int) -> list[Spot]:
    """All that carries a thread of this entry, the oldest first."""
    return [Spot._make(row) for row in _SPOTS.rows(session, {"entry_id": entry_id})]


def _shown(session: Session, query: Read, values: dict[str, Any]) -> list[Shown]:
    return [Shown._make(row) for row in query.rows(session, values)]


# Of its entry, whoever asks for a comment shows no more than its title and where it is.
UNDER = joinedload(Comment.entry, innerjoin=True).options(*BARE)
_FOLLOWED = sa.select(Comment).where(Comment.follow_token == sa.bindparam("token")).options(UNDER)
_PUBLIC = sa.select(Comment).where(Comment.public_id == sa.bindparam("public_id"),
                                   Comment.state == CommentState.APPROVED).options(UNDER)


def followed(session: Session, token: str) -> Comment | None:
    """The comment whose sender holds this token."""
    return session.scalars(_FOLLOWED, {"token": token}).first()


def public(session: Session, public_id: str) -> Comment | None:
    """The comment with this permalink, if readers may see it."""
    comment = session.scalars(_PUBLIC, {"public_id": public_id}).first()
    if comment is None or not comment.entry.is_public:
        return None
    return comment if hangs_on_seen(session, comment) else None


def page_of(session: Session, comment: Comment) -> str:
    """The address of the page that shows this visible comment, in the usual order."""
    pages = threads.cut(threads.lay_out(_spots(session, comment.entry_id)))
    number = next((number for number, parts in enumerate(pages, 1) for part in parts
                   for place in part if place.id == comment.id), 1)
    return Discussion(comment.entry.path, [], 0).address(Order.OLDEST, number)


def hangs_on_seen(session: Session, comment: Comment) -> bool:
    """Whether nothing hides what a comment answers, however deep it stands; in one query."""
    if comment.parent_id is None:
        return True
    above = (sa.select(Comment.id, Comment.parent_id)
             .where(Comment.id == comment.parent_id, Comment.state.in_(CARRYING))
             .cte("above", recursive=True))
    parent = aliased(Comment)
    above = above.union_all(sa.select(parent.id, parent.parent_id)
                            .join(above, parent.id == above.c.parent_id)
                            .where(parent.state.in_(CARRYING)))
    return session.scalar(sa.select(above.c.id).where(above.c.parent_id.is_(None))) is not None


def answerable(session: Session, entry: Entry | Reading | Heading,
               public_id: str) -> Comment | None:
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
    rows = session.scalars(_LOADED, {"ids": list(ids)})
    return {comment.id: comment for comment in rows}


# Built once.
_LOADED = sa.select(Comment).where(Comment.id.in_(sa.bindparam("ids", expanding=True))).options(
    UNDER, selectinload(Comment.parent).options(
        lazyload(Comment.entry), selectinload(Comment.parent).lazyload(Comment.entry)))
