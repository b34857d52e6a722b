"""The forms of whoever a feed belongs to."""

from typing import Any

from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from app.entries.models import Discussion
from app.feeds.deal.terms import Terms
from app.feeds.models import Feed, Indexing, Show
from app.people.forms import link_lines
from app.people.models import Person
from app.web.forms import Email, Form, Line, Prose


class MailboxForm(Form):
    """An address at the blog's own domain."""

    email = Email("Your address there", [DataRequired("Which address shall we write to?"),
                                          Length(max=254)])


class TermsForm(Form):
    """How the posts are shown here."""

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
    def of(cls, feed: Feed) -> Any:
        """The form as things stand."""
        return cls(data={"show": feed.show.value, "indexing": feed.indexing.value,
                         "discussion": feed.discussion.value})

    @property
    def terms(self) -> Terms:
        """What was chosen."""
        return Terms(Show(self.show.data), Indexing(self.indexing.data),
                     Discussion(self.discussion.data))


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
