"""The form of a feed."""

from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from app.feeds.models import Policy, Show
from app.web.forms import Form, Line


class FeedForm(Form):
    """A feed to pull guest posts in from."""

    url = Line("Address of the feed", [DataRequired("The feed's address, please."),
                                       Length(max=2000)])
    policy = SelectField("New items", choices=[
        SelectChoice(Policy.HOLD.value, "Wait at the desk"),
        SelectChoice(Policy.PUBLISH.value, "Are published at once")])
    show = SelectField("Readers get", choices=[
        SelectChoice(Show.FULL.value, "The full text"),
        SelectChoice(Show.EXCERPT.value, "An excerpt"),
        SelectChoice(Show.LINK.value, "A link")])
    author = Line("Author", [Optional(), Length(max=80)])
