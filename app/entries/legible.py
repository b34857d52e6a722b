"""What readers are told of an entry, for a row of the database as for plain values."""

from enum import StrEnum
from typing import Any, NamedTuple

from app.text import HOUSE_REL, OUTSIDE_REL


class Origin(StrEnum):
    """Where the text came from; only the house's own links are ours to vouch for."""

    HOUSE = "house"
    GUEST = "guest"
    FEED = "feed"


class Part(StrEnum):
    """What a person did in an entry."""

    AUTHOR = "author"
    HOST = "host"
    GUEST = "guest"


class Nature(NamedTuple):
    """What a section says of its entries where they are named: what stands above the title,
    how long it takes, and what stands below the title where another entry leads to it; and the
    number, if the section counts.
    """

    label: str
    length_in_words: str
    invitation: str
    number: int | None = None


def nature_of_post(minutes: int) -> Nature:
    """Of what takes these minutes to read."""
    return Nature("", f"{minutes} min to read", "The post that grew out of this conversation.")


class Legible:
    """What readers are told of an entry, for a row as for plain values."""

    __slots__ = ()

    dom_name = "entry"

    @property
    def path(self: Any) -> str:
        """Its address on the site."""
        return f"/{self.section}/{self.slug}"

    @property
    def rel(self: Any) -> str:
        """What its links say to search engines and to the pages they lead to."""
        return OUTSIDE_REL if self.origin in {Origin.GUEST, Origin.FEED} else HOUSE_REL

    @property
    def label(self: Any) -> str:
        """What stands above its title: nothing for a post, the number for an episode."""
        return self.nature.label

    @property
    def length_in_words(self: Any) -> str:
        """How long it takes."""
        return self.nature.length_in_words

    @property
    def invitation(self: Any) -> str:
        """What stands under its title where another entry leads to it."""
        return self.nature.invitation

    def people(self: Any, *parts: Part) -> list[Any]:
        """The people with one of these parts, in the byline's order."""
        return [each.person for each in self.contributions if each.part in parts]

    @property
    def guests(self: Any) -> list[Any]:
        """Who was interviewed, as what."""
        return [each for each in self.contributions if each.part is Part.GUEST]

    @property
    def hosts(self: Any) -> list[Any]:
        """Who asked."""
        return [each for each in self.contributions if each.part is Part.HOST]

    @property
    def bios(self: Any) -> list[Any]:
        """Whose bio boxes stand below it: everyone once, by their first part."""
        return list({each.person_id: each for each in reversed(self.contributions)}.values())[::-1]

    @property
    def byline(self: Any) -> list[Any]:
        """Whose names stand under the title: the authors; where there are none, host and guests."""
        return self.people(Part.AUTHOR) or self.people(Part.HOST, Part.GUEST)


class Credited:
    """What stands beside a name, for a row as for plain values."""

    __slots__ = ()

    @property
    def standing(self: Any) -> str:
        """Role and organisation on that date, or the person's present headline."""
        return ", ".join(filter(None, (self.role, self.organisation))) or self.person.headline
