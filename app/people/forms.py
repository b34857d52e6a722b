"""The form of a person."""

from typing import Any

from wtforms.validators import DataRequired, Length, Optional, ValidationError

from app.people.models import Person
from app.web.forms import Form, Line, Picture, Prose, says_who

MOST_LINKS = 8


def link_lines(form: Form, field: Any) -> None:
    """A validator: every line is `Label | https://…`."""
    try:
        read_links(field.data or "")
    except ValueError as error:
        raise ValidationError(str(error)) from error


def read_links(lines: str) -> list[dict[str, str]]:
    """Links from lines of `Label | https://…`; raises ValueError naming a line that is none."""
    links = []
    for line in filter(None, (line.strip() for line in lines.split("\n"))):
        label, bar, url = (part.strip() for part in line.partition("|"))
        if not (bar and label and url.startswith(("https://", "http://")) and " " not in url):
            raise ValueError(f"“{line[:60]}” is not of the form: Website | https://example.org")
        links.append({"label": label[:60], "url": url[:500]})
    if len(links) > MOST_LINKS:
        raise ValueError(f"At most {MOST_LINKS} links, please.")
    return links


class PersonForm(Form):
    """What stands in a byline and in a bio box."""

    name = Line("Name", [DataRequired("A name, please."), Length(max=80), says_who])
    headline = Line("Headline", [Optional(), Length(max=160)])
    bio = Prose("Bio", [Optional(), Length(max=2000)])
    links = Prose("Links", [Optional(), link_lines])

    @classmethod
    def of(cls, person: Person) -> Any:
        """The form filled with what is known of a person."""
        lines = "\n".join(f"{link['label']} | {link['url']}" for link in person.links)
        return cls(data={"name": person.name, "headline": person.headline, "bio": person.bio,
                         "links": lines, "slug": person.slug})


class StaffPersonForm(PersonForm):
    """The same with what only editors set."""

    slug = Line("Address", [Optional(), Length(max=80)])
    picture = Picture("Photo", [Optional()])
