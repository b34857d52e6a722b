"""Changes to people."""

from datetime import datetime

from sqlalchemy.orm import Session

from app import text
from app.database import free
from app.people.models import Person

Links = list[dict[str, str]]


class SlugTaken(Exception):
    """Somebody else has this address."""


def add(session: Session, name: str, *, now: datetime, headline: str = "", bio: str = "",
        links: Links | None = None, slug: str = "") -> Person:
    """A new person under the first free address for their name. `bio` is Markdown."""
    wanted = text.slugify(slug or name) or "person"
    person = Person(slug=free(session, Person.slug, wanted), name=name, created_at=now)
    session.add(person)
    describe(person, headline=headline, bio=bio, links=links or [])
    session.flush()
    return person


def describe(person: Person, *, headline: str, bio: str, links: Links) -> None:
    """Sets what stands in the bio box."""
    person.headline = headline
    person.bio = bio
    person.bio_html = text.markdown(bio)
    person.links = links


def move(session: Session, person: Person, slug: str) -> None:
    """Gives a person another address; raises SlugTaken."""
    if slug != person.slug and free(session, Person.slug, slug) != slug:
        raise SlugTaken(f"Somebody else is at /people/{slug}. Please choose another address.")
    person.slug = slug
