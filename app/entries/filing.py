"""Where an entry belongs: its address, people, topics, series, and the entries beside it."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import text
from app.database import free
from app.entries.models import Discussion, Entry, EntryLink, FormerAddress, Part
from app.entries.shelves import Contribution, Series, Topic
from app.people.models import Person


class SlugTaken(Exception):
    """Another entry of the section has this address."""


class NumberTaken(Exception):
    """Another entry of the series has this number."""


def address(session: Session, entry: Entry, wanted: str = "") -> None:
    """Gives an entry its address: `wanted`, or one made from its title if it has none yet.

    Raises SlugTaken if somebody wanted an address that another entry has.
    """
    if not wanted and entry.slug:
        return
    slug = text.slugify(wanted or entry.title) or entry.section.rstrip("s")
    if slug == entry.slug:
        return
    available = free(session, Entry.slug, slug, Entry.section == entry.section)
    former = session.get(FormerAddress, (entry.section, slug))
    if former is not None and former.entry_id != entry.id:
        available = free(session, Entry.slug, f"{slug}-2", Entry.section == entry.section)
    if wanted and available != slug:
        raise SlugTaken(f"Another entry is at /{entry.section}/{slug}. Please choose another.")
    if former is not None and former.entry_id == entry.id:
        session.delete(former)
    if entry.is_public and entry.slug:
        session.add(FormerAddress(section=entry.section, slug=entry.slug, entry_id=entry.id))
    entry.slug = available


def address_all(session: Session, entries: Sequence[Entry]) -> None:
    """Gives new entries of one section, which have none yet, addresses made from their titles."""
    wanted = [text.slugify(each.title) or each.section.rstrip("s") for each in entries]
    taken = _taken(session, entries[0].section, wanted) if entries else set()
    for entry, slug in zip(entries, wanted, strict=True):
        numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
        entry.slug = next(each for each in (slug, *numbered) if each not in taken)
        taken.add(entry.slug)


def _taken(session: Session, section: str, wanted: Sequence[str]) -> set[str]:
    def having(column: Any, of: Any, *where: Any) -> set[str]:
        return set(session.scalars(sa.select(column).where(of == section, *where)))

    def of_all(condition: Callable[[Any], Any]) -> set[str]:
        return (having(Entry.slug, Entry.section, condition(Entry.slug))
                | having(FormerAddress.slug, FormerAddress.section,
                         condition(FormerAddress.slug)))

    taken = of_all(lambda column: column.in_(set(wanted)))
    for slug in taken | {each for each in wanted if wanted.count(each) > 1}:
        first, names = 2, list[str]()
        # Asked by name, more each time: a search by beginnings would go through all there are.
        while len(set(names) - taken) < wanted.count(slug):
            names = [f"{slug}-{number}" for number in range(first, 4 * first)]
            first *= 4
            taken |= of_all(_among(names))
    return taken


def _among(names: Sequence[str]) -> Callable[[Any], Any]:
    return lambda column: column.in_(names)


def credit(session: Session, entry: Entry, part: Part,
           people: Sequence[tuple[Person, str, str]]) -> None:
    """Sets who has this part in an entry: person, role and organisation on that date, in order."""
    known = {each.person_id: each for each in entry.contributions if each.part is part}
    others = [each for each in entry.contributions if each.part is not part]
    ours = []
    once = {each[0].id: each for each in people}
    for position, (person, role, organisation) in enumerate(once.values()):
        each = known.get(person.id) or Contribution(person=person, person_id=person.id, part=part)
        each.position, each.role, each.organisation = position, role, organisation
        ours.append(each)
    entry.contributions = others + ours


def credit_all(session: Session, pairs: Sequence[tuple[Entry, Person]]) -> None:
    """Sets the one author of each of these new entries, in one statement."""
    if pairs:
        lists = {f"person:{person.id}:entries" for _entry, person in pairs}
        session.execute(sa.insert(Contribution).execution_options(cache_tags={"people", *lists}), [
            {"entry_id": entry.id, "person_id": person.id, "part": Part.AUTHOR,
             "shown_at": entry.shown_at}
            for entry, person in pairs])


def file_under(session: Session, entry: Entry, names: Sequence[str]) -> None:
    """Sets the topics of an entry by name, making those that are new."""
    entry.topics = topics(session, names)


def topics(session: Session, names: Sequence[str]) -> list[Topic]:
    """The topics with these names, each once; those that are new are made."""
    return list(dict.fromkeys(_topic(session, name) for name in names if name))


def _topic(session: Session, name: str) -> Topic:
    known = session.scalars(sa.select(Topic).where(
        sa.or_(sa.func.lower(Topic.name) == name.lower(), Topic.slug == name))).first()
    if known:
        return known
    topic = Topic(slug=free(session, Topic.slug, text.slugify(name) or "topic"), name=name)
    session.add(topic)
    session.flush()
    return topic


def number(session: Session, entry: Entry, title: str, wanted: int | None) -> None:
    """Puts an entry into the series with this title, under a number; an empty title takes it out.

    Without a number it becomes the next one. Raises NumberTaken.
    """
    if not title:
        entry.series, entry.series_number = None, None
        return
    series = _series(session, title)
    others = (Entry.series_id == series.id, Entry.id != entry.id)
    if wanted and session.scalar(sa.select(Entry.id).where(
            *others, Entry.series_number == wanted)) is not None:
        raise NumberTaken(f"“{series.title}” has a No. {wanted} already.")
    # PostgreSQL would put those without a number first.
    last = session.scalar(sa.select(Entry.series_number)
                          .where(*others, Entry.series_number.is_not(None))
                          .order_by(Entry.series_number.desc()).limit(1)) or 0
    entry.series, entry.series_number = series, wanted or last + 1


def _series(session: Session, title: str) -> Series:
    known = session.scalars(sa.select(Series).where(
        sa.or_(sa.func.lower(Series.title) == title.lower(), Series.slug == title))).first()
    if known:
        return known
    series = Series(slug=free(session, Series.slug, text.slugify(title) or "series"), title=title)
    session.add(series)
    session.flush()
    return series


def link(session: Session, entry: Entry, others: Sequence[Entry]) -> None:
    """Sets the entries that this one names as belonging with it."""
    named = {each.to_id: each for each in session.scalars(
        sa.select(EntryLink).where(EntryLink.from_id == entry.id))}
    wanted = {other.id for other in others} - {entry.id}
    for other_id in named.keys() - wanted:
        session.delete(named[other_id])
    session.add_all(EntryLink(from_id=entry.id, to_id=other_id)
                    for other_id in wanted - named.keys())


def discuss(entry: Entry, discussion: Discussion) -> None:
    """Sets whether readers may comment. By the rules, it stays as it is until they are asked."""
    entry.discussion = discussion
    if discussion is not Discussion.AUTO:
        entry.comments_open = discussion is Discussion.OPEN
