"""The forms of a piece."""

from wtforms import IntegerField
from wtforms.validators import Length, Optional

from app.entries.wording import Words
from app.web.forms import Form, Line, Moment, Prose

LONGEST_TEXT = 200_000


class PieceForm(Form):
    """A draft may be empty: only sending in asks for a title and a text."""

    title = Line("Title", [Optional(), Length(max=200)])
    standfirst = Prose("Standfirst", [Optional(), Length(max=500)])
    topics = Line("Topics", [Optional(), Length(max=200)])
    source = Prose("Text", [Optional(), Length(
        max=LONGEST_TEXT, message=f"A piece has at most {LONGEST_TEXT:,} characters.")])
    version = IntegerField("Version", [Optional()])

    @property
    def words(self) -> Words:
        """What was typed."""
        return Words(self.title.data, self.standfirst.data, self.source.data)

    @property
    def topic_names(self) -> list[str]:
        """At most three topics."""
        return [name.strip()[:60] for name in self.topics.data.split(",") if name.strip()][:3]


class SendInForm(Form):
    """What goes to the editors with a piece."""

    note = Prose("A word to the editors", [Optional(), Length(max=2000)])
    wanted_at = Moment("Best published on")
