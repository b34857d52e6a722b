"""How the desk handles a comment."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.comments import queries, telling
from app.comments.actions import KIND
from app.comments.models import Comment, CommentState
from app.desk.kinds import Change, Effect, Kind
from app.desk.models import Decision, Verb


def _to(state: CommentState) -> Change:
    def change(session: Session, comment: Comment, decision: Decision, now: datetime) -> None:
        comment.state = state
        telling.decided(session, comment, decision, now)
    return change


def _back(session: Session, comment: Comment, decision: Decision, now: datetime) -> None:
    comment.state = CommentState.WAITING
    telling.taken_back(session, decision, now)


kind = Kind(
    name=KIND, label="Comment", card="comments/_review.html", load=queries.loaded,
    effects={
        Verb.APPROVE: Effect(_to(CommentState.APPROVED), _back),
        Verb.REJECT: Effect(_to(CommentState.REJECTED), _back),
        Verb.SPAM: Effect(_to(CommentState.SPAM), _back),
    },
)
