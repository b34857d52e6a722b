"""How the desk handles a comment. Every change of what others see of one goes through here."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.comments import learning, queries, telling
from app.comments.actions import KIND
from app.comments.cases import files
from app.comments.models import Comment, CommentState
from app.desk.kinds import Change, Effect, Kind
from app.desk.models import Decision, Verb


def publish(session: Session, comment: Comment, decision: Decision, now: datetime) -> None:
    """Everybody can see it from now on."""
    comment.state, comment.ended_at = CommentState.APPROVED, None
    _spread(session, comment, decision, now)


def refuse(state: CommentState) -> Change:
    """What sets a comment aside as `state`: nobody sees it, and its words are kept for a time."""
    def change(session: Session, comment: Comment, decision: Decision, now: datetime) -> None:
        comment.state, comment.ended_at = state, now
        _spread(session, comment, decision, now)
    return change


def _spread(session: Session, comment: Comment, decision: Decision, now: datetime) -> None:
    """Lets the classifier and the people concerned know; of what is taken back, the opposite."""
    learning.learn(session, comment, decision)
    if decision.undone_at is None:
        telling.decided(session, comment, decision, now)
    else:
        telling.taken_back(session, decision, now)


def await_decision(session: Session, comment: Comment) -> None:
    """Nobody sees it until somebody decides; whatever the decision before had taught is undone."""
    comment.state, comment.ended_at = CommentState.WAITING, None
    learning.forget(session, comment)


def _revert(session: Session, comment: Comment, decision: Decision, now: datetime) -> None:
    files.insist_on_top(session, comment, decision)
    await_decision(session, comment)
    telling.taken_back(session, decision, now)


kind = Kind(
    name=KIND, label="Comment", card="comments/_review.html", load=queries.loaded,
    effects={
        Verb.APPROVE: Effect(publish, _revert),
        Verb.REJECT: Effect(refuse(CommentState.REJECTED), _revert),
        Verb.SPAM: Effect(refuse(CommentState.SPAM), _revert),
    },
)
