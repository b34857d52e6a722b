"""What comes with a decision."""

from datetime import UTC, datetime

from wtforms import DateTimeLocalField
from wtforms.validators import Length, Optional

from app.desk.reasons import REASONS
from app.web.forms import Form, Line, Prose


class DecisionForm(Form):
    """A reason from the list (its text, or its number from 1), a message, a time to publish at."""

    reason = Line("Reason", [Optional(), Length(max=200)])
    message = Prose("Message", [Optional(), Length(max=4000)])
    publish_at = DateTimeLocalField("Publish on", [Optional()],
                                    format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])

    @property
    def reason_text(self) -> str:
        """The reason in words."""
        typed = str(self.reason.data)
        if typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= len(REASONS):
            return REASONS[int(typed) - 1]
        return typed

    @property
    def moment(self) -> datetime | None:
        """When to publish, in UTC; None for now."""
        return self.publish_at.data.replace(tzinfo=UTC) if self.publish_at.data else None
