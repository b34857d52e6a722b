"""What comes with a decision."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl

from wtforms import RadioField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.desk.filtering import Filter, NoSuchFilter
from app.desk.models import Verb
from app.desk.reasons import REASONS
from app.web.forms import Form, Line, Moment, Prose


class DecisionForm(Form):
    """A reason from the list (its text, or its number from 1), a message, a time to publish at."""

    reason = Line("Reason", [Optional(), Length(max=200)])
    message = Prose("Message", [
        Optional(), Length(max=4000, message="A message has at most 4,000 characters.")])
    publish_at = Moment("Publish on")

    @property
    def reason_text(self) -> str:
        """The reason in words."""
        typed = str(self.reason.data)
        if typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= len(REASONS):
            return REASONS[int(typed) - 1]
        return typed


class BulkForm(DecisionForm):
    """One decision on many: on the ticked items, on all of a page, or on all that match a filter.

    `seen_at` is when the editor saw the number `number`, in ISO 8601; `filter` is the query string
    of what they saw.
    """

    verb = RadioField("Decision", [InputRequired("Please say what to do with them.")],
                      choices=[verb.value for verb in Verb])
    scope = RadioField("Which", choices=["", "page", "filter"], default="")
    filter = Line("Filter", [Length(max=2000)])
    number = Line("Number", [Length(max=12)])
    seen_at = Line("Seen at", [Length(max=40)])
    shown: Filter
    moment: datetime

    def validate_filter(self, field: Line) -> None:
        """A filter that cannot be read must not become one that lets everything through."""
        try:
            self.shown = Filter.read(dict(parse_qsl(str(field.data))))
        except NoSuchFilter as error:
            raise ValidationError(str(error)) from error

    def validate_seen_at(self, field: Line) -> None:
        """The moment is needed where the filter says which items are meant."""
        try:
            self.moment = datetime.fromisoformat(str(field.data)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            if self.scope.data == "filter":
                raise ValidationError("When this list was made is not said. Please load it"
                                      " again.") from error

    @property
    def seen(self) -> int:
        """How many the editor was told that match."""
        typed = str(self.number.data)
        return int(typed) if typed.isascii() and typed.isdecimal() else 0
