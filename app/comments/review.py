"""How the desk handles a comment."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.comments import queries
from app.comments.actions import KIND
from app.comments.around import around
from app.comments.models import Comment, CommentState
from app.desk.kinds import Change, Effect, Kind
from app.desk.models import Decision, Verb
from app.rules.checks import RULES


def _to(state: CommentState) -> Change:
    def change(session: Session, comment: Comment, decision: Decision, now: datetime) -> None:
        comment.state = state
    return change


_back: Callable[..., None] = _to(CommentState.WAITING)

kind = Kind(
    name=KIND, label="Comment", card="comments/_review.html", load=queries.loaded,
    around=around, rules={name: rule.label for name, rule in RULES.items()},
    effects={
        Verb.APPROVE: Effect(_to(CommentState.APPROVED), _back),
        Verb.REJECT: Effect(_to(CommentState.REJECTED), _back),
        Verb.SPAM: Effect(_to(CommentState.SPAM), _back),
    },
)
