"""What an editor sees of comments: the thread that each continues, and where it leads."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.comments.identity import address_of
from app.comments.linking import links
from app.comments.models import Comment, CommentState
from app.database import table
from app.entries.models import Entry
from app.prepared import Read, among

SEEN = (CommentState.WAITING, CommentState.APPROVED)


class Said(NamedTuple):
    """Another comment above it."""

    author_name: str
    html: str
    path: str = ""


class CommentCard(NamedTuple):
    """A comment as its card at the desk shows it.

    `identity` says in two words how far it is known who sent it; `beside` counts the other answers
    to the same comment, waiting or published.
    """

    entry_title: str
    entry_path: str
    address: str
    identity: str
    author_headline: str
    edited_at: datetime | None
    html: str
    links: tuple[str, ...]
    parent: Said | None
    grandparent: Said | None
    beside: int


_C, _E = table(Comment), table(Entry)
_P, _G = _C.alias("parent"), _C.alias("grandparent")
# Built once: putting such a statement together costs as much as asking it.
_CARDS = Read(
    sa.select(_C.c.id, _C.c.state, _C.c.parent_id, _C.c.author_email, _C.c.author_headline,
              _C.c.author_url, _C.c.reader_id, _C.c.account_id, _C.c.edited_at, _C.c.html,
              _E.c.title, _E.c.section, _E.c.slug,
              _P.c.author_name.label("parent_name"), _P.c.html.label("parent_html"),
              _P.c.public_id.label("parent_public_id"),
              _G.c.author_name.label("grandparent_name"), _G.c.html.label("grandparent_html"))
    .join_from(_C, _E, _E.c.id == _C.c.entry_id).outerjoin(_P, _P.c.id == _C.c.parent_id)
    .outerjoin(_G, _G.c.id == _P.c.parent_id).where(_C.c.id.in_(among("ids"))))
_SEEN = sa.or_(*(_C.c.state == state for state in SEEN))
_ANSWERS = Read(sa.select(_C.c.parent_id, sa.func.count())
                .where(_C.c.parent_id.in_(among("ids")), _SEEN).group_by(_C.c.parent_id))


def cards(session: Session, ids: Sequence[int]) -> dict[int, CommentCard]:
    """Comments by id, with what stands around each, in one query or two however many there are."""
    rows = _CARDS.rows(session, {"ids": list(ids)})
    parents = {row.parent_id for row in rows if row.parent_id is not None}
    answers = dict(_ANSWERS.rows(session, {"ids": list(parents)})) if parents else {}
    return {row.id: _card(row, answers) for row in rows}


def _card(row: Any, answers: Mapping[int, int]) -> CommentCard:
    parent = (Said(row.parent_name, row.parent_html, f"/comments/{row.parent_public_id}")
              if row.parent_id is not None else None)
    grandparent = (Said(row.grandparent_name, row.grandparent_html)
                   if row.grandparent_name is not None else None)
    return CommentCard(
        row.title, f"/{row.section}/{row.slug}", address_of(row.author_email),
        "signed in" if row.account_id else "confirmed" if row.reader_id else "not confirmed",
        row.author_headline, row.edited_at, row.html, links(row.html, row.author_url),
        parent, grandparent, answers.get(row.parent_id, 0) - (row.state in SEEN) if parent else 0)
