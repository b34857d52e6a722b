"""What taking over a list of feeds would do. Nothing is changed here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.entries import forms
from app.entries.models import Discussion
from app.entries.shelves import Topic
from app.feeds import settings
from app.feeds.actions import BadAddress, normal
from app.feeds.lists import bylines
from app.feeds.lists.opml import Outline
from app.feeds.models import Feed, Indexing, Policy, Show
from app.feeds.settings import Settings
from app.people.models import Person
from app.text import shorten

Choice = TypeVar("Choice", bound=StrEnum)
LONGEST_TOPIC, MOST_TOPICS = 80, 100
LABELS = {"policy": "New items", "show": "Readers get", "indexing": "Search engines",
          "discussion": "Comments", "topics": "Topics", "author": "Author",
          "from_page": "Text from the page"}


class Step(StrEnum):
    """What an import does with a feed of the list."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True)
class Planned:
    """A feed of a list: what would be done with it, and what an editor should know."""

    step: Step
    outline: Outline
    url: str
    notes: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)
    feed: Feed | None = None
    names: Mapping[str, Person] = field(default_factory=dict)


def plan(session: Session, listed: Sequence[Outline]) -> list[Planned]:
    """What taking over these feeds would do, each address once. Changes nothing."""
    here = _Here(session, listed)
    planned = {each.url: each for each in map(here.planned, reversed(listed))}
    return list(reversed(planned.values()))


class _Here:
    """What an import may meet here, read in four queries however long the list is."""

    def __init__(self, session: Session, listed: Sequence[Outline]) -> None:
        slugs = {each.settings.get("author", "") for each in listed} | bylines.slugs(
            each.settings.get("names", "") for each in listed)
        # All of ours, not those of the list: a database limits how many values may be named.
        self.feeds = {feed.url: feed for feed in session.scalars(sa.select(Feed))}
        self.topics = {name.casefold(): name for name in session.scalars(sa.select(Topic.name))}
        self.people = {person.slug: person for person in session.scalars(sa.select(Person))
                       if person.slug in slugs}
        self.names = bylines.every(session)

    def planned(self, one: Outline) -> Planned:
        """What would be done with one feed of the list."""
        try:
            url = normal(one.url)
        except BadAddress as error:
            return Planned(Step.REFUSED, one, one.url, (shorten(str(error), 300),))
        feed, notes = self.feeds.get(url), list[str]()
        before = settings.of(feed) if feed else Settings(topics=self._folders(one, notes))
        after = self._read(one, before, notes)
        names = self._names(one, feed, notes)
        if feed is None:
            return Planned(Step.NEW, one, url, tuple(notes), after, names=names)
        if feed.claimed_at and _terms(after) != _terms(before):
            notes.append("Its author chose how it is shown here; that stays.")
            after = replace(after, show=before.show, indexing=before.indexing,
                            discussion=before.discussion)
        step = Step.CHANGED if names or not _same(before, after) else Step.SAME
        return Planned(step, one, url, (*_changes(before, after), *notes), after, feed, names)

    def _names(self, one: Outline, feed: Feed | None, notes: list[str]) -> dict[str, Person]:
        known = self.names.get(feed.id, {}) if feed else {}
        new = {name: slug for name, slug in bylines.read(one.settings.get("names", "")).items()
               if known.get(name) != slug}
        notes += [f"“{shorten(name, 60)}” is {self.people[slug].name}." if slug in self.people
                  else f"Nobody here is “{shorten(slug, 60)}”, so “{shorten(name, 60)}” waits."
                  for name, slug in new.items()]
        return {name: self.people[slug] for name, slug in new.items() if slug in self.people}

    def _folders(self, one: Outline, notes: list[str]) -> tuple[str, ...]:
        if _is_ours(one):
            return ()
        known = [self.topics[name.casefold()] for name in one.folders
                 if name.casefold() in self.topics]
        notes += [f"The folder “{shorten(name, 60)}” is no topic here, so it is left out."
                  for name in one.folders if name.casefold() not in self.topics]
        return tuple(dict.fromkeys(known))

    def _read(self, one: Outline, before: Settings, notes: list[str]) -> Settings:
        ours = one.settings
        return Settings(
            policy=_chosen(ours, "policy", Policy, before.policy, notes),
            show=_chosen(ours, "show", Show, before.show, notes),
            indexing=_chosen(ours, "indexing", Indexing, before.indexing, notes),
            discussion=_chosen(ours, "discussion", Discussion, before.discussion, notes),
            topics=_topics(ours.get("topics", "")) if _is_ours(one) else before.topics,
            author=self._author(one, before.author, notes),
            from_page=ours.get("from-page") == "yes" if _is_ours(one) else before.from_page)

    def _author(self, one: Outline, before: Person | None, notes: list[str]) -> Person | None:
        slug = one.settings.get("author", "")
        if slug and slug not in self.people:
            notes.append(f"Nobody here is “{shorten(slug, 60)}”, so its author stays as it is.")
        return self.people.get(slug, before) if slug or not _is_ours(one) else None


def _is_ours(one: Outline) -> bool:
    # Our own exports say all that is set; what they leave out is empty, not unknown.
    return "policy" in one.settings


def _topics(written: str) -> tuple[str, ...]:
    # Each of them would get a page of its own.
    return tuple(name for name in forms.names(written) if len(name) <= LONGEST_TOPIC)[:MOST_TOPICS]


def _chosen(ours: dict[str, str], name: str, kind: type[Choice], before: Choice,
            notes: list[str]) -> Choice:
    wanted = ours.get(name)
    if wanted is None or wanted in set(kind):
        return kind(wanted) if wanted else before
    notes.append(f"“{shorten(wanted, 40)}” is no setting of “{LABELS[name]}”, so that stays as it"
                 " is.")
    return before


def _terms(of: Settings) -> tuple[Show, Indexing, Discussion]:
    return of.show, of.indexing, of.discussion


def _same(before: Settings, after: Settings) -> bool:
    return _comparable(before) == _comparable(after)


def _comparable(of: Settings) -> Settings:
    return replace(of, topics=tuple(sorted(name.casefold() for name in of.topics)))


def _changes(before: Settings, after: Settings) -> list[str]:
    if _same(before, after):
        return []
    pairs = ((label, _word(getattr(before, name)), _word(getattr(after, name)))
             for name, label in LABELS.items())
    return [f"{label}: {old} becomes {new}." for label, old, new in pairs if old != new]


def _word(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value) or "none"
    if isinstance(value, Person):
        return value.name
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value or "nobody")
