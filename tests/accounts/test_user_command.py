"""`lectern user add`."""

import pytest
from click.testing import Result
from flask import Flask

from app.accounts.cli import user
from app.accounts.models import Role
from app.accounts.queries import by_email
from app.database import db
from tests.conftest import PASSWORD
from tests.visiting import Visitor


def add(app: Flask, *arguments: str, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(user, ["add", *arguments], input=typed)


BO = ("Bo@lectern.example", "--name", "Bo Buoy", "--role", "editor")


def test_an_account_is_made_with_the_password_from_standard_input(
        app: Flask, visitor: Visitor) -> None:
    result = add(app, *BO, "--password-stdin", typed=f"{PASSWORD}\nand more\n")
    assert (result.exit_code, result.output) == (0, "Made bo@lectern.example, editor.\n")
    visitor.post("/account/sign-in", {"email": "bo@lectern.example", "password": PASSWORD})
    visitor.get("/desk/")


def test_a_second_time_changes_it_and_keeps_the_password(app: Flask, visitor: Visitor) -> None:
    add(app, *BO, "--password-stdin", typed=PASSWORD)
    result = add(app, BO[0], "--name", "Bo", "--role", "reader")
    assert result.output == "Changed bo@lectern.example, reader.\n"
    visitor.post("/account/sign-in", {"email": "bo@lectern.example", "password": PASSWORD})
    assert visitor.client.get("/desk/").status_code == 403


def test_without_a_password_it_says_how_to_give_one(app: Flask, visitor: Visitor) -> None:
    assert "--password-stdin" in add(app, *BO).output
    visitor.post("/account/sign-in", {"email": "bo@lectern.example", "password": ""}, 422)


@pytest.mark.parametrize(("arguments", "typed", "sentence"), [
    (("bo", *BO[1:]), "", "does not look like an e-mail address"),
    (("bo@lectern.example\nBcc: x", *BO[1:]), "", "does not look like an e-mail address"),
    ((BO[0], "--name", "  ", "--role", "reader"), "", "needs a name"),
    ((BO[0], "--name", "Bo", "--role", "pope"), "", "pope"),
    ((*BO, "--password-stdin"), "short\n", "10 to 200 characters"),
    ((*BO, "--password-stdin"), "", "10 to 200 characters"),
])
def test_what_cannot_be_is_one_sentence_and_no_account(
        app: Flask, arguments: tuple[str, ...], typed: str, sentence: str) -> None:
    result = add(app, *arguments, typed=typed)
    assert result.exit_code != 0
    assert sentence in result.output
    assert "Traceback" not in result.output
    with app.app_context():
        assert by_email(db.session, "bo@lectern.example") is None


def test_whoever_may_write_has_a_person_and_a_reader_has_none(app: Flask) -> None:
    for role in Role:
        add(app, f"{role.value}@lectern.example", "--name", role.value, "--role", role.value)
    with app.app_context():
        found = {role: by_email(db.session, f"{role.value}@lectern.example") for role in Role}
        assert {role for role, account in found.items() if account and account.person} == {
            Role.GUEST, Role.EDITOR, Role.ADMIN}
