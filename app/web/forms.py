"""What all forms share: typed text is tidied; bytes that were no UTF-8 are told, not guessed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import current_app, request
from wtforms import DateTimeLocalField, FileField, StringField, TextAreaField
from wtforms import Form as BaseForm
from wtforms.validators import Optional, ValidationError

from app import disk, mail, media
from app.text import one_line, tidy
from app.web.bodies import UNREADABLE
from app.web.widgets import TextArea, TextInput

AWAY = ("The place where files are kept does not answer, so nothing was saved. Please choose the"
        " file again and send it once more in a minute.")


class Form(BaseForm):
    """A form whose data is the request's. Cross-site forgery is refused before it is read."""

    @classmethod
    def sent(cls, **kwargs: Any) -> Any:
        """The form as it was sent with this request, files included."""
        return cls(request.form, **kwargs) if not request.files else cls(_with_files(), **kwargs)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is right. Then its files are in the store already, for that takes its time:
        forms with files are validated while no transaction is open.
        """
        return (super().validate(extra_validators)
                and all(each.put() for each in self if isinstance(each, Upload)))

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


def says_who(form: BaseForm, field: Any) -> None:
    """A validator: a name has at least one letter or digit."""
    if not any(sign.isalnum() for sign in field.data):
        raise ValidationError("Please say who you are; any name will do, but there must be one.")


class Line(StringField):
    """One line of text; inner white space is folded."""

    widget = TextInput()

    def __init__(self, label: str, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, [*validators, readable], filters=[_folded], **kwargs)


class Prose(TextAreaField):
    """Many lines of text with Unix line ends."""

    widget = TextArea()

    def __init__(self, label: str, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, [*validators, readable], filters=[_tidied], **kwargs)


class Email(Line):
    """An e-mail address, in lower case."""

    widget = TextInput(input_type="email")

    def __init__(self, label: str, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, [*validators, address], **kwargs)
        self.filters: list[Any] = [_folded, _lowered]


class Moment(DateTimeLocalField):
    """A date and an hour, typed without a zone and meant in UTC; may be left empty."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        super().__init__(label, [Optional()], format=formats, **kwargs)

    @property
    def moment(self) -> datetime | None:
        """What was typed, aware and in UTC."""
        return self.data.replace(tzinfo=UTC) if self.data else None


class Upload(FileField):
    """A file that may be left out, recognised while the form is validated.

    `upload` is what was recognised. Recognising takes its time, so forms are validated while no
    transaction is open.
    """

    upload: media.Upload | None = None
    errors: Any
    recognise: Callable[[Any], media.Upload]

    def pre_validate(self, form: BaseForm) -> None:
        """Refuses a file that cannot be read, in one sentence."""
        if self.data and self.data.filename:
            try:
                self.upload = self.recognise(self.data.stream)
            except media.Unreadable as error:
                raise ValidationError(str(error)) from error

    def put(self) -> bool:
        """Puts what was recognised into the media store; says whether that is done.

        Raises StoreFailed if the disk is full, which no other try will mend.
        """
        try:
            if self.upload:
                media.put(current_app.config["MEDIA"], self.upload)
        except media.StoreFailed as error:
            if disk.is_full(error):
                raise
            current_app.logger.error("%s", error)
            self.errors = [AWAY]
        return not self.errors


class Picture(Upload):
    """A picture, drawn anew."""

    recognise = staticmethod(media.read_picture)


class Recording(Upload):
    """A recording that can be played."""

    recognise = staticmethod(media.read_audio)


def _folded(value: str | None) -> str:
    return one_line(value or "")


def _tidied(value: str | None) -> str:
    return tidy(value or "")


def _lowered(value: str) -> str:
    return value.lower()
