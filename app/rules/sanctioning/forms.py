"""The form of a ban or an always-hold."""

from datetime import UTC, datetime, time, timedelta

from wtforms import DateField, RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from app.rules.models import Sanctioned
from app.web.forms import Form, Line

LASTS = {"week": ("A week", 7), "month": ("A month", 30), "year": ("A year", 365)}
FARTHEST = timedelta(days=36_500)


class Day(DateField):
    """A day, typed or picked; may be left empty."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """What was typed as a day, or one sentence."""
        self.data = None
        if not "".join(valuelist).strip():
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("A day such as 2026-12-31, please.") from None


class SanctionForm(Form):
    """Who or where, what, until when, and a word to the other editors."""

    target = RadioField("Who or where", [DataRequired("Please choose who or where.")])
    effect = RadioField("What", default=Sanctioned.HOLD.value, choices=[
        SelectChoice(Sanctioned.HOLD.value, "Always hold"),
        SelectChoice(Sanctioned.BAN.value, "Ban")])
    lasts = RadioField("For how long", default="month", choices=[
        *(SelectChoice(name, label) for name, (label, _days) in LASTS.items()),
        SelectChoice("date", "Until a day"), SelectChoice("ever", "For good")])
    day = Day("Until the end of")
    note = Line("Note", [Optional(), Length(max=300, message="At most 300 characters.")])

    now: datetime

    def validate_day(self, field: DateField) -> None:
        """A day that is chosen lies ahead."""
        if self.lasts.data != "date":
            return
        if field.data is None:
            raise ValidationError("Which day, please?")
        today = self.now.date()
        if not today <= field.data <= today + FARTHEST:
            raise ValidationError("A day that is still to come, within a hundred years.")

    @property
    def until(self) -> datetime | None:
        """When it ends, in UTC; None is never."""
        if self.lasts.data in LASTS:
            return self.now + timedelta(days=LASTS[self.lasts.data][1])
        if self.lasts.data == "date" and self.day.data:
            return datetime.combine(self.day.data, time.min, UTC) + timedelta(days=1)
        return None
