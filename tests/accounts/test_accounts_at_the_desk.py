"""Accounts in the hands of an admin."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts.models import Account, Role
from app.database import db
from tests.conftest import PASSWORD
from tests.making import Maker
from tests.visiting import Visitor

NEW = {"email": "bo@lectern.example", "name": "Bo Buoy", "role": "guest", "password": PASSWORD}


@pytest.fixture
def admin(signed_in: Callable[..., Visitor]) -> Visitor:
    """An admin's browser."""
    return signed_in(Role.ADMIN)


def test_an_account_that_was_made_can_sign_in_and_write(app: Flask, admin: Visitor) -> None:
    answer = admin.post("/desk/accounts", NEW)
    assert "Bo Buoy is made: guest." in admin.follow(answer).text
    bo = Visitor(app)
    bo.post("/account/sign-in", {"email": NEW["email"], "password": PASSWORD})
    bo.get("/write/")


def test_the_same_address_again_changes_the_account(app: Flask, admin: Visitor) -> None:
    admin.post("/desk/accounts", NEW)
    answer = admin.post("/desk/accounts", NEW | {"role": "editor", "password": ""})
    assert "Bo Buoy is changed: editor." in admin.follow(answer).text
    bo = Visitor(app)
    bo.post("/account/sign-in", {"email": NEW["email"], "password": PASSWORD})
    bo.get("/desk/")
    assert admin.get("/desk/accounts").text.count("bo@lectern.example") == 1


def test_a_role_that_is_taken_away_is_gone_with_the_next_request(
        admin: Visitor, editor: Visitor) -> None:
    admin.post("/desk/accounts", {"email": "editor@lectern.example", "name": "E", "role": "reader"})
    assert editor.client.get("/desk/").status_code == 403


@pytest.mark.parametrize(("change", "sentence"), [
    ({"email": "bo"}, "does not look like an e-mail address"),
    ({"email": ""}, "An e-mail address, please."),
    ({"name": ""}, "A name, please."),
    ({"role": "pope"}, "Not a valid choice"),
    ({"password": "short"}, "10 to 200 characters"),
    ({"password": "bo@lectern.example"}, "your own name or address"),
])
def test_an_account_that_cannot_be_is_told_and_not_made(
        admin: Visitor, change: dict[str, str], sentence: str) -> None:
    assert sentence in admin.post("/desk/accounts", NEW | change, 422).text
    assert "Bo Buoy" not in admin.get("/desk/accounts").text


def test_an_admin_cannot_lock_themselves_out(app: Flask, make: Maker, admin: Visitor) -> None:
    own = make.account(Role.ADMIN)
    answer = admin.post("/desk/accounts", {"email": own.email, "name": "A", "role": "editor"}, 422)
    assert "You would lock yourself out" in answer.text
    admin.post(f"/desk/accounts/{own.id}/closure", status=409)
    assert not [form for form in admin.get("/desk/accounts").all("form")
                if form["action"] == f"/desk/accounts/{own.id}/closure"]
    with app.app_context():
        assert db.session.get_one(Account, own.id).role is Role.ADMIN


def test_closing_an_account_ends_its_sessions_and_keeps_its_words(
        make: Maker, admin: Visitor, guest: Visitor, visitor: Visitor) -> None:
    account = make.account(Role.GUEST)
    post = make.post("Still here", author=account.person)
    answer = admin.post(f"/desk/accounts/{account.id}/closure")
    assert "cannot sign in any more" in admin.follow(answer).text
    assert guest.client.get("/write/").status_code == 302
    assert "Guest Quill" in visitor.get(post.path).text
    admin.post(f"/desk/accounts/{account.id}/opening")
    assert "Closed" not in admin.get("/desk/accounts").text


def test_those_who_may_do_most_come_first(make: Maker, admin: Visitor) -> None:
    for role in (Role.READER, Role.EDITOR, Role.GUEST):
        make.account(role)
    text = admin.get("/desk/accounts").text
    places = [text.index(f"{role.value}@lectern.example") for role in reversed(Role)]
    assert places == sorted(places)


def test_an_account_that_is_not_there_is_not_there(admin: Visitor) -> None:
    admin.post("/desk/accounts/999999/closure", status=404)
