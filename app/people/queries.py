"""Reads of people."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.people.models import Person


def by_slug(session: Session, slug: str) -> Person | None:
    """The person with this address part."""
    return session.scalars(sa.select(Person).where(Person.slug == slug)).first()


def named(session: Session, name: str) -> Person | None:
    """The person with this slug or, in any case of letters, this name; the oldest of several."""
    wanted = name.strip()
    return session.scalars(
        sa.select(Person).where(sa.or_(Person.slug == wanted,
                                       sa.func.lower(Person.name) == wanted.lower()))
        .order_by(Person.slug != wanted, Person.id)
    ).first()


def everyone() -> sa.Select[Person]:
    """All people by name."""
    return sa.select(Person).order_by(Person.name, Person.id)


def names(session: Session) -> Sequence[str]:
    """All names, for suggestions in a form."""
    return session.scalars(sa.select(Person.name).distinct().order_by(Person.name)).all()
