"""The forms of feeds."""

from dataclasses import fields, replace
from typing import Any

from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from app.entries.forms import names
from app.entries.models import Discussion
from app.feeds.models import Indexing, Policy, Show
from app.feeds.settings import Settings
from app.people.models import Person
from app.web.forms import Form, Line


class SettingsForm(Form):
    """What is agreed on for a feed. What a request leaves out is as for a feed nobody claimed."""

    policy = SelectField("New items", default=Policy.HOLD.value, choices=[
        SelectChoice(Policy.HOLD.value, "Wait at the desk"),
        SelectChoice(Policy.PUBLISH.value, "Are published at once")])
    show = RadioField("Readers get", default=Show.EXCERPT.value, choices=[
        SelectChoice(Show.EXCERPT.value, "An excerpt"),
        SelectChoice(Show.FULL.value, "The full text"),
        SelectChoice(Show.LINK.value, "A link")])
    indexing = SelectField("Search engines", default=Indexing.CANONICAL.value, choices=[
        SelectChoice(Indexing.CANONICAL.value, "Are led to the original (canonical)"),
        SelectChoice(Indexing.NOINDEX.value, "Are asked not to list our copy (noindex)")])
    discussion = SelectField("Comments", default=Discussion.AUTO.value, choices=[
        SelectChoice(Discussion.AUTO.value, "Open, and closed by the rules after a while"),
        SelectChoice(Discussion.OPEN.value, "Open for good"),
        SelectChoice(Discussion.CLOSED.value, "Closed")])
    topics = Line("Topics", [Optional(), Length(max=300)])
    author = Line("Author", [Optional(), Length(max=80)])
    from_page = BooleanField("Where the feed cuts its texts short, take them from their pages")

    @classmethod
    def of(cls, settings: Settings) -> Any:
        """The form filled with what is set."""
        return cls(data=_typed(settings))

    @classmethod
    def sent_for(cls, settings: Settings) -> Any:
        """The form as it was sent; a field that the request left out is as it is set now."""
        return cls.sent(data=_typed(settings))

    def settings(self, author: Person | None) -> Settings:
        """What was chosen, with the person that the name in `author` stands for."""
        return Settings(
            policy=Policy(self.policy.data), show=Show(self.show.data),
            indexing=Indexing(self.indexing.data), discussion=Discussion(self.discussion.data),
            topics=tuple(names(self.topics.data)), author=author, from_page=self.from_page.data)

    def beside(self, before: Settings, author: Person | None) -> Settings:
        """What was chosen; whatever the request left out or left empty stays as it was before."""
        chosen = self.settings(author)
        return replace(before, **{each.name: getattr(chosen, each.name) for each in fields(before)
                                  if any(self[each.name].raw_data or ())})


def _typed(settings: Settings) -> dict[str, Any]:
    return {"policy": settings.policy.value, "show": settings.show.value,
            "indexing": settings.indexing.value, "discussion": settings.discussion.value,
            "topics": ", ".join(settings.topics), "from_page": settings.from_page,
            "author": settings.author.name if settings.author else ""}


class FeedForm(SettingsForm):
    """A feed to pull guest posts in from."""

    url = Line("Address of a feed or a site", [DataRequired("The feed's address, please."),
                                               Length(max=2000)])
