"""What comes with a decision."""

from wtforms.validators import Length, Optional

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
