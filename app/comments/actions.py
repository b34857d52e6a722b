"""Changes to comments."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import text
from app.comments import pictures, queries
from app.comments.candidate import Candidate
from app.comments.examining import examine
from app.comments.gathering import Sender
from app.comments.models import Comment
from app.desk import actions as desk
from app.desk.deciding import actions as deciding
from app.desk.models import ReviewItem, Verb
from app.entries.models import Entry
from app.entries.queries import Heading
from app.inserting import write
from app.rules import checks
from app.rules.akismet import Service
from app.rules.facts import Facts
from app.rules.judging import Finding, Judgement, Verdict

KIND = "comment"
LONGEST = 8_000
# Minutes of head start at the desk for somebody who proved who they are.
VERIFIED_FIRST = 15


class Refused(Exception):
    """A rule does not take the comment; nothing was stored."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.why)
        self.finding = finding


class WrongParent(Exception):
    """What is replied to is not a visible comment of this entry."""


@dataclass
class Remark:
    """What a reader typed. Its `html` is made at once, while no other writer waits for it."""

    name: str
    email: str
    headline: str
    body: str
    parent: str = ""
    url: str = ""
    html: str = field(init=False)

    def __post_init__(self) -> None:
        self.html = text.remark(self.body)


SOMEBODY = Sender()


def submit(session: Session, entry: Entry | Heading, remark: Remark, sender: Sender = SOMEBODY, *,
           now: datetime, secret: str = "", service: Service | None = None) -> Candidate:
    """Takes a comment in and lets the rules judge it. Commits. Returns it as it stands then.

    The site's `secret` keys the seed of its writer's picture; without one there is none. Commits
    before it asks a `service`, too. Raises Refused if a rule does not take it, or WrongParent.
    """
    comment = _candidate(session, entry, remark, sender, now, secret)
    judgement, facts = weigh(session, comment, sender, now=now, service=service)
    if facts.service:
        # Whoever asks somebody else lets go of all locks, and the parent may be hidden by now.
        _parent_id(session, entry, remark)
    comment.proof, comment.service = sender.proof if facts.proof else None, facts.service
    try:
        with once(session, comment):
            # It waits, so no page shows it yet.
            vars(comment).update(write(session, Comment, vars(comment)))
    except IntegrityError:
        # The indexes decide, so that of two at once with one proof one has it.
        if comment.proof is None:
            raise
        return submit(session, entry, remark, replace(sender, proof=None), now=now,
                      secret=secret, service=service)
    item_id = _wait(session, comment, judgement, facts)
    if judgement.verdict in VERBS:
        follow(session, session.get_one(ReviewItem, item_id), judgement.verdict, now=now)
        comment.state = session.get_one(Comment, comment.id).state
    session.commit()
    return comment


def _candidate(session: Session, entry: Entry | Heading, remark: Remark, sender: Sender,
               now: datetime, secret: str) -> Candidate:
    comment = Candidate(
        entry, remark.name, remark.email, remark.headline, remark.url, remark.body, remark.html,
        now, sender.network, sender.reader.id if sender.reader else None,
        sender.account.id if sender.account else None,
        _parent_id(session, entry, remark), remark.parent)
    comment.picture = pictures.seed(secret, comment.voice) if secret else ""
    return comment


def _parent_id(session: Session, entry: Entry | Heading, remark: Remark) -> int | None:
    if not remark.parent:
        return None
    parent = queries.answerable(session, entry, remark.parent)
    if parent is None:
        raise WrongParent("The comment you reply to is not on this page any more.")
    return parent.id


def weigh(session: Session, comment: Candidate, sender: Sender, *, now: datetime,
          service: Service | None = None) -> tuple[Judgement, Facts]:
    """What the rules say of a comment that is new, or of its new words, and what they saw.

    Commits before it asks a `service`. Raises Refused, with everything rolled back, if a rule does
    not take it.
    """
    judgement, facts = examine(session, comment, sender, now=now, service=service)
    if judgement.verdict is Verdict.REFUSE:
        session.rollback()
        raise Refused(judgement.finding)
    return judgement, facts


@contextmanager
def once(session: Session, comment: Candidate) -> Iterator[None]:
    """A comment is written within. Raises Refused, with all rolled back, if it stands already.

    What else the database does not take is raised as it is, rolled back as well.
    """
    said = queries.Said(comment.id, comment.entry_id, comment.digest)
    try:
        yield
    except IntegrityError:
        session.rollback()
        if queries.stands(session, said):
            raise Refused(Finding("duplicate", Verdict.REFUSE, checks.SENT_BEFORE)) from None
        raise


def _wait(session: Session, comment: Candidate, judgement: Judgement, facts: Facts) -> int:
    return desk.hold(session, KIND, comment.id, now=comment.created_at,
                     cause=cause(judgement, facts, comment.network), title=comment.entry.title,
                     text=comment.body, person=comment.author_name,
                     person_key=comment.person_key, entry_id=comment.entry_id,
                     urgency=VERIFIED_FIRST if facts.verified else 0)


def cause(judgement: Judgement, facts: Facts, network: str) -> desk.Cause:
    """Why a comment waits, as the desk keeps it."""
    finding = judgement.finding
    also = [{"rule": each.rule, "why": each.why} for each in judgement.also]
    # The network is what a ban can be aimed at from the desk.
    return desk.Cause(finding.why, finding.rule, finding.words,
                      {**facts.kept(), "also": also, "network": network})


VERBS = {Verdict.PASS: Verb.APPROVE, Verdict.SPAM: Verb.SPAM}


def follow(session: Session, item: ReviewItem, verdict: Verdict, *, now: datetime) -> None:
    """Does at once what the rules decided; what they hold waits for an editor."""
    if verb := VERBS.get(verdict):
        deciding.settle(session, item, verb, now=now)
