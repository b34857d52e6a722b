"""Reads that look at several subjects at once."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.comments import queries as comments
from app.comments.models import IS_APPROVED, Comment
from app.entries import reading
from app.entries.models import Entry, EntryState, Part
from app.entries.shelves import Contribution
from app.entries.values import Mention
from app.pagecache import carries
from app.people import queries as people
from app.people.models import Person

LATELY = 500


def contributors() -> sa.Select[Person]:
    """People with something published, by name."""
    return people.everyone().where(_contributes(Person.id))


def _contributes(person_id: Any) -> sa.ColumnElement[bool]:
    return sa.exists().where(Contribution.person_id == person_id,
                             Contribution.part.in_(list(Part)), Contribution.shown_at.is_not(None))


def is_contributor(session: Session, person: Person) -> bool:
    """Whether this person has something published."""
    return bool(session.scalar(sa.select(_contributes(person.id))))


def discussed(session: Session, limit: int = 4) -> tuple[tuple[Mention, int], ...]:
    """The entries that were commented on last, with their number of comments.

    They are looked for among the LATELY newest comments of the site.
    """
    carries("comments")
    rows = session.execute(_discussed(limit)).all()
    return tuple(zip(reading.mentions(session, rows), (row.number for row in rows), strict=True))


# Built once: putting it together costs more than all else on the front page.
@cache
def _discussed(limit: int) -> sa.Select[Any]:
    last = sa.func.max(Comment.created_at)
    newest = (sa.select(Comment.entry_id, Comment.created_at).where(IS_APPROVED)
              .order_by(Comment.created_at.desc()).limit(LATELY).subquery())
    # Some of these may prove to be silent: what was said there can hang on a hidden comment.
    lately = (sa.select(newest.c.entry_id).join(Entry, Entry.id == newest.c.entry_id)
              .where(Entry.state == EntryState.PUBLISHED).group_by(newest.c.entry_id)
              .order_by(sa.func.max(newest.c.created_at).desc()).limit(limit * 3))
    seen = comments.shown(Comment.entry_id.in_(lately))
    tally = (sa.select(Comment.entry_id, sa.func.count().label("number"), last.label("last"))
             .join(seen, seen.c.id == Comment.id).where(seen.c.said == 1)
             .group_by(Comment.entry_id).subquery())
    return (sa.select(*reading.MENTIONED, tally.c.number)
            .join(tally, tally.c.entry_id == Entry.id)
            .order_by(tally.c.last.desc()).limit(limit))
