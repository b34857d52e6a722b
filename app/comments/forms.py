"""The comment form."""

from typing import Any
from urllib.parse import urlsplit

from wtforms import Form as BaseForm
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from app.comments.actions import LONGEST, Remark
from app.web.forms import Email, Form, Line, Prose, says_who

NAMELESS = "Please say who you are; any name will do, but there must be one."
NO_LINK = "A link begins with https:// or http://, such as https://example.org."


def web_address(form: BaseForm, field: Any) -> None:
    """A validator: an address that a browser can open over http or https, and nothing else."""
    try:
        parts = urlsplit(field.data)
        sound = parts.scheme in {"http", "https"} and parts.hostname and parts.username is None
        _ = parts.port
    except ValueError:
        sound = False
    if not sound or any(sign <= " " or sign in '\\"<>' for sign in field.data):
        raise ValidationError(NO_LINK)


class CommentForm(Form):
    """What a reader sends. The e-mail address is kept to reach them and shown to nobody."""

    author_name = Line("Name", [DataRequired(NAMELESS), Length(max=80), says_who])
    author_email = Email("E-mail", [
        DataRequired("An e-mail address, please; it is not published."), Length(max=254)])
    author_headline = Line("What you do", [Optional(), Length(max=120)])
    author_url = Line("Link", [
        Optional(), Length(max=300, message="A link has at most 300 characters."), web_address])
    body = Prose("Comment", [
        DataRequired("There is nothing in it yet."),
        Length(max=LONGEST, message=f"A comment has at most {LONGEST:,} characters.")])
    parent_id = Line("In answer to", [Optional(), Length(max=40)])

    @property
    def remark(self) -> Remark:
        """What was typed."""
        return Remark(name=self.author_name.data, email=self.author_email.data,
                      headline=self.author_headline.data, body=self.body.data,
                      parent=self.parent_id.data or "",
                      url=self.author_url.data)


class BlankForm(CommentForm):
    """The comment form before anybody has typed: the same for all, so one is enough."""

    unchanging = True


BLANK = BlankForm()
