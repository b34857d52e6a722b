"""How the desk handles a piece that was sent in, and what its writer is told."""

from datetime import datetime

from sqlalchemy.orm import Session

from app import mail
from app.desk import changing
from app.desk.kinds import Effect, Kind, NotPossible
from app.desk.models import Decision, Verb
from app.entries import actions as entries
from app.entries.models import EntryState
from app.text import plain
from app.writing import queries
from app.writing.actions import KIND
from app.writing.models import Submission, SubmissionState


def _approve(session: Session, submission: Submission, decision: Decision, now: datetime) -> None:
    try:
        entries.publish(session, submission.entry, now=now, at=decision.publish_at)
    except entries.NothingToPublish as error:
        raise NotPossible(str(error)) from error
    later = submission.entry.state is EntryState.SCHEDULED
    when = f"on {decision.publish_at:%d %B %Y at %H:%M} UTC" if later else "now"
    _answer(session, submission, SubmissionState.ACCEPTED, decision, now,
            f"“{submission.entry.title}” is accepted",
            f"your piece is accepted, with thanks. It is published {when}.")


def _return(session: Session, submission: Submission, decision: Decision, now: datetime) -> None:
    submission.entry.state = EntryState.DRAFT
    _answer(session, submission, SubmissionState.RETURNED, decision, now,
            f"“{submission.entry.title}” comes back to you",
            "an editor has read your piece and sends it back with a wish. Every word is still"
            " there; change what you like and send it in again.")


def _reject(session: Session, submission: Submission, decision: Decision, now: datetime) -> None:
    submission.entry.state = EntryState.DRAFT
    _answer(session, submission, SubmissionState.REJECTED, decision, now,
            f"“{submission.entry.title}” was not accepted",
            "an editor has read your piece, and it will not appear here. Thank you for offering"
            " it. The text stays yours and stays in your drawer.")


def _spam(session: Session, submission: Submission, decision: Decision, now: datetime) -> None:
    submission.entry.state = EntryState.REMOVED
    submission.state, submission.answered_at = SubmissionState.REJECTED, now


def _answer(session: Session, submission: Submission, state: SubmissionState, decision: Decision,
            now: datetime, subject: str, news: str) -> None:
    submission.state, submission.answered_at = state, now
    submission.reason, submission.message = decision.reason, decision.message
    reason = f"\nReason: {decision.reason}\n" if decision.reason else ""
    message = f"\n{decision.message}\n" if decision.message else ""
    body = f"Dear {submission.account.name},\n\n{news}\n{reason}{message}\nThe editors\n"
    mail.queue(session, submission.account.email, subject, body, about=decision.about, now=now,
               link=f"/write/{submission.entry_id}")


def _revert(session: Session, submission: Submission, decision: Decision, now: datetime) -> None:
    latest = queries.latest_submission(session, submission.entry)
    if latest is not None and latest.id != submission.id:
        raise NotPossible("The writer has sent this piece in again; decide the new one instead.")
    submission.state, submission.answered_at = SubmissionState.SENT, None
    submission.reason = submission.message = ""
    entries.hold_again(submission.entry, now=now)
    # The writer may have gone on writing in the meantime.
    changing.reword(session, submission.entry_id, submission.entry.title,
                    plain(submission.entry.html))
    # A piece that had come back may have been rewritten since.
    decision.item.title = submission.entry.title
    decision.item.text = plain(submission.entry.html)


kind = Kind(
    name=KIND, label="Guest post", card="writing/_review.html", load=queries.loaded,
    publishes=True,
    effects={
        Verb.APPROVE: Effect(_approve, _revert),
        Verb.REJECT: Effect(_reject, _revert),
        Verb.RETURN: Effect(_return, _revert),
        Verb.SPAM: Effect(_spam, _revert),
    },
)
