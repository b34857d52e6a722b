"""What all forms share: typed text is tidied; bytes that were no UTF-8 are told, not guessed."""

from typing import Any, ClassVar
from urllib.parse import unquote_to_bytes

from flask import Flask, abort, current_app, request
from wtforms import Form as BaseForm
from wtforms import StringField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from app import mail
from app.text import one_line, tidy

UNREADABLE = "Some signs could not be read. Please send the text as UTF-8."


def init_app(app: Flask) -> None:
    """Reads every plain form as UTF-8 or not at all."""
    app.before_request(refuse_other_encodings)


def refuse_other_encodings() -> None:
    """422 for a urlencoded body that is no UTF-8: Werkzeug would keep its bytes as `%E9`."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    try:
        unquote_to_bytes(request.get_data(cache=True)).decode()
    except UnicodeDecodeError:
        abort(422, UNREADABLE)


class Form(BaseForm):
    """A form whose data is the request's. Cross-site forgery is refused before it is read."""

    upload_bytes: ClassVar[int] = 0  # of files, beyond what any request may have

    @classmethod
    def sent(cls, **kwargs: Any) -> Any:
        """The form as it was sent with this request, files included."""
        if cls.upload_bytes:
            usual = current_app.config["MAX_CONTENT_LENGTH"]
            request.max_content_length = usual + cls.upload_bytes
        return cls(request.form, **kwargs) if not request.files else cls(_with_files(), **kwargs)

    def first_error(self) -> str:
        """The first sentence that is wrong, for answers that have room for one only."""
        return next((str(errors[0]) for errors in self.errors.values() if errors), "")


def _with_files() -> Any:
    together = request.form.copy()
    for name, files in request.files.lists():
        together.setlist(name, files)  # type: ignore[arg-type]
    return together


def readable(form: BaseForm, field: Any) -> None:
    """A validator: Werkzeug puts U+FFFD where the bytes were not UTF-8."""
    if isinstance(field.data, str) and "\ufffd" in field.data:
        raise ValidationError(UNREADABLE)


def address(form: BaseForm, field: Any) -> None:
    """A validator: an e-mail address, as far as its form can tell."""
    if not mail.is_address(field.data or ""):
        raise ValidationError("This does not look like an e-mail address.")


class Line(StringField):
    """One line of text; inner white space is folded."""

    def __init__(self, label: str, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, [*validators, readable], filters=[_folded], **kwargs)


class Prose(TextAreaField):
    """Many lines of text with Unix line ends."""

    def __init__(self, label: str, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, [*validators, readable], filters=[_tidied], **kwargs)


class Email(Line):
    """An e-mail address, in lower case."""

    widget = TextInput(input_type="email")

    def __init__(self, label: str, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, [*validators, address], **kwargs)
        self.filters: list[Any] = [_folded, _lowered]


def _folded(value: str | None) -> str:
    return one_line(value or "")


def _tidied(value: str | None) -> str:
    return tidy(value or "")


def _lowered(value: str) -> str:
    return value.lower()
