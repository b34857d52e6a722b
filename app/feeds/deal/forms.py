"""The forms of whoever a feed belongs to."""

from collections.abc import Sequence
from typing import Any, Self

from wtforms import Field, SelectField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from app.entries.forms import names
from app.entries.models import Discussion
from app.feeds.deal.terms import Terms
from app.feeds.models import Feed, Indexing, Policy, Show
from app.people.forms import link_lines
from app.people.models import Person
from app.web.forms import Email, Form, Line, Prose


class MailboxForm(Form):
    """An address at the blog's own domain."""

    email = Email("Your address there", [DataRequired("Which address shall we write to?"),
                                          Length(max=254)])


class TermsForm(Form):
    """How the posts come in and are shown here. What a request leaves out stays as it is."""

    policy = SelectField("New posts", choices=[
        SelectChoice(Policy.HOLD.value, "Are read by an editor first"),
        SelectChoice(Policy.PUBLISH.value, "Appear here at once")])
    topics = Line("Topics", [Optional(), Length(max=300)])
    show = SelectField("Readers get here", choices=[
        SelectChoice(Show.FULL.value, "The full text"),
        SelectChoice(Show.EXCERPT.value, "An excerpt, and the link to yours"),
        SelectChoice(Show.LINK.value, "The link alone")])
    indexing = SelectField("Search engines are told", choices=[
        SelectChoice(Indexing.CANONICAL.value, "That yours is the original"),
        SelectChoice(Indexing.NOINDEX.value, "Not to list the page here at all")])
    discussion = SelectField("Comments here", choices=[
        SelectChoice(Discussion.AUTO.value, "As everywhere on this site"),
        SelectChoice(Discussion.CLOSED.value, "None")])

    @classmethod
    def of(cls, feed: Feed, topics: Sequence[str]) -> Any:
        """The form as things stand, on a site with these topics."""
        return cls(data=_as_agreed(feed))._for(feed, topics)

    @classmethod
    def sent_for(cls, feed: Feed, topics: Sequence[str]) -> Any:
        """The form as it was sent."""
        return cls.sent(data=_as_agreed(feed))._for(feed, topics)

    def _for(self, feed: Feed, topics: Sequence[str]) -> Self:
        self.there_are = tuple(topics)
        # That nobody reads them first is an editor's trust, which an author only gives back.
        if feed.policy is not Policy.PUBLISH:
            self.policy.choices = self.policy.choices[:1]
        return self

    def validate_topics(self, field: Field) -> None:
        """Refuses a topic that the site does not have: making one is for its editors."""
        known = {name.lower() for name in self.there_are}
        for name in names(field.data or ""):
            if name.lower() not in known:
                raise ValidationError(f"There is no topic “{name}” here. Choose from those below,"
                                      " or ask the editors for it.")

    @property
    def terms(self) -> Terms:
        """What was chosen."""
        return Terms(Policy(self.policy.data), tuple(names(self.topics.data or "")),
                     Show(self.show.data), Indexing(self.indexing.data),
                     Discussion(self.discussion.data))


def _as_agreed(feed: Feed) -> dict[str, str]:
    return {"policy": feed.policy.value, "topics": ", ".join(each.name for each in feed.topics),
            "show": feed.show.value, "indexing": feed.indexing.value,
            "discussion": feed.discussion.value}


class BioForm(Form):
    """What stands in the box below somebody's posts."""

    headline = Line("Headline", [Optional(), Length(max=160)])
    bio = Prose("Bio", [Optional(), Length(max=2000)])
    links = Prose("Links", [Optional(), link_lines])

    @classmethod
    def about(cls, person: Person) -> Any:
        """The form filled with what is known; its fields are named after the person's page."""
        lines = "\n".join(f"{link['label']} | {link['url']}" for link in person.links)
        return cls(prefix=f"{person.slug}-", data={"headline": person.headline, "bio": person.bio,
                                                   "links": lines})
