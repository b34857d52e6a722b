"""The form of an entry, as editors fill it; episodes add fields of their own."""

from typing import Any

from wtforms import IntegerField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional, Regexp

from app.entries.models import Discussion, Entry, Part
from app.entries.wording import Words
from app.web.forms import Form, Line, Moment, Picture, Prose

LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$"


def names(typed: str) -> list[str]:
    """The names in a list separated by commas."""
    return [name.strip() for name in typed.split(",") if name.strip()]


class EntryForm(Form):
    """Everything an editor can set of an entry."""

    title = Line("Title", [DataRequired("A title, please."), Length(max=200)])
    standfirst = Prose("Standfirst", [Optional(), Length(max=600)])
    source = Prose("Text", [Optional(), Length(max=400_000)])
    version = IntegerField("Version", [Optional()])
    slug = Line("Address", [Optional(), Length(max=80)])
    topics = Line("Topics", [Optional(), Length(max=300)])
    series = Line("Series", [Optional(), Length(max=120)])
    series_number = IntegerField("Number", [Optional(),
                                            NumberRange(1, 100_000, "A number from 1.")])
    authors = Line("Authors", [Optional(), Length(max=400)])
    language = Line("Language", [Optional(), Regexp(LANGUAGE, message="Such as en or pt-BR.")],
                    default="en")
    discussion = SelectField("Comments", default=Discussion.AUTO.value, choices=[
        SelectChoice(Discussion.AUTO.value, "Open, and closed by the rules after a while"),
        SelectChoice(Discussion.OPEN.value, "Open for good"),
        SelectChoice(Discussion.CLOSED.value, "Closed")])
    cover = Picture("Cover picture", [Optional()])
    cover_alt = Line("What the picture shows", [Optional(), Length(max=300)])
    linked = Line("Belongs with", [Optional(), Length(max=400)])
    publish_at = Moment("Publish on")

    @classmethod
    def of(cls, entry: Entry, **more: Any) -> Any:
        """The form filled with what an entry has."""
        return cls(data={
            "title": entry.title, "standfirst": entry.standfirst, "source": entry.source,
            "version": entry.version, "slug": entry.slug or "", "language": entry.language,
            "topics": ", ".join(topic.name for topic in entry.topics),
            "series": entry.series.title if entry.series else "",
            "series_number": entry.series_number, "cover_alt": entry.cover_alt,
            "authors": ", ".join(person.name for person in entry.people(Part.AUTHOR)),
            "discussion": entry.discussion, "publish_at": entry.publish_at, **more})

    @property
    def words(self) -> Words:
        """What was typed."""
        return Words(self.title.data, self.standfirst.data, self.source.data)
