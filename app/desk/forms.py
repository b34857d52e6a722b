"""What editors send to the desk: a decision, a note, the reasons."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.desk import reasons
from app.desk.filtering import Filter, NoSuchFilter
from app.desk.models import Verb
from app.desk.reasons import Template
from app.text import one_line, tidy, whole_number
from app.web.forms import Form, Line, Moment, Prose


def moment_of(typed: str) -> datetime | None:
    """The moment that a card wrote into its form; None for anything else."""
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


class DecisionForm(Form):
    """A reason from the list (its text, or its number from 1), a message, a time to publish at.

    `seen` is what the card said when it was drawn, so that nobody decides words they did not see;
    `templates` are the reasons as they stand now.
    """

    templates: Sequence[Template] = reasons.USUAL

    reason = Line("Reason", [Optional(), Length(max=200)])
    message = Prose("Message", [
        Optional(), Length(max=4000, message="A message has at most 4,000 characters.")])
    publish_at = Moment("Publish on")
    seen = HiddenField()

    @property
    def seen_at(self) -> datetime | None:
        """Since when the item waited as its card said; None where the form did not say."""
        return moment_of(self.seen.data or "")

    @property
    def reason_text(self) -> str:
        """The reason in words."""
        return reasons.settle(self.templates, str(self.reason.data))

    def message_for(self, verb: Verb) -> str:
        """What the writer reads: the message, or the one that goes with the reason."""
        return reasons.message_for(self.templates, verb, self.reason_text, str(self.message.data))


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
        return whole_number(str(self.number.data)) or 0


class NoteForm(Form):
    """A note about a person."""

    text = Prose("Note", [InputRequired("A note needs a word or two."), Length(
        1, 1000, message="A note has between 1 and 1,000 characters.")])


def sent_reasons(form: MultiDict[str, str]) -> list[Template]:
    """The reasons of a form in the order that its buttons ask for; empty lines are left out."""
    rows = [Template(one_line(label), tidy(message)) for label, message in
            zip(form.getlist("label"), form.getlist("message"), strict=False)]
    at = whole_number(form.get("up") or form.get("down") or form.get("remove") or "")
    if at is not None and at < len(rows):
        moved = rows.pop(at)
        if "remove" not in form:
            rows.insert(max(at - 1, 0) if "up" in form else at + 1, moved)
    return [each for each in rows if each.label or each.message]
