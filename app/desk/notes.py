"""What editors tell each other about a person. Nobody else ever reads it, and nobody edits it."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.desk.models import ReviewItem, StaffNote


class NotYours(Exception):
    """Only whoever wrote a note takes it away."""


def write(session: Session, item: ReviewItem, text: str, by: Account, *, now: datetime) -> None:
    """Keeps a note about the person behind an item. Commits."""
    session.add(StaffNote(person_key=item.person_key, text=text, account_id=by.id,
                          written_by=by.name, written_at=now))
    session.commit()


def take_away(session: Session, note: StaffNote, by: Account) -> None:
    """Deletes a note of `by`'s own. Commits. Raises NotYours."""
    if note.account_id != by.id:
        raise NotYours("Only whoever wrote a note takes it away.")
    session.delete(note)
    session.commit()
