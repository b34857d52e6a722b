"""Changes to drafts: begin, save, send in, take back."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.desk import actions as desk
from app.desk import changing
from app.desk.deciding.actions import AlreadyDecided
from app.entries import filing, wording
from app.entries import queries as entries_queries
from app.entries.models import Entry, EntryState, Origin, Part
from app.text import plain
from app.writing import queries
from app.writing.models import Draft, Submission, SubmissionState

KIND = "submission"
UNFINISHED = "A piece needs a title and a text before it can be sent in."
SENT_IN = "A guest blogger sent this in."


class NotYours(Exception):
    """A piece that waits at the desk, or is public, is not changed behind the editors' backs."""


class Unfinished(Exception):
    """A piece without a title or a text cannot be sent in."""


class SentInBefore(Exception):
    """The piece waits at the desk already."""


def begin(session: Session, account: Account, *, now: datetime) -> Entry:
    """An empty piece of this account; the one that is still empty, if there is one. Commits."""
    if blank := queries.blank(session, account):
        return blank.entry
    origin = Origin.HOUSE if account.is_editor else Origin.GUEST
    # Its first words are a version, so that of two windows on an empty piece none wins unseen.
    entry = Entry(origin=origin, version=0, created_at=now, updated_at=now)
    session.add(entry)
    session.flush()
    session.add(Draft(entry_id=entry.id, account_id=account.id))
    if account.person:
        filing.credit(session, entry, Part.AUTHOR, [(account.person, "", "")])
    session.commit()
    return entry


def save(session: Session, draft: Draft, words: wording.Words, topics: list[str], *,
         version: int | None, now: datetime) -> None:
    """Saves a piece that is still its writer's. Commits. Raises NotYours, or wording.Stale."""
    if draft.entry.state is not EntryState.DRAFT:
        raise NotYours("This piece has been sent in. Take it back first if you want to change it.")
    wording.write(session, draft.entry, words, by=draft.account.name, now=now, version=version)
    filing.file_under(session, draft.entry, topics)
    session.commit()


def restore(session: Session, draft: Draft, version: int, *, now: datetime) -> None:
    """Puts an earlier version back; what stood there becomes an earlier version itself. Commits.

    Raises NotYours, or LookupError for a version that never was.
    """
    earlier = entries_queries.revision(session, draft.entry, version)
    if earlier is None:
        raise LookupError(version)
    words = wording.Words(earlier.title, earlier.standfirst, earlier.source)
    save(session, draft, words, [topic.name for topic in draft.entry.topics], version=None, now=now)


def check_finished(words: wording.Words) -> None:
    """Raises Unfinished for words that could not be sent in: nothing is saved over for them."""
    if not words.title or not words.source:
        raise Unfinished(UNFINISHED)


def send_in(session: Session, draft: Draft, *, note: str, wanted_at: datetime | None,
            now: datetime) -> Submission:
    """Puts a piece on the desk. Commits. Raises Unfinished or SentInBefore."""
    entry = draft.entry
    if entry.state is not EntryState.DRAFT:
        raise SentInBefore("This piece is with the editors already.")
    if not entry.is_publishable:
        raise Unfinished(UNFINISHED)
    submission = Submission(entry_id=entry.id, entry=entry, account_id=draft.account_id,
                            account=draft.account, note=note, wanted_at=wanted_at, sent_at=now)
    session.add(submission)
    entry.state, entry.updated_at = EntryState.WAITING, now
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise SentInBefore("This piece is with the editors already.") from None
    desk.hold(session, KIND, submission.id, now=now, cause=desk.Cause(SENT_IN), title=entry.title,
              text=plain(entry.html), person=draft.account.name,
              person_key=f"account:{draft.account_id}", entry_id=entry.id)
    session.commit()
    return submission


def take_back(session: Session, draft: Draft) -> None:
    """Takes a piece that waits back into the drawer. Commits. Raises AlreadyDecided."""
    submission = queries.open_submission(session, draft.entry)
    if submission is None:
        raise AlreadyDecided(None)
    changing.withdraw(session, KIND, submission.id)
    submission.state = SubmissionState.WITHDRAWN
    draft.entry.state = EntryState.DRAFT
    session.commit()
