"""Changes to entries: writing them down, publishing, taking back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import jobs, text
from app.database import free
from app.entries import queries, tagging
from app.entries.models import (
    Contribution,
    Discussion,
    Entry,
    EntryLink,
    EntryState,
    FormerAddress,
    Markup,
    Part,
    Revision,
    Series,
    Topic,
    entry_topics,
)
from app.pagecache import disturb
from app.people.models import Person

JOB = "publish-due"


class Stale(Exception):
    """The text was saved by somebody else in the meantime."""


class SlugTaken(Exception):
    """Another entry of the section has this address."""


class NumberTaken(Exception):
    """Another entry of the series has this number."""


class NothingToPublish(Exception):
    """An entry without a title or a text cannot go out."""


@dataclass(frozen=True)
class Words:
    """The text of an entry as its writer typed it."""

    title: str
    standfirst: str
    source: str


def write(session: Session, entry: Entry, words: Words, *, by: str, now: datetime,
          version: int | None = None) -> bool:
    """Stores new words, keeping the old as a revision; says whether anything changed.

    With `version`, the version that the writer began from: raises Stale if it is not the newest.
    """
    if words == Words(entry.title, entry.standfirst, entry.source):
        return False
    if version is not None and entry.id is not None:
        session.refresh(entry, ["version"], with_for_update=True)
        if entry.version != version:
            raise Stale(f"“{entry.title}” was saved by somebody else while you were writing.")
    _keep_revision(session, entry, by, now)
    replace(entry, words, now=now)
    return True


def write_all(session: Session, changes: Sequence[tuple[Entry, Words]], *, by: str,
              now: datetime) -> None:
    """As `write`, for many stored entries at once and without asking for their versions."""
    changed = [(entry, words) for entry, words in changes
               if words != Words(entry.title, entry.standfirst, entry.source)]
    if not changed:
        return
    session.execute(sa.insert(Revision), [_revision(entry, by, now) for entry, _words in changed])
    for entry, words in changed:
        entry.version += 1
        replace(entry, words, now=now)


def add_all(session: Session, made: Sequence[Entry]) -> None:
    """Stores many new entries with their topics, in two statements; each gets its id.

    They stay outside of the session: what else they hold is not stored, nor what comes later.
    """
    if not made:
        return
    columns = [each.key for each in sa.inspect(Entry).column_attrs]
    ids = session.scalars(
        sa.insert(Entry).returning(Entry.id, sort_by_parameter_order=True)
        .execution_options(cache_tags=()),
        [{key: each.__dict__[key] for key in columns if key in each.__dict__} for each in made])
    for entry, new in zip(made, ids, strict=True):
        entry.id = new
    if filed := [{"entry_id": each.id, "topic_id": topic.id, "shown_at": each.shown_at}
                 for each in made for topic in each.topics]:
        session.execute(sa.insert(entry_topics).execution_options(cache_tags=()), filed)
    disturb(session, tagging.of_new(made))


def replace(entry: Entry, words: Words, *, now: datetime) -> None:
    """Sets new words and forgets the old: for text that nobody here has touched."""
    entry.title, entry.standfirst, entry.source = words.title, words.standfirst, words.source
    render(entry)
    entry.updated_at = now


def _keep_revision(session: Session, entry: Entry, by: str, now: datetime) -> None:
    if entry.id is None or not (entry.source or entry.title):
        return
    session.add(Revision(**_revision(entry, by, now)))
    entry.version += 1


def _revision(entry: Entry, by: str, now: datetime) -> dict[str, Any]:
    return {"entry_id": entry.id, "version": entry.version, "title": entry.title,
            "standfirst": entry.standfirst, "source": entry.source, "saved_by": by,
            "saved_at": now}


def render(entry: Entry) -> None:
    """Makes the HTML of an entry from its source."""
    # Column defaults are set by the first flush, so a new entry's markup may still be None.
    rendered = text.clean_html if entry.markup is Markup.HTML else text.markdown
    entry.html = rendered(entry.source, rel=entry.rel)
    entry.minutes = text.reading_minutes(entry.html)


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
    last = session.scalar(sa.select(Entry.series_number).where(*others)
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


def publish(session: Session, entry: Entry, *, now: datetime, at: datetime | None = None) -> None:
    """Makes an entry public now, or at a later time. Raises NothingToPublish.

    An entry that was public before keeps its first date only if it never left.
    """
    if not entry.is_publishable:
        raise NothingToPublish("A piece needs a title and a text before it can be published.")
    address(session, entry)
    if at is not None and at > now:
        entry.state, entry.publish_at, entry.published_at = EntryState.SCHEDULED, at, None
        jobs.wake(session, JOB, at)
    elif not entry.is_public:
        entry.state, entry.publish_at, entry.published_at = EntryState.PUBLISHED, None, now
    entry.updated_at = now


def publish_all(session: Session, entries: Sequence[Entry], *, now: datetime) -> None:
    """Makes new entries of one section public, in a fixed number of statements.

    Each must be publishable, and have no address yet.
    """
    _address_all(session, entries)
    for entry in entries:
        entry.state, entry.publish_at, entry.published_at = EntryState.PUBLISHED, None, now


def _address_all(session: Session, entries: Sequence[Entry]) -> None:
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


def remove(entry: Entry, *, now: datetime) -> None:
    """Takes an entry out of sight; its address and guid stay its own."""
    entry.state, entry.published_at, entry.publish_at = EntryState.REMOVED, None, None
    entry.updated_at = now


def take_down(entry: Entry, *, now: datetime) -> None:
    """Takes an entry out of sight for its author's sake; `put_back` finds it under its old date."""
    entry.state, entry.updated_at = EntryState.REMOVED, now


def put_back(entry: Entry, state: EntryState, *, now: datetime) -> None:
    """Puts an entry back that `take_down` took out of sight, into the state it had then."""
    entry.state, entry.updated_at = state, now


def hold_again(entry: Entry, *, now: datetime) -> None:
    """Takes a publication back: the page is gone, and the entry waits under the same address."""
    entry.state, entry.published_at, entry.publish_at = EntryState.WAITING, None, None
    entry.updated_at = now


def publish_due(session: Session, *, now: datetime) -> int:
    """Publishes what is scheduled for now or before; says how much. Run twice, it does it once."""
    due = session.scalars(queries.due(now).with_for_update(skip_locked=True, of=Entry)).all()
    for entry in due:
        # The moment it went public is now, even if the worker was late.
        entry.state, entry.published_at, entry.publish_at = EntryState.PUBLISHED, now, None
    session.commit()
    return len(due)
