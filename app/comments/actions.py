"""Changes to comments."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import text
from app.comments import queries
from app.comments.gathering import Sender, gather
from app.comments.models import Comment, CommentState
from app.desk import actions as desk
from app.desk.models import ReviewItem, Verb
from app.entries.models import Entry
from app.rules import checks
from app.rules import queries as rules
from app.rules.facts import Facts
from app.rules.judging import Finding, Judgement, Verdict, judge

KIND = "comment"
LONGEST = 8_000


class Refused(Exception):
    """A rule does not take the comment; nothing was stored."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.why)
        self.finding = finding


class WrongParent(Exception):
    """What is replied to is not a visible comment of this entry."""


@dataclass(frozen=True)
class Remark:
    """What a reader typed."""

    name: str
    email: str
    headline: str
    body: str
    parent: str = ""
    url: str = ""


SOMEBODY = Sender()


def submit(session: Session, entry: Entry, remark: Remark, sender: Sender = SOMEBODY, *,
           now: datetime) -> Comment:
    """Takes a comment in and lets the rules judge it. Commits.

    Raises Refused if a rule does not take it, or WrongParent.
    """
    parent = queries.answerable(session, entry, remark.parent) if remark.parent else None
    if remark.parent and parent is None:
        raise WrongParent("The comment you reply to is not on this page any more.")
    comment = Comment(entry=entry, entry_id=entry.id, parent_id=parent.id if parent else None,
                      author_name=remark.name, author_email=remark.email,
                      author_headline=remark.headline, author_url=remark.url, body=remark.body,
                      html=text.remark(remark.body), digest=_digest(remark), created_at=now,
                      network=sender.network, proof=sender.proof,
                      reader_id=sender.reader.id if sender.reader else None,
                      account_id=sender.account.id if sender.account else None)
    facts = gather(session, comment, sender, now)
    judgement = judge(rules.in_force(session, entry.id), facts)
    if judgement.verdict is Verdict.REFUSE:
        session.rollback()
        raise Refused(judgement.finding)
    session.add(comment)
    try:
        session.flush()
    except IntegrityError:
        # The index on entry and digest decides, so that two at once cannot both get in.
        session.rollback()
        raise Refused(Finding("duplicate", Verdict.REFUSE, checks.SENT_BEFORE)) from None
    _follow(session, comment, _wait(session, comment, judgement, facts), judgement.verdict)
    session.commit()
    return comment


def _digest(remark: Remark) -> str:
    words = "\0".join((remark.email, remark.parent, remark.body))
    return hashlib.sha256(words.encode()).hexdigest()


def _wait(session: Session, comment: Comment, judgement: Judgement, facts: Facts) -> ReviewItem:
    return desk.hold(session, KIND, comment.id, now=comment.created_at,
                     cause=_cause(judgement, facts, comment.network), title=comment.entry.title,
                     text=comment.body, person=comment.author_name,
                     person_key=comment.person_key, entry_id=comment.entry_id)


def _cause(judgement: Judgement, facts: Facts, network: str) -> desk.Cause:
    finding = judgement.finding
    also = [{"rule": each.rule, "why": each.why} for each in judgement.also]
    # The network is what a ban can be aimed at from the desk.
    return desk.Cause(finding.why, finding.rule, finding.words,
                      {**facts.kept(), "also": also, "network": network})


VERBS = {Verdict.PASS: Verb.APPROVE, Verdict.SPAM: Verb.SPAM}


def _follow(session: Session, comment: Comment, item: ReviewItem, verdict: Verdict) -> None:
    """Does at once what the rules decided; what they hold waits for an editor."""
    if verb := VERBS.get(verdict):
        desk.settle(session, item, verb, now=comment.created_at)


def withdraw(session: Session, comment: Comment) -> None:
    """The sender takes a waiting comment back. Commits. Raises desk.AlreadyDecided."""
    desk.withdraw(session, KIND, comment.id)
    comment.state = CommentState.WITHDRAWN
    session.commit()
