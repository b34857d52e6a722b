"""Thanks without an account: given once, taken back at will, counted a few minutes later.

A click writes a row and no public page changes; a job counts what has come since.
"""

import hashlib
import hmac
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import throttle
from app.comments.models import Comment, Thanks, comments_under
from app.dialects import insertion

JOB = "count-thanks"
PATIENCE = timedelta(minutes=5)
LIMIT, WINDOW = 60, timedelta(minutes=10)
# What one network can give one comment, whatever browsers it says it has: a household's worth.
FROM_ONE_NETWORK = 3


@dataclass(frozen=True)
class Voter:
    """Whoever presses the button. `network` is the prefix they come from, "" if it says nothing."""

    secret: str
    network: str
    agent: str

    def mark(self, comment: Comment) -> str:
        """What tells two voters of one comment apart; it leads to nobody and to no other click."""
        return self.place(comment) + self._hash("thanks", self.agent, comment)

    def place(self, comment: Comment) -> str:
        """What all marks from one network begin with, on this comment only."""
        return self._hash("thanks from", "", comment) + "."

    def _hash(self, what: str, agent: str, comment: Comment) -> str:
        whose = "\0".join((what, self.network, agent, comment.public_id))
        return hmac.new(self.secret.encode(), whose.encode(), hashlib.sha256).hexdigest()[:32]


def give(session: Session, comment: Comment, voter: Voter, *, now: datetime) -> None:
    """Thanks for a comment; twice is once, and so are many from one network. Commits.

    Raises TooOften where one network gives more thanks than people do.
    """
    _slow_down(session, voter, now)
    if not voter.network or _others(session, comment, voter) < FROM_ONE_NETWORK:
        _give(session, comment, voter, now)
    session.commit()


def _others(session: Session, comment: Comment, voter: Voter) -> int:
    """How many other browsers of this network have thanked for the comment."""
    return session.scalar(sa.select(sa.func.count()).select_from(Thanks).where(
        Thanks.comment_id == comment.id, Thanks.voter.startswith(voter.place(comment)),
        Thanks.voter != voter.mark(comment), ~Thanks.taken_back)) or 0


def _give(session: Session, comment: Comment, voter: Voter, now: datetime) -> None:
    session.execute(insertion(session, Thanks).on_conflict_do_nothing().values(
        comment_id=comment.id, voter=voter.mark(comment), created_at=now, counted=False,
        taken_back=False))
    # What was taken back and is not yet counted as such stands again as it was.
    session.execute(_of(comment, voter).where(Thanks.taken_back, ~Thanks.counted)
                    .values(taken_back=False, counted=True))


def take_back(session: Session, comment: Comment, voter: Voter, *, now: datetime) -> None:
    """Takes thanks back, counted or not. Commits. Raises TooOften."""
    _slow_down(session, voter, now)
    session.execute(sa.delete(Thanks).where(
        Thanks.comment_id == comment.id, Thanks.voter == voter.mark(comment), ~Thanks.counted,
        ~Thanks.taken_back))
    session.execute(_of(comment, voter).where(Thanks.counted)
                    .values(taken_back=True, counted=False, created_at=now))
    session.commit()


def _of(comment: Comment, voter: Voter) -> sa.Update:
    return sa.update(Thanks).where(Thanks.comment_id == comment.id,
                                   Thanks.voter == voter.mark(comment))


def _slow_down(session: Session, voter: Voter, now: datetime) -> None:
    if not voter.network:
        return
    what = f"thanks:{voter.network}"
    if wait := throttle.wait_for(session, what, LIMIT, WINDOW, now):
        raise throttle.TooOften(wait)
    # Its row stays locked until the end: of many from here at once, each sees those before it.
    throttle.count(session, what, WINDOW, now)


def count_due(session: Session, *, now: datetime) -> None:
    """Adds what has come since to the comments' numbers, if the first of it is PATIENCE old."""
    first = session.scalar(sa.select(sa.func.min(Thanks.created_at)).where(~Thanks.counted))
    if first is None or first > now - PATIENCE:
        return
    # Marked and read in one statement: what comes meanwhile is for the next round.
    marked = session.execute(sa.update(Thanks).where(~Thanks.counted).values(counted=True)
                             .returning(Thanks.comment_id, Thanks.taken_back)).all()
    changes: Counter[int] = Counter()
    for comment_id, taken_back in marked:
        changes[comment_id] += -1 if taken_back else 1
    if back := {comment_id for comment_id, taken_back in marked if taken_back}:
        session.execute(sa.delete(Thanks).where(Thanks.comment_id.in_(back), Thanks.taken_back,
                                                Thanks.counted))
    _add(session, {comment_id: number for comment_id, number in changes.items() if number})


def _add(session: Session, changes: dict[int, int]) -> None:
    if changes:
        under = session.scalars(sa.select(Comment.entry_id).where(Comment.id.in_(changes))
                                .distinct())
        session.execute(sa.update(Comment).where(Comment.id.in_(changes)).values(
            thanks=Comment.thanks + sa.case(changes, value=Comment.id)),
            execution_options={"synchronize_session": False,
                               "cache_tags": [comments_under(each) for each in under]})
