"""What is learned from an editor's decision about a comment, here and outside, and forgotten.

Whoever changes the text of a comment calls `forget` first, or its old words stay counted. What is
erased by its age stays counted on purpose: words in a table of numbers, and nobody's any more.
"""

from sqlalchemy.orm import Session

from app.comments import correcting
from app.comments.gathering import counted_words
from app.comments.models import Comment
from app.desk.models import Decision, Verb
from app.rules import classifier
from app.rules.classifier import Taught

TEACHES = {Verb.APPROVE: Taught.HAM, Verb.SPAM: Taught.SPAM}


def learn(session: Session, comment: Comment, decision: Decision | None) -> None:
    """Learns from the decision that a comment stands by, and from that alone.

    What the rules decided teaches nothing, and neither does what was decided of other words.
    """
    forget(session, comment)
    taught = TEACHES.get(decision.verb) if decision and not decision.by_rules else None
    if decision and taught and not _is_of_other_words(comment, decision):
        classifier.learn(session, counted_words(comment), taught)
        comment.learned_as = taught.value
        correcting.note(session, comment, decision.decided_at)


def _is_of_other_words(comment: Comment, decision: Decision) -> bool:
    return comment.edited_at is not None and decision.decided_at < comment.edited_at


def forget(session: Session, comment: Comment) -> None:
    """Takes back what was learned from this comment, if anything was."""
    if comment.learned_as and comment.erased_at is None:
        classifier.unlearn(session, counted_words(comment), Taught(comment.learned_as))
    comment.learned_as = comment.tell_at = None
