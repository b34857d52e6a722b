"""Reads of drafts and submissions."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload

from app.accounts.models import Account
from app.entries import queries as entries
from app.entries.models import Entry
from app.writing.models import Draft, Submission, SubmissionState

# Whose a piece is, is known before it is asked for.
_THEIRS = lazyload(Draft.account)
_PIECE = (sa.select(Draft).where(Draft.entry_id == sa.bindparam("entry_id"),
                                 Draft.account_id == sa.bindparam("account_id"))
          .options(_THEIRS, joinedload(Draft.entry, innerjoin=True).options(
              *(lazyload(each) for each in (Entry.cover, Entry.series, Entry.contributions)))))
_SENT = (lazyload(Submission.account), lazyload(Submission.entry))


def pieces(account: Account) -> sa.Select[Draft]:
    """What an account has written, the last touched first."""
    shown = entries.bare(Entry.published_at, Entry.publish_at, Entry.updated_at)
    return (sa.select(Draft).join(Draft.entry).where(Draft.account_id == account.id)
            .options(_THEIRS, contains_eager(Draft.entry).options(*shown))
            .order_by(Entry.updated_at.desc(), Entry.id.desc()))


def piece(session: Session, account: Account, entry_id: int) -> Draft | None:
    """One piece of this account; nobody else's."""
    return session.scalars(_PIECE, {"entry_id": entry_id, "account_id": account.id}).first()


def blank(session: Session, account: Account) -> Draft | None:
    """A piece that was begun and has no word in it yet."""
    return session.scalars(pieces(account).where(
        Entry.title == "", Entry.source == "", Entry.standfirst == "")).first()


def latest_submission(session: Session, entry: Entry) -> Submission | None:
    """The last sending-in of a piece, with its answer."""
    return session.scalars(sa.select(Submission).where(Submission.entry_id == entry.id)
                           .options(*_SENT).order_by(Submission.id.desc()).limit(1)).first()


def latest_submissions(session: Session, entry_ids: Sequence[int]) -> dict[int, Submission]:
    """The last sending-in of each of these pieces."""
    latest = sa.select(sa.func.max(Submission.id)).where(
        Submission.entry_id.in_(entry_ids)).group_by(Submission.entry_id)
    rows = session.scalars(sa.select(Submission).where(Submission.id.in_(latest)).options(*_SENT))
    return {submission.entry_id: submission for submission in rows}


def open_submission(session: Session, entry: Entry) -> Submission | None:
    """The sending-in that waits for an answer."""
    return session.scalars(sa.select(Submission).options(*_SENT).where(
        Submission.entry_id == entry.id, Submission.state == SubmissionState.SENT)).first()


def loaded(session: Session, ids: Sequence[int]) -> dict[int, Submission]:
    """Submissions by id, in a fixed number of queries."""
    rows = session.scalars(_LOADED, {"ids": list(ids)})
    return {submission.id: submission for submission in rows}


# What no card shows of a piece and its writer, and no decision asks for.
_LOADED = sa.select(Submission).where(
    Submission.id.in_(sa.bindparam("ids", expanding=True))).options(
        joinedload(Submission.account, innerjoin=True).lazyload(Account.person),
        joinedload(Submission.entry, innerjoin=True).options(
            lazyload(Entry.cover), lazyload(Entry.series)))
