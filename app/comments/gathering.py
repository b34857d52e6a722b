"""Gathers the facts of one comment on its way in, in as few queries as will do."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.comments.models import Comment, CommentState
from app.readers.models import Reader
from app.rules import classifier
from app.rules import queries as rules
from app.rules.facts import Facts
from app.rules.models import Sanctioned
from app.rules.sanctions import targets

WINDOW = timedelta(minutes=10)
LATELY = timedelta(days=30)
REFUSED = (CommentState.REJECTED, CommentState.SPAM)
_LINK = re.compile(r"""<a [^>]*href="([^"]+)\"""")


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


def gather(session: Session, comment: Comment, sender: Sender, now: datetime, *,
           service: str = "") -> Facts:
    """What the rules may look at, for a comment that is new or has new words.

    `service` is what an outside spam service said of it.
    """
    here = targets(comment.author_email, sender.network, comment.person_key)
    sanctions = rules.sanctions(session, here, now)
    duplicate, network, identity, approved, refused, spent = tuple(
        _counts(session, comment, sender, now))
    verified = sender.reader is not None or sender.account is not None
    spam_chance, learned = classifier.score(session, counted_words(comment))
    return Facts(
        body=comment.body, name=comment.author_name, headline=comment.author_headline,
        url=comment.author_url, links=links(comment),
        closed=not comment.entry.comments_open, duplicate=bool(duplicate),
        from_network=network, from_identity=identity,
        staff=sender.account is not None and sender.account.is_editor,
        banned=sanctions.get(Sanctioned.BAN), held=sanctions.get(Sanctioned.HOLD),
        honeypot=sender.honeypot,
        proof=comment.proof is not None or (sender.proof is not None and not spent),
        verified=verified, approved=approved if verified else 0,
        refused_lately=refused if verified else 0,
        spam_chance=spam_chance, learned=learned, service=service)


def links(comment: Comment) -> tuple[str, ...]:
    """Where a comment leads: the links in its text, each once, and its author's own."""
    linked = dict.fromkeys(_LINK.findall(comment.html))
    return tuple(filter(None, (*linked, comment.author_url)))


def counted_words(comment: Comment) -> list[str]:
    """What the classifier counts of a comment."""
    return classifier.words(comment.body, comment.author_name, comment.author_headline,
                            links(comment))


def _counts(session: Session, comment: Comment, sender: Sender, now: datetime) -> sa.Row[Any]:
    whose = ("reader" if comment.reader_id is not None
             else "account" if comment.account_id is not None else "typed")
    return session.execute(_COUNTS[whose], {
        "own": comment.id or 0, "entry_id": comment.entry_id, "digest": comment.digest,
        "network": comment.network, "email": comment.author_email, "reader_id": comment.reader_id,
        "account_id": comment.account_id, "proof": sender.proof, "recent": now - WINDOW,
        "lately": now - LATELY}).one()


def _counting(theirs: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """One row: exact duplicates, how many came lately from here, and what became of theirs.

    Last, whether the proof of work was used before.
    """
    recent = Comment.created_at > sa.bindparam("recent")
    questions = (
        (Comment.entry_id == sa.bindparam("entry_id"), Comment.digest == sa.bindparam("digest"),
         Comment.state != CommentState.WITHDRAWN),
        (Comment.network == sa.bindparam("network"), Comment.network != "", recent),
        (theirs, recent),
        (theirs, Comment.state == CommentState.APPROVED),
        (theirs, Comment.state.in_(REFUSED), Comment.created_at > sa.bindparam("lately")),
        (Comment.proof == sa.bindparam("proof"),),
    )
    others = Comment.id != sa.bindparam("own")
    return sa.select(*(sa.select(sa.func.count()).where(others, *question).select_from(Comment)
                       .scalar_subquery() for question in questions))


# Built once: putting such a statement together costs more than asking it.
_COUNTS = {
    "reader": _counting(Comment.reader_id == sa.bindparam("reader_id")),
    "account": _counting(Comment.account_id == sa.bindparam("account_id")),
    # An address that was only typed is told apart by where it was typed.
    "typed": _counting(sa.and_(Comment.author_email == sa.bindparam("email"),
                               Comment.network == sa.bindparam("network"))),
}
