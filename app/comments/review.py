"""How the desk handles a comment. Every change of what others see of one goes through here."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.comments import learning, queries, telling
from app.comments.actions import KIND
from app.comments.card import cards
from app.comments.cases import files
from app.comments.models import Comment, CommentState
from app.desk.kinds import Change, Effect, Kind
from app.desk.models import Decision, ReviewItem, Verb
from app.rules.checks import RULES

SECOND_LOOK = "An editor takes a second look at it."


def stand(comment: Comment, state: CommentState, now: datetime) -> None:
    """Where a comment stands from now on; what nobody sees is kept for a time from now."""
    ended = state not in {CommentState.APPROVED, CommentState.WAITING}
    comment.state, comment.ended_at = state, now if ended else None


def become(state: CommentState) -> Change:
    """What a decision does that publishes a comment or sets it aside, whoever asked for it."""
    def change(session: Session, comment: Comment, decision: Decision, now: datetime) -> None:
        stand(comment, state, now)
        learning.learn(session, comment, decision)
        if state is not CommentState.APPROVED:
            telling.hidden(session, comment, now)
        telling.decided(session, comment, decision, now)
    return change


def restore(session: Session, comment: Comment, state: CommentState, decision: Decision,
            now: datetime) -> None:
    """A decision is taken back: the comment stands as it did before, and what it taught before
    is taught again.
    """
    stand(comment, state, now)
    learning.learn(session, comment, files.placing(session, comment))
    telling.taken_back(session, decision, now)


def await_decision(session: Session, comment: Comment, now: datetime) -> None:
    """Its words are about to change, and nobody sees them until somebody decides."""
    stand(comment, CommentState.WAITING, now)
    telling.hidden(session, comment, now)


def look_again(item: ReviewItem) -> None:
    """Lets an item wait although the rules would not hold it: an editor has taken it in hand.

    What they said stands beside it for editors. Its sender is not taught what passes for spam.
    """
    said = {"rule": item.rule, "why": item.why}
    item.facts = {**item.facts, "also": [said, *item.facts.get("also", ())]}
    item.why = SECOND_LOOK


def _revert(session: Session, comment: Comment, decision: Decision, now: datetime) -> None:
    files.insist_on_top(session, comment, decision)
    restore(session, comment, CommentState.WAITING, decision, now)
    if decision.by_rules:
        look_again(decision.item)


kind = Kind(
    name=KIND, label="Comment", card="comments/_review.html", load=queries.loaded,
    show=cards, rules={name: rule.label for name, rule in RULES.items()},
    effects={
        Verb.APPROVE: Effect(become(CommentState.APPROVED), _revert),
        Verb.REJECT: Effect(become(CommentState.REJECTED), _revert),
        Verb.SPAM: Effect(become(CommentState.SPAM), _revert),
    },
)
