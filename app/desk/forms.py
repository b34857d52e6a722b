"""What comes with a decision."""

from datetime import datetime

from wtforms import HiddenField
from wtforms.validators import Length, Optional

from app.desk.reasons import REASONS
from app.web.forms import Form, Line, Moment, Prose


class DecisionForm(Form):
    """A reason from the list (its text, or its number from 1), a message, a time to publish at.

    `seen` is what the card said when it was drawn, so that nobody decides words they did not see.
    """

    reason = Line("Reason", [Optional(), Length(max=200)])
    message = Prose("Message", [
        Optional(), Length(max=4000, message="A message has at most 4,000 characters.")])
    publish_at = Moment("Publish on")
    seen = HiddenField()

    @property
    def seen_at(self) -> datetime | None:
        """Since when the item waited as its card said; None where the form did not say."""
        try:
            seen = datetime.fromisoformat(self.seen.data or "")
        except ValueError:
            return None
        return seen if seen.tzinfo else None

    @property
    def reason_text(self) -> str:
        """The reason in words."""
        typed = str(self.reason.data)
        if typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= len(REASONS):
            return REASONS[int(typed) - 1]
        return typed
