"""What a sender can do after sending: change the words for a while, and withdraw at any time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app import text, throttle
from app.accounts.models import Account
from app.comments import actions, learning, review, telling
from app.comments.candidate import Candidate
from app.comments.cases import appealing, files, reporting
from app.comments.gathering import Sender
from app.comments.models import Comment, CommentState
from app.desk import changing
from app.desk import queries as desk_queries
from app.desk.models import ItemState, ReviewItem
from app.readers.models import Reader
from app.rules.akismet import Service
from app.rules.facts import Facts
from app.rules.judging import Judgement, Verdict

WINDOW = timedelta(minutes=15)
# Whoever writes changes a word or two; whoever tries what the rules let through changes many.
PER_COMMENT, PER_NETWORK, PERIOD = 6, 40, timedelta(minutes=5)
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
           opened: str | None = None, network: str = "", service: Service | None = None) -> None:
    """Stores new words and lets the rules judge them. Commits.

    `opened` is the version that the sender had before them, if it is known, and `network` the
    prefix they come from. What an editor has taken back waits for them, whatever the rules say.
    Raises TooOften if that comment, or its network, changes too often, TooLate, Overtaken, or
    actions.Refused; none of them changes anything.
    """
    _slow_down(session, comment, network, now)
    _at_hand(session, comment, opened, now)
    if (words.body, words.headline) == (comment.body, comment.author_headline):
        session.rollback()
        return
    revised = _revised(session, comment, words)
    judgement, facts = actions.weigh(session, revised, _sender(session, comment), now=now,
                                     service=service)
    # A rule that asks somebody else lets go of the locks, and much may have happened since.
    item = _at_hand(session, comment, opened, now)
    _replace(session, comment, item, revised, judgement, facts, now)
    session.commit()


def _slow_down(session: Session, comment: Comment, network: str, now: datetime) -> None:
    tries = [(f"edit:{comment.public_id}", PER_COMMENT, PERIOD)]
    tries += [(f"edit-from:{network}", PER_NETWORK, PERIOD)] if network else []
    if wait := throttle.take(session, tries, now):
        raise throttle.TooOften(wait)


def _at_hand(session: Session, comment: Comment, opened: str | None, now: datetime) -> ReviewItem:
    """The item of a comment that may be changed, both locked."""
    item = files.own(files.lock(session, comment))
    try:
        _insist(session, comment, opened, now)
        if item is None:
            raise TooLate("This comment is not at our desk any more, so it cannot be changed.")
    except (TooLate, Overtaken):
        session.rollback()
        raise
    return item


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


def _replace(session: Session, comment: Comment, item: ReviewItem, revised: Candidate,
             judgement: Judgement, facts: Facts, now: datetime) -> None:
    passes = judgement.verdict is Verdict.PASS
    stays = comment.state is CommentState.APPROVED and passes
    if comment.state is CommentState.APPROVED and not stays:
        review.await_decision(session, comment, now)
    # What was learned from the old words goes before they do.
    learning.forget(session, comment)
    with actions.once(session, revised):
        comment.body, comment.html, comment.digest = revised.body, revised.html, revised.digest
        comment.author_headline, comment.edited_at = revised.author_headline, now
        comment.service = facts.service
        session.flush()
    cause, taken_back = actions.cause(judgement, facts, comment.network), files.is_taken_back(
        session, item)
    if stays:
        changing.follow_words(item, revised.body, cause)
        return
    changing.reopen(session, item, now=now, by=files.BY_SENDER, text=revised.body, cause=cause)
    if not taken_back:
        actions.follow(session, item, judgement.verdict, now=now)
    elif judgement.verdict is not Verdict.HOLD:
        review.look_again(item)


def _revised(session: Session, comment: Comment, words: Words) -> Candidate:
    """The comment as it would be, beside the one that is stored."""
    parent = session.get(Comment, comment.parent_id) if comment.parent_id else None
    return Candidate(
        comment.entry, comment.author_name, comment.author_email, words.headline,
        comment.author_url, words.body, text.remark(words.body), comment.created_at,
        comment.network, comment.reader_id, comment.account_id, comment.parent_id,
        parent.public_id if parent else "", id=comment.id)


def _sender(session: Session, comment: Comment) -> Sender:
    """Whoever sent it, as they were known then: a change neither proves nor hides anything."""
    item = desk_queries.item_of(session, actions.KIND, comment.id)
    seen = Facts.of(comment.body, item.facts if item else {})
    proven = seen.verified
    reader = session.get(Reader, comment.reader_id) if proven and comment.reader_id else None
    account = session.get(Account, comment.account_id) if proven and comment.account_id else None
    return Sender(network=comment.network, reader=reader, account=account,
                  honeypot=seen.honeypot, proof=comment.proof)


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
            changing.retire(item)
    reporting.drop(session, comment)
    appealing.drop(session, comment)
    review.stand(comment, CommentState.WITHDRAWN, now)
    telling.hidden(session, comment, now)
    session.commit()
