"""Reads of drafts and submissions."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.entries.models import Entry
from app.writing.models import Draft, Submission, SubmissionState


def pieces(account: Account) -> sa.Select[Draft]:
    """What an account has written, the last touched first."""
    return (sa.select(Draft).join(Draft.entry).where(Draft.account_id == account.id)
            .order_by(Entry.updated_at.desc(), Entry.id.desc()))


def piece(session: Session, account: Account, entry_id: int) -> Draft | None:
    """One piece of this account; nobody else's."""
    draft = session.get(Draft, entry_id)
    return draft if draft and draft.account_id == account.id else None


def blank(session: Session, account: Account) -> Draft | None:
    """A piece that was begun and has no word in it yet."""
    return session.scalars(pieces(account).where(
        Entry.title == "", Entry.source == "", Entry.standfirst == "")).first()


def latest_submission(session: Session, entry: Entry) -> Submission | None:
    """The last sending-in of a piece, with its answer."""
    return session.scalars(sa.select(Submission).where(Submission.entry_id == entry.id)
                           .order_by(Submission.id.desc()).limit(1)).first()


def latest_submissions(session: Session, entry_ids: Sequence[int]) -> dict[int, Submission]:
    """The last sending-in of each of these pieces."""
    latest = sa.select(sa.func.max(Submission.id)).where(
        Submission.entry_id.in_(entry_ids)).group_by(Submission.entry_id)
    rows = session.scalars(sa.select(Submission).where(Submission.id.in_(latest)))
    return {submission.entry_id: submission for submission in rows}


def open_submission(session: Session, entry: Entry) -> Submission | None:
    """The sending-in that waits for an answer."""
    return session.scalars(sa.select(Submission).where(
        Submission.entry_id == entry.id, Submission.state == SubmissionState.SENT)).first()


def loaded(session: Session, ids: Sequence[int]) -> dict[int, Submission]:
    """Submissions by id, in a fixed number of queries."""
    rows = session.scalars(sa.select(Submission).where(Submission.id.in_(ids)))
    return {submission.id: submission for submission in rows}
