"""Reads that look at several subjects at once."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.comments import queries as comments
from app.comments.models import Comment, CommentState
from app.entries import reading
from app.entries.models import Contribution, Entry, EntryState
from app.entries.values import Mention
from app.pagecache import carries
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


def discussed(session: Session, limit: int = 4) -> tuple[tuple[Mention, int], ...]:
    """The entries that were commented on last, with their number of comments."""
    carries("comments")
    rows = session.execute(_discussed(limit)).all()
    return tuple(zip(reading.mentions(session, rows), (row.number for row in rows), strict=True))


# Built once: putting it together costs more than all else on the front page.
@cache
def _discussed(limit: int) -> sa.Select[Any]:
    last = sa.func.max(Comment.created_at)
    # Some of these may prove to be silent: what was said there can hang on a hidden comment.
    lately = (sa.select(Comment.entry_id).join(Entry, Entry.id == Comment.entry_id)
              .where(Entry.state == EntryState.PUBLISHED, Comment.state == CommentState.APPROVED)
              .group_by(Comment.entry_id).order_by(last.desc()).limit(limit * 3))
    seen = comments.shown(Comment.entry_id.in_(lately))
    tally = (sa.select(Comment.entry_id, sa.func.count().label("number"), last.label("last"))
             .join(seen, seen.c.id == Comment.id).where(seen.c.said == 1)
             .group_by(Comment.entry_id).subquery())
    return (sa.select(*reading.MENTIONED, tally.c.number)
            .join(tally, tally.c.entry_id == Entry.id)
            .order_by(tally.c.last.desc()).limit(limit))
