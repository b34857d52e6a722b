"""Reads that look at several subjects at once."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.comments.models import Comment, CommentState
from app.entries.models import Contribution, Entry, EntryState
from app.people import queries as people
from app.people.models import Person


def contributors() -> sa.Select[Person]:
    """People with something published, by name."""
    public = (sa.select(Contribution.person_id).join(Entry, Entry.id == Contribution.entry_id)
              .where(Entry.state == EntryState.PUBLISHED))
    return people.everyone().where(Person.id.in_(public))


def is_contributor(session: Session, person: Person) -> bool:
    """Whether this person has something published."""
    return session.scalars(contributors().where(Person.id == person.id)).first() is not None


def discussed(session: Session, limit: int = 4) -> Sequence[tuple[Entry, int]]:
    """The entries that were commented on last, with their number of comments."""
    count, last = sa.func.count(Comment.id), sa.func.max(Comment.created_at)
    rows = session.execute(
        sa.select(Entry, count).join(Comment, Comment.entry_id == Entry.id)
        .where(Entry.state == EntryState.PUBLISHED, Comment.state == CommentState.APPROVED)
        .group_by(Entry.id).order_by(last.desc()).limit(limit))
    return [(row[0], row[1]) for row in rows.unique()]
