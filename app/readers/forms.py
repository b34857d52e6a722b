"""The form of readers."""

from wtforms.validators import DataRequired, Length

from app.web.forms import Email, Form


class LinkForm(Form):
    """Where a link should go."""

    email = Email("E-mail", [DataRequired("Your e-mail address, please."), Length(max=254)])
