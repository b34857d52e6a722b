"""The comment form."""

from typing import Any

from wtforms import HiddenField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from app.comments.actions import LONGEST, Remark
from app.web.forms import Email, Form, Line, Prose

NAMELESS = "Please say who you are; any name will do, but there must be one."


def says_who(form: Form, field: Any) -> None:
    """A validator: a name has at least one letter or digit."""
    if not any(sign.isalnum() for sign in field.data):
        raise ValidationError(NAMELESS)


class CommentForm(Form):
    """What a reader sends. The e-mail address is kept to reach them and shown to nobody."""

    author_name = Line("Name", [DataRequired(NAMELESS), Length(max=80), says_who])
    author_email = Email("E-mail", [
        DataRequired("An e-mail address, please; it is not published."), Length(max=254)])
    author_headline = Line("What you do", [Optional(), Length(max=120)])
    body = Prose("Comment", [
        DataRequired("There is nothing in it yet."),
        Length(max=LONGEST, message=f"A comment has at most {LONGEST:,} characters.")])
    parent_id = HiddenField("In answer to")

    @property
    def remark(self) -> Remark:
        """What was typed."""
        return Remark(name=self.author_name.data, email=self.author_email.data,
                      headline=self.author_headline.data, body=self.body.data,
                      parent=self.parent_id.data or "")
