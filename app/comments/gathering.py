"""Gathers the facts of one comment on its way in, in as few queries as will do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.comments.candidate import Candidate
from app.comments.linking import links
from app.comments.models import STANDS, Comment, CommentState
from app.entries.models import Entry, EntryState
from app.prepared import Prepared
from app.readers.models import Reader
from app.rules import classifier
from app.rules import queries as rules
from app.rules.facts import Facts
from app.rules.judging import Line
from app.rules.sanctions import HOLDING, aimed, targets

WINDOW = timedelta(minutes=10)
LATELY = timedelta(days=30)
_REFUSED = sa.or_(Comment.state == CommentState.REJECTED, Comment.state == CommentState.SPAM)


@dataclass(frozen=True)
class Sender:
    """What is known of whoever sends, beyond what they typed.

    `network` is the prefix they come from, "" where that says nothing; `reader` and `account` are
    set only if the browser proved to be theirs; `proof` names a solved sum, used before or not.
    `address` and `agent` are what a spam service is told; they are not kept.
    """

    network: str = ""
    reader: Reader | None = None
    account: Account | None = None
    honeypot: bool = False
    proof: str | None = None
    address: str = ""
    agent: str = ""


def gather(session: Session, comment: Candidate, sender: Sender, now: datetime, *,
           service: str = "") -> tuple[Sequence[Line], Facts]:
    """The rules that hold for a comment that is new or has new words, and what they may look at.

    `service` is what an outside spam service said of it.
    """
    known = _known(session, comment, sender, now)
    verified = sender.reader is not None or sender.account is not None
    spam_chance, learned = classifier.score(session, counted_words(comment))
    return rules.written(known.book, known.own), Facts(
        body=comment.body, name=comment.author_name, headline=comment.author_headline,
        url=comment.author_url, links=links(comment.html, comment.author_url),
        closed=not known.open, duplicate=known.duplicate > 0,
        from_network=known.from_network, from_identity=known.from_identity,
        staff=sender.account is not None and sender.account.is_editor,
        banned=known.banned, held=known.held,
        honeypot=sender.honeypot,
        proof=sender.proof is not None and not known.spent,
        verified=verified, approved=known.approved,
        refused_lately=known.refused,
        spam_chance=spam_chance, learned=learned, service=service)


def counted_words(comment: Comment | Candidate) -> list[str]:
    """What the classifier counts of a comment."""
    return classifier.words(comment.body, comment.author_name, comment.author_headline,
                            links(comment.html, comment.author_url))


class _Known(NamedTuple):
    """What the database knows around a comment, in the order of `_question`."""

    book: str | None
    own: str | None
    banned: str | None
    held: str | None
    open: bool | None
    duplicate: int
    from_network: int
    from_identity: int
    approved: int
    refused: int
    spent: int


def _known(session: Session, comment: Candidate, sender: Sender, now: datetime) -> _Known:
    whose = ("reader" if comment.reader_id is not None
             else "account" if comment.account_id is not None else "typed")
    here = targets(comment.author_email, sender.network, comment.person_key)
    [row] = _QUESTIONS[whose].rows(session, {
        **aimed(here, now), "own_id": comment.id, "entry_id": comment.entry_id,
        "digest": comment.digest, "network": comment.network, "email": comment.author_email,
        "reader_id": comment.reader_id, "account_id": comment.account_id, "proof": sender.proof,
        "recent": now - WINDOW, "lately": now - LATELY})
    return _Known(*row)


def _question(theirs: sa.ColumnElement[bool], *, proven: bool = True) -> sa.Select[Any]:
    """One row of all that the database knows around a comment, by whoever counts as its sender.

    What was adopted does not speak against them: who sent it was never proven. Of whoever is not
    `proven` now, nothing counts for or against them.
    """
    network = sa.bindparam("network", type_=sa.Text)
    recent = Comment.created_at > sa.bindparam("recent")
    lately = Comment.created_at > sa.bindparam("lately")
    past: list[Any] = [
        _count(theirs, Comment.state == CommentState.APPROVED),
        _count(theirs, _REFUSED, Comment.adopted_at.is_(None), lately),
    ] if proven else [sa.literal_column("0")] * 2
    asked: Any = sa.select(
        *rules.IN_FORCE, *HOLDING, _OPEN.label("open"),
        _count(Comment.entry_id == sa.bindparam("entry_id"),
               Comment.digest == sa.bindparam("digest"), STANDS).label("duplicate"),
        _count(network != "", Comment.network == network, recent).label("from_network"),
        _count(theirs, recent).label("from_identity"),
        *past,
        _count(Comment.proof == sa.bindparam("proof")).label("spent"))
    return cast(sa.Select[Any], asked)


def _count(*which: sa.ColumnElement[bool] | sa.TextClause) -> sa.ScalarSelect[int]:
    return (sa.select(sa.func.count()).select_from(Comment)
            .where(*which, Comment.id != sa.bindparam("own_id")).scalar_subquery())


# Read anew each time: an editor may have closed the discussion, or taken the entry back.
_OPEN = (sa.select(Entry.comments_open)
         .where(Entry.id == sa.bindparam("entry_id"), Entry.state == EntryState.PUBLISHED)
         .scalar_subquery())
_QUESTIONS = {
    "reader": Prepared(_question(Comment.reader_id == sa.bindparam("reader_id"))),
    "account": Prepared(_question(Comment.account_id == sa.bindparam("account_id"))),
    # An address that was only typed is told apart by where it was typed.
    "typed": Prepared(_question(sa.and_(
        Comment.author_email == sa.bindparam("email"),
        Comment.network == sa.bindparam("network", type_=sa.Text)), proven=False)),
}
