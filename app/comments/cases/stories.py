"""Where a comment stands, in the words that its sender reads.

A comment that was taken for advertising is told so little on purpose: neither the rule nor the
reason, which would teach whoever sends such things; a message that an editor wrote is shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.comments import queries
from app.comments.actions import KIND
from app.comments.cases import appealing, files, waits
from app.comments.cases.models import Appeal, CaseState
from app.comments.models import Comment, CommentState
from app.desk import queries as desk_queries
from app.desk.models import THE_RULES, Decision, ReviewItem, Verb


@dataclass(frozen=True)
class Step:
    """One line of a comment's way: what happened, when, and what was said about it."""

    title: str
    at: datetime | None = None
    text: str = ""
    reason: str = ""
    message: str = ""
    later: bool = False


@dataclass(frozen=True)
class Case:
    """All that is known of one comment. `decisions` are those that stand, oldest first."""

    comment: Comment
    item: ReviewItem | None
    decisions: Sequence[Decision]
    appeal: Appeal | None
    usual_wait: str
    hidden_with: str

    @property
    def newest(self) -> Decision | None:
        """What stands."""
        return self.decisions[-1] if self.decisions else None

    @property
    def is_seen(self) -> bool:
        """Whether everybody can read it now."""
        return self.comment.state is CommentState.APPROVED and not self.hidden_with


def case(session: Session, comment: Comment, now: datetime) -> Case:
    """Everything that the story of a comment is told from."""
    waits_now = comment.state is CommentState.WAITING
    return Case(comment, desk_queries.item_of(session, KIND, comment.id),
                files.standing(session, [comment.id])[comment.id][::-1],
                appealing.of(session, comment), waits.usual(session, now) if waits_now else "",
                _hidden_with(session, comment))


def _hidden_with(session: Session, comment: Comment) -> str:
    """What hides a comment that is itself published; "" for nothing."""
    if not comment.entry.is_public:
        return "the page it belongs to is not public at present."
    if not queries.hangs_on_seen(session, comment):
        return "the comment that it answers is hidden, and yours with it."
    return ""


def headline(case: Case) -> tuple[str, str]:
    """The heading of a follow page, and the sentence below it."""
    state, appeal = case.comment.state, case.appeal
    if case.comment.erased_at:
        return "This comment has been erased", ("Its words were kept for a while after it ended, in"
                                                " case of an appeal. Now nobody can read them.")
    if appeal and appeal.state is CaseState.OPEN:
        return "Your appeal is waiting", ("Your comment is not published. An editor will read it"
                                          " again, together with what you wrote about it.")
    if state is CommentState.APPROVED:
        return "Your comment is published", _published(case)
    if state in appealing.REFUSED:
        return _refused(case)
    return OTHERWISE[state, case.comment.edited_at is not None]


OTHERWISE = {
    (CommentState.WAITING, False): (
        "Your comment is waiting", "It is waiting for review: an editor has not yet read it."),
    (CommentState.WAITING, True): (
        "Your comment is waiting", "It is waiting for review as you have changed it: an editor has"
        " not yet read it, and nobody else can."),
    **{(CommentState.WITHDRAWN, edited): (
        "You have withdrawn your comment", "Nobody will read it here, and nothing more will happen."
    ) for edited in (False, True)},
}


def _published(case: Case) -> str:
    if case.hidden_with:
        return f"It is accepted, but {case.hidden_with}"
    if case.newest and case.newest.item.kind == files.APPEAL:
        return "Your appeal was granted, and everybody can see it now."
    if case.newest and case.newest.account_name == THE_RULES:
        return "It was published at once, and everybody can see it now."
    return "An editor has read it, and everybody can see it now."


def _refused(case: Case) -> tuple[str, str]:
    heading, newest = "Your comment was not published", case.newest
    if case.appeal and newest and newest.item.kind == files.APPEAL:
        return heading, "An editor has read it again with your appeal, and the decision stands."
    if case.comment.state is CommentState.SPAM:
        return heading, "We decided against it. Such decisions are sometimes wrong."
    if newest and newest.item.kind == files.REPORT:
        return ("Your comment is not published any more",
                "Readers had reported it, and an editor decided to take it down.")
    return heading, "An editor read it and decided against it."


def steps(case: Case) -> Iterator[Step]:
    """The way of a comment from its sending to what comes next; the last that is not later is now.

    What readers reported without success is not told: nothing changed by it.
    """
    comment = case.comment
    yield Step("Sent", comment.created_at)
    if comment.edited_at:
        yield Step("Changed by you", comment.edited_at)
    for decision in case.decisions:
        if decision.item.kind == KIND:
            yield from _own(decision)
        elif decision.item.kind == files.REPORT and decision.verb is not Verb.APPROVE:
            yield _told("Taken down after a report", decision)
        elif decision.item.kind == files.APPEAL and case.appeal:
            yield Step("You appealed", case.appeal.sent_at)
            granted = decision.verb is Verb.APPROVE
            yield _told("Appeal granted: published" if granted else "Appeal not granted", decision)
    yield from _next(case)


def _own(decision: Decision) -> Iterator[Step]:
    by = "Checked by our rules" if decision.account_name == THE_RULES else "Read by an editor"
    told = "" if decision.verb is Verb.SPAM else decision.item.why
    yield Step(by, text=told)
    yield _told("Published" if decision.verb is Verb.APPROVE else "Not published", decision)


def _told(title: str, decision: Decision) -> Step:
    secret = decision.verb is Verb.SPAM or decision.account_name == THE_RULES
    return Step(title, decision.decided_at, reason="" if secret else decision.reason,
                message=decision.message)


def _next(case: Case) -> Iterator[Step]:
    if case.comment.state is CommentState.WITHDRAWN:
        yield Step("Withdrawn", case.comment.ended_at)
    elif case.comment.state is CommentState.WAITING:
        why = case.item.why if case.item else ""
        yield Step("Waiting for an editor", text=f"{why} {case.usual_wait}".strip())
        yield Step("Decided", text="You will read the decision here.", later=True)
    elif case.appeal and case.appeal.state is CaseState.OPEN:
        yield Step("You appealed", case.appeal.sent_at,
                   text="Somebody else than the first time reads it, if we can.")
        yield Step("Decided", text="You will read the answer here.", later=True)
    if case.comment.erased_at:
        yield Step("Erased", case.comment.erased_at)
