"""Reads of people."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import unordered
from app.people.models import Person
from app.text import fold
from app.trigrams import searching
from app.trigrams.models import Corpus

# More than anybody reads; whoever is not among them is found by their name all the same.
SUGGESTED = 300


def by_slug(session: Session, slug: str) -> Person | None:
    """The person with this address part."""
    return session.scalars(sa.select(Person).where(Person.slug == slug)).first()


def named(session: Session, name: str) -> Person | None:
    """The person with this slug or this name, in any case of letters if nobody has it as it is
    typed; the oldest of several.
    """
    wanted = name.strip()
    # As it was typed there is an index for it; in other letters, all are looked at.
    asked = (Person.slug == wanted, Person.name == wanted,
             sa.func.lower(Person.name) == wanted.lower())
    rows = (session.scalars(sa.select(Person).where(each).order_by(Person.id).limit(1)).first()
            for each in asked)
    return next((person for person in rows if person), None)


def everyone() -> sa.Select[Person]:
    """All people by name."""
    return sa.select(Person).order_by(Person.name, Person.id)


def _texts(session: Session, ids: Sequence[int]) -> Mapping[int, str]:
    rows = session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {number: fold(name) for number, name in rows}


CORPUS = Corpus(2, Person, _texts)


def called(session: Session, words: str) -> sa.Select[Person]:
    """The people whose names have these words in them, just as they stand there; by name."""
    found = everyone().where(Person.name.icontains(words, autoescape=True))
    among = searching.candidates(session, CORPUS, words.split())
    if among is None:
        return found
    return (found.where(Person.id.in_(among) if among else sa.false())
            .order_by(None).order_by(unordered(Person.name), Person.id))


def names(session: Session) -> Sequence[str]:
    """The names of those who came last, in their order, for suggestions in a form."""
    return sorted(set(session.scalars(sa.select(Person.name).order_by(Person.id.desc())
                                      .limit(SUGGESTED))))
