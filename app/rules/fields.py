"""Fields of rules: numbers within bounds, and lists of words, each with its sentence."""

from collections.abc import Sequence
from typing import Any

from wtforms import FloatField, Form, IntegerField
from wtforms.validators import ValidationError

from app.web.widgets import TextInput

MOST_WORDS = 500
LONGEST_WORD = 100
MOST_STARS = 2


class Whole(IntegerField):
    """A whole number from `least` to `most`. Of a number field, browsers would not send a typo."""

    widget = TextInput()

    def __init__(self, label: str, *, least: float, most: float, **kwargs: Any) -> None:
        super().__init__(label, [_between(least, most)], **kwargs)
        self.sentence = f"A whole number from {least:,.0f} to {most:,.0f}, please."

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """What was typed as a number, or one sentence."""
        self.data = None
        try:
            self.data = int(valuelist[0]) if valuelist else None
        except ValueError:
            raise ValueError(self.sentence) from None


class Fraction(FloatField):
    """A number from `least` to `most`."""

    widget = TextInput()

    def __init__(self, label: str, *, least: float, most: float, **kwargs: Any) -> None:
        super().__init__(label, [_between(least, most)], **kwargs)
        self.sentence = f"A number from {least:,g} to {most:,g}, please."

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """What was typed as a number, or one sentence."""
        self.data = None
        try:
            self.data = float(valuelist[0]) if valuelist else None
        except ValueError:
            raise ValueError(self.sentence) from None


def _between(least: float, most: float) -> Any:
    def check(form: Form, field: Any) -> None:
        # Written so that NaN, which is neither, is refused as well.
        if field.data is None or not least <= field.data <= most:
            raise ValidationError(field.sentence)
    return check


def words_of(typed: str | None) -> list[str]:
    """The words of a list, one a line, each once."""
    return list(dict.fromkeys(filter(None, (each.strip() for each in (typed or "").split("\n")))))


def word_list(form: Form, field: Any) -> None:
    """A validator: words that can be searched for, and not too many."""
    words = words_of(field.data)
    if len(words) > MOST_WORDS:
        raise ValidationError(f"At most {MOST_WORDS} words, please; these are {len(words)}.")
    for word in words:
        if len(word) > LONGEST_WORD:
            raise ValidationError(f"“{word[:30]}…” is longer than {LONGEST_WORD} characters.")
        if not word.strip("* "):
            raise ValidationError("A line with nothing but * would match every word.")
        if word.count("*") > MOST_STARS:
            raise ValidationError(f"“{word}” has more than {MOST_STARS} stars in it.")
