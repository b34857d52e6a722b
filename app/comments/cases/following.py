"""What a sender can do after sending: change the words for a while, and withdraw at any time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import text
from app.accounts.models import Account
from app.comments import actions, learning, review
from app.comments.cases import appealing, files, reporting
from app.comments.gathering import Sender
from app.comments.models import Comment, CommentState
from app.desk import actions as desk
from app.desk.models import ItemState, ReviewItem
from app.readers.models import Reader
from app.rules.facts import Facts
from app.rules.judging import Verdict

WINDOW = timedelta(minutes=15)
BY = "an edit of its sender"
MAY_CHANGE = (CommentState.WAITING, CommentState.APPROVED)


class TooLate(Exception):
    """The comment cannot be changed, or not any more; the text says why."""


class Overtaken(Exception):
    """The comment was changed since the form was opened; nothing was stored."""


@dataclass(frozen=True)
class Words:
    """What can be changed of a comment."""

    headline: str
    body: str


def version(comment: Comment) -> str:
    """What a form remembers, to notice that the comment was changed elsewhere."""
    return comment.edited_at.isoformat() if comment.edited_at else ""


def can_change(comment: Comment, now: datetime) -> bool:
    """Whether its sender may still change its words."""
    return comment.state in MAY_CHANGE and now < comment.created_at + WINDOW


def revise(session: Session, comment: Comment, words: Words, *, now: datetime,
           opened: str | None = None) -> None:
    """Stores new words and lets the rules judge them. Commits.

    `opened` is the version that the sender had before them, if it is known. Raises TooLate,
    Overtaken, or actions.Refused; none of them changes anything.
    """
    items = files.lock(session, comment)
    try:
        _insist(session, comment, opened, now)
    except (TooLate, Overtaken):
        session.rollback()
        raise
    item = files.own(items)
    if item is None or (words.body, words.headline) == (comment.body, comment.author_headline):
        session.rollback()
        return
    _judge_anew(session, comment, item, words, now)
    session.commit()


def _insist(session: Session, comment: Comment, opened: str | None, now: datetime) -> None:
    if comment.state is CommentState.WITHDRAWN:
        raise TooLate("You have withdrawn this comment, so there is nothing to change.")
    if comment.state not in MAY_CHANGE:
        raise TooLate("This comment has been decided in the meantime, so its words stay as they"
                      " are. If you think that the decision is wrong, you can appeal.")
    if not can_change(comment, now):
        raise TooLate("A comment can be changed for 15 minutes after it was sent, and they are"
                      " over.")
    if reporting.is_reported(session, comment):
        raise TooLate("An editor is looking at this comment as it stands, so it cannot be changed"
                      " now.")
    if opened is not None and opened != version(comment):
        raise Overtaken


def _judge_anew(session: Session, comment: Comment, item: ReviewItem, words: Words,
                now: datetime) -> None:
    revised = _revised(session, comment, words)
    sender = _sender(session, comment, Facts.of(item.text, item.facts))
    judgement, facts = actions.weigh(session, revised, sender, now=now)
    seen_so_far = comment.state is CommentState.APPROVED
    if seen_so_far and judgement.verdict is not Verdict.PASS:
        review.await_decision(session, comment)
    # What was learned from the old words goes before they do.
    learning.forget(session, comment)
    comment.body, comment.html, comment.digest = revised.body, revised.html, revised.digest
    comment.author_headline, comment.edited_at = revised.author_headline, now
    actions.store(session)
    if seen_so_far and judgement.verdict is Verdict.PASS:
        item.text = words.body
        return
    desk.reopen(session, item, now=now, by=BY, cause=actions.cause(judgement, facts),
                text=words.body)
    actions.follow(session, item, judgement.verdict, now=now)


def _revised(session: Session, comment: Comment, words: Words) -> Comment:
    """The comment as it would be, beside the one that is stored."""
    parent = session.get(Comment, comment.parent_id) if comment.parent_id else None
    with session.no_autoflush:
        return Comment(
            id=comment.id, entry_id=comment.entry_id, entry=comment.entry,
            author_name=comment.author_name, author_email=comment.author_email,
            author_headline=words.headline, author_url=comment.author_url, body=words.body,
            html=text.remark(words.body), network=comment.network, reader_id=comment.reader_id,
            account_id=comment.account_id, created_at=comment.created_at,
            digest=actions.digest(comment.author_email, parent.public_id if parent else "",
                                  words.body))


def _sender(session: Session, comment: Comment, seen: Facts) -> Sender:
    """Whoever sent it, as they were known then: a change neither proves nor hides anything."""
    reader = session.get(Reader, comment.reader_id) if comment.reader_id else None
    account = session.get(Account, comment.account_id) if comment.account_id else None
    return Sender(comment.network, reader, account, seen.honeypot, comment.proof)


class Withdrawn(Exception):
    """It was withdrawn before."""


def withdraw(session: Session, comment: Comment, *, now: datetime) -> None:
    """Takes a comment back, whatever was decided, with all that waits about it. Commits.

    Raises Withdrawn if it is back already.
    """
    items = files.lock(session, comment)
    if comment.state is CommentState.WITHDRAWN:
        session.rollback()
        raise Withdrawn
    for item in items:
        if item.kind == actions.KIND or item.state is ItemState.WAITING:
            desk.take_back(session, item)
    reporting.drop(session, comment)
    appealing.drop(session, comment)
    comment.state, comment.ended_at = CommentState.WITHDRAWN, now
    session.commit()
