"""A list of feeds, taken over: first what it would do, then that. Done twice, it is done once."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.entries.forms import names
from app.entries.models import Discussion, Topic
from app.feeds import settings
from app.feeds.actions import BadAddress, normal
from app.feeds.models import Feed, Indexing, Policy, Show
from app.feeds.opml import Outline
from app.feeds.settings import Settings
from app.people.models import Person
from app.text import shorten

Choice = TypeVar("Choice", bound=StrEnum)
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


def outline(feed: Feed) -> Outline:
    """A feed as an export lists it, with all that is set."""
    now = settings.of(feed)
    return Outline(feed.url, feed.title, feed.site_url or "", (), {
        "policy": now.policy.value, "show": now.show.value, "indexing": now.indexing.value,
        "discussion": now.discussion.value, "topics": ", ".join(now.topics),
        "author": now.author.slug if now.author else "",
        "from-page": "yes" if now.from_page else "", "paused": "yes" if feed.paused_at else ""})


def plan(session: Session, outlines: Sequence[Outline]) -> list[Planned]:
    """What taking over these feeds would do, each address once. Changes nothing."""
    here = _Here(session, outlines)
    planned = {each.url: each for each in map(here.planned, reversed(outlines))}
    return list(reversed(planned.values()))


def carry_out(session: Session, planned: Sequence[Planned], *, now: datetime) -> list[Feed]:
    """Does what was planned; the new feeds, which the worker asks next. The caller commits."""
    new = []
    for each in planned:
        if each.step is Step.NEW:
            new.append(_add(session, each, now))
        elif each.step is Step.CHANGED and each.feed:
            settings.agree(session, each.feed, each.settings)
    return new


def tally(planned: Sequence[Planned]) -> str:
    """How many feeds of a list are what, in words."""
    words = {Step.NEW: "new", Step.CHANGED: "changed", Step.SAME: "as they are",
             Step.REFUSED: "left out"}
    counts = {step: sum(each.step is step for each in planned) for step in Step}
    return ", ".join(f"{counts[step]} {words[step]}" for step in Step if counts[step]) or "no feeds"


def _add(session: Session, each: Planned, now: datetime) -> Feed:
    feed = Feed(url=each.url, title=shorten(each.outline.title, 300), added_at=now,
                next_visit_at=now, next_visit_why="It was just imported.",
                site_url=_site(each.outline.site_url),
                paused_at=now if each.outline.settings.get("paused") == "yes" else None)
    session.add(feed)
    session.flush()
    settings.agree(session, feed, each.settings)
    return feed


def _site(address: str) -> str | None:
    try:
        return normal(address)
    except BadAddress:
        return None


class _Here:
    """What an import may meet here, read in three queries however long the list is."""

    def __init__(self, session: Session, outlines: Sequence[Outline]) -> None:
        slugs = {each.settings.get("author", "") for each in outlines}
        # All of ours, not those of the list: a database limits how many values may be named.
        self.feeds = {feed.url: feed for feed in session.scalars(sa.select(Feed))}
        self.topics = {name.casefold(): name for name in session.scalars(sa.select(Topic.name))}
        self.people = {person.slug: person for person in session.scalars(sa.select(Person))
                       if person.slug in slugs}

    def planned(self, one: Outline) -> Planned:
        """What would be done with one feed of the list."""
        try:
            url = normal(one.url)
        except BadAddress as error:
            return Planned(Step.REFUSED, one, one.url, (shorten(str(error), 300),))
        feed, notes = self.feeds.get(url), list[str]()
        before = settings.of(feed) if feed else Settings(topics=self._folders(one, notes))
        after = self._read(one, before, notes)
        if feed is None:
            return Planned(Step.NEW, one, url, tuple(notes), after)
        if feed.claimed_at and _terms(after) != _terms(before):
            notes.append("Its author chose how it is shown here; that stays.")
            after = replace(after, show=before.show, indexing=before.indexing,
                            discussion=before.discussion)
        step = Step.SAME if _same(before, after) else Step.CHANGED
        return Planned(step, one, url, (*_changes(before, after), *notes), after, feed)

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
            topics=tuple(names(ours.get("topics", ""))) if _is_ours(one) else before.topics,
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
