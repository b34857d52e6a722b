"""Forms of accounts."""

from wtforms import PasswordField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from app.accounts.models import Role
from app.people.forms import PersonForm
from app.web.forms import Email, Form, Line, Picture, says_who


class SignInForm(Form):
    """Address and password."""

    email = Email("E-mail", [DataRequired("Your e-mail address, please."), Length(max=254)])
    password = PasswordField("Password", [DataRequired("Your password, please.")])


class PasswordForm(Form):
    """A new password, with the old one as proof."""

    old = PasswordField("Password now", [DataRequired("Your present password, please.")])
    new = PasswordField("New password", [DataRequired("A new password, please.")])


class ProfileForm(PersonForm):
    """What a writer says of themselves."""

    picture = Picture("Photo", [Optional()])


class AccountForm(Form):
    """An account as an admin makes or changes it."""

    email = Email("E-mail", [DataRequired("An e-mail address, please."), Length(max=254)])
    name = Line("Name", [DataRequired("A name, please."), Length(max=80), says_who])
    role = SelectField("Role", choices=[
        SelectChoice(role.value, role.value.capitalize()) for role in Role])
    password = PasswordField("Password", [Optional()])
