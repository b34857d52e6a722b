"""What readers see of entries, as plain values: of these, pages are made piece by piece.

Rows that can be changed cost ten times as much to load as values that cannot.
"""

from datetime import datetime
from typing import NamedTuple

from app.entries.legible import Credited, Legible, Nature, Origin, Part
from app.entries.models import Discussion, EntryState


class Picture(NamedTuple):
    """A picture in the media store."""

    name: str
    width: int
    height: int

    @property
    def path(self) -> str:
        """Its address on the site."""
        return f"/media/{self.name}"


class TopicName(NamedTuple):
    """A topic that an entry is filed under."""

    id: int
    slug: str
    name: str

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/topics/{self.slug}"


class SeriesName(NamedTuple):
    """The series that an entry belongs to."""

    id: int
    slug: str
    title: str

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/series/{self.slug}"


class Link(NamedTuple):
    """A link of a person."""

    label: str
    url: str


class Somebody(NamedTuple):
    """A person who is named; the rest is there where the bio is shown."""

    id: int
    slug: str
    name: str
    headline: str = ""
    bio_html: str = ""
    links: tuple[Link, ...] = ()
    picture: Picture | None = None

    @property
    def dom_name(self) -> str:
        """What their ids begin with."""
        return "person"

    @property
    def path(self) -> str:
        """The address of their page."""
        return f"/people/{self.slug}"


class _Credit(NamedTuple):
    part: Part
    role: str
    organisation: str
    person: Somebody


class Credit(Credited, _Credit):
    """What somebody did in an entry, and as what."""

    __slots__ = ()

    @property
    def person_id(self) -> int:
        """Whose it is."""
        return self.person.id


class _Mention(NamedTuple):
    id: int
    section: str
    slug: str
    title: str
    series_number: int | None
    nature: Nature


class Mention(Legible, _Mention):
    """An entry that another one leads to."""

    __slots__ = ()


class _Reading(NamedTuple):
    id: int
    section: str
    slug: str
    title: str
    standfirst: str
    language: str
    origin: Origin
    published_at: datetime
    comments_open: bool
    discussion: Discussion
    cover_alt: str
    series_number: int | None
    canonical_url: str | None
    noindex: bool
    source_name: str | None
    source_published_at: datetime | None
    guid: str
    updated_at: datetime
    html: str
    series: SeriesName | None
    cover: Picture | None
    topics: tuple[TopicName, ...]
    contributions: tuple[Credit, ...]
    nature: Nature


class Reading(Legible, _Reading):
    """An entry under the names that it has in `Entry`. In a list it comes without its text."""

    __slots__ = ()


class _Filed(NamedTuple):
    id: int
    section: str
    title: str
    origin: Origin
    state: EntryState
    moment: datetime
    contributions: tuple[Credit, ...]
    nature: Nature


class Filed(Legible, _Filed):
    """An entry as editors list it. Its `moment` is when it went or goes public, or was touched."""

    __slots__ = ()

    @property
    def desk_path(self) -> str:
        """Where editors change it."""
        return f"/desk/{self.section}/{self.id}"
