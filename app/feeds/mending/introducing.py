"""What a text says about its author becomes the person's, where they have nothing of their own."""

from collections.abc import Iterable

from app.feeds.mending.findings import Finding
from app.people import actions as people
from app.people.models import Person


def introduce(person: Person, findings: Iterable[Finding], *, came_with: str = "") -> None:
    """Gives a person the bio and the links that stood under a text, where they have none.

    `came_with` is what the feed says of itself, which new people start with and which counts as
    no bio. What somebody wrote here stays.
    """
    for found in findings:
        if found["name"] != "bio":
            continue
        unwritten = person.bio in {"", came_with}
        bio = found["bio"] if unwritten and found["bio"] else person.bio
        known = {each["url"] for each in person.links}
        links = [each for each in found["links"] if each["url"] not in known]
        fresh = person.links + links if unwritten else person.links or links
        people.describe(person, headline=person.headline, bio=bio, links=fresh)


def introduce_surely(person: Person, findings: Iterable[Finding], *, came_with: str = "") -> None:
    """As `introduce`, by what is sure or was made so by an editor."""
    introduce(person, (each for each in findings if each["sure"] or each.get("made_by")),
              came_with=came_with)
