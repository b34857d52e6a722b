"""Signing in and out: what it takes, what it tells, and when it ends."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts import actions
from app.accounts.models import Account, Role, SignIn
from tests.conftest import FULL_WORK, PASSWORD, FakeClock
from tests.making import Maker
from tests.visiting import Visitor

WRONG = "That e-mail and password do not go together."
EMAIL = "ada@lectern.example"


@pytest.fixture
def ada(make: Maker) -> Account:
    """An editor with a password."""
    return make.account(Role.EDITOR, EMAIL, PASSWORD)


def sign_in(visitor: Visitor, email: str = EMAIL, password: str = PASSWORD, status: int = 303,
            **more: str) -> TestResponse:
    return visitor.post("/account/sign-in", {"email": email, "password": password, **more}, status)


def is_in(visitor: Visitor) -> bool:
    return visitor.client.get("/account/").status_code == 200


def cookie_of(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie("lectern_session")
    return cookie.value if cookie else ""


def copy_of(visitor: Visitor) -> Visitor:
    """A browser that was handed a copy of this one's cookie."""
    thief = Visitor(visitor.app)
    thief.client.set_cookie("lectern_session", cookie_of(visitor))
    return thief


@pytest.mark.parametrize(("role", "home"), [
    (Role.READER, "/account/"), (Role.GUEST, "/write/"), (Role.EDITOR, "/desk/"),
    (Role.ADMIN, "/desk/")])
def test_everybody_arrives_at_their_own_place(
        visitor: Visitor, make: Maker, role: Role, home: str) -> None:
    make.account(role, EMAIL, PASSWORD)
    assert sign_in(visitor).headers["Location"] == home
    visitor.get(home)


@pytest.mark.parametrize("typed", ["ADA@Lectern.Example", "  ada@lectern.example "])
def test_an_address_may_be_typed_in_any_case(visitor: Visitor, ada: Account, typed: str) -> None:
    sign_in(visitor, typed)
    assert is_in(visitor)


@pytest.mark.parametrize(("email", "password"), [
    (EMAIL, "correct horse batterx"), (EMAIL, PASSWORD + " "), (EMAIL, PASSWORD.upper()),
    (EMAIL, ""), ("nobody@lectern.example", PASSWORD), ("", PASSWORD), ("no address", PASSWORD),
    ("", "")])
def test_whatever_was_wrong_the_answer_is_the_same(
        visitor: Visitor, ada: Account, email: str, password: str) -> None:
    answer = sign_in(visitor, email, password, 422)
    assert WRONG in answer.text
    assert answer.text.count("error") == 1, "no field is blamed"
    assert password == "" or password not in answer.text
    assert not is_in(visitor)


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parameters of every hash that a password was held against."""
    seen: list[str] = []
    verify = PasswordHasher.verify

    def counting(self: PasswordHasher, hash: str, password: Any) -> Any:
        seen.append(hash.rsplit("$", 2)[0])
        return verify(self, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    return seen


def test_an_unknown_address_costs_the_same_work_as_a_known_one(
        visitor: Visitor, make: Maker, ada: Account, checks: list[str]) -> None:
    make.account(Role.READER, "without@lectern.example")
    for email in (EMAIL, "nobody@lectern.example", "without@lectern.example"):
        sign_in(visitor, email, "wrong password", 422)
    assert len(checks) == 3
    assert len(set(checks)) == 1, "one hash each, with the same parameters"
    assert checks[0].startswith("$argon2id$")


def test_a_closed_account_looks_like_an_unknown_one(
        visitor: Visitor, session: Session, ada: Account, time: FakeClock,
        checks: list[str]) -> None:
    actions.disable(session, ada, now=time.now())
    assert WRONG in sign_in(visitor, status=422).text
    assert len(checks) == 1


def test_an_account_that_is_closed_is_out_at_once_and_can_come_back(
        visitor: Visitor, session: Session, ada: Account, time: FakeClock) -> None:
    sign_in(visitor)
    actions.disable(session, ada, now=time.now())
    assert not is_in(visitor)
    actions.enable(session, ada)
    assert not is_in(visitor), "the old sign-in stays ended"
    sign_in(visitor)
    assert is_in(visitor)


def test_no_password_is_stored_and_no_cookie_can_be_made_from_the_table(
        visitor: Visitor, session: Session, ada: Account) -> None:
    sign_in(visitor)
    with visitor.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    [row] = session.scalars(sa.select(SignIn))
    session.rollback()
    assert PASSWORD not in (ada.password_hash or "")
    assert token not in row.token_hash
    assert str(ada.id) != token


def test_a_password_costs_the_memory_and_the_rounds_that_rfc_9106_recommends(
        make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "PASSWORD_WORK", FULL_WORK)
    kept = make.account(Role.EDITOR, EMAIL, PASSWORD).password_hash or ""
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$"), "64 MiB, three rounds, four lanes"
    assert len(b64decode(kept.split("$")[4] + "==")) == 16, "a salt of 128 bits"
    assert len(b64decode(kept.split("$")[5] + "==")) == 32, "256 bits are kept"


def test_who_fails_too_often_is_slowed_down_whatever_they_try_next(
        visitor: Visitor, ada: Account) -> None:
    for _ in range(actions.TRIES_PER_ACCOUNT):
        sign_in(visitor, password="wrong", status=422)
    answer = sign_in(visitor, status=429)
    assert 0 < int(answer.headers["Retry-After"]) <= 901
    assert "Please wait 15 minutes" in answer.text
    assert not is_in(visitor)


def test_an_unknown_address_is_slowed_down_alike(visitor: Visitor, ada: Account) -> None:
    for _ in range(actions.TRIES_PER_ACCOUNT):
        sign_in(visitor, "nobody@lectern.example", "wrong", 422)
    sign_in(visitor, "nobody@lectern.example", "wrong", 429)


def test_after_a_while_the_door_opens_again(
        visitor: Visitor, ada: Account, time: FakeClock) -> None:
    for _ in range(actions.TRIES_PER_ACCOUNT):
        sign_in(visitor, password="wrong", status=422)
    time.forward(minutes=14)
    sign_in(visitor, status=429)
    time.forward(minutes=1)
    sign_in(visitor)
    assert is_in(visitor)


def test_nobody_can_lock_another_out_from_elsewhere(visitor: Visitor, ada: Account) -> None:
    for _ in range(actions.TRIES_PER_ACCOUNT):
        sign_in(visitor, password="wrong", status=422)
    data = {"email": EMAIL, "password": PASSWORD}
    answer = visitor.client.post("/account/sign-in", data=data,
                                 environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert answer.status_code == 303


def test_a_network_that_tries_many_addresses_is_slowed_down(
        visitor: Visitor, ada: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "TRIES_PER_NETWORK", 3)
    for number in range(3):
        sign_in(visitor, f"guess{number}@lectern.example", "wrong", 422)
    sign_in(visitor, status=429)


def test_who_signs_in_rightly_is_never_slowed_down(
        visitor: Visitor, ada: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "TRIES_PER_NETWORK", 3)
    monkeypatch.setattr(actions, "TRIES_PER_ACCOUNT", 3)
    for _ in range(5):
        sign_in(visitor)


def test_a_success_forgives_the_slips_before_it(visitor: Visitor, ada: Account) -> None:
    for _ in range(2):
        for _ in range(actions.TRIES_PER_ACCOUNT - 1):
            sign_in(visitor, password="wrong", status=422)
        sign_in(visitor)


def test_a_session_that_was_there_before_is_not_the_one_that_is_signed_in(
        visitor: Visitor, ada: Account) -> None:
    with visitor.client.session_transaction() as planted:
        planted["_user_id"] = "a token that an attacker knows"
        planted["basket"] = "planted"
    before = copy_of(visitor)
    sign_in(visitor)
    with visitor.client.session_transaction() as cookie:
        assert cookie["_user_id"] != "a token that an attacker knows"
        assert "basket" not in cookie
    assert not is_in(before)


def test_two_sign_ins_are_two(visitor: Visitor, app: Flask, ada: Account) -> None:
    sign_in(visitor)
    other = Visitor(app)
    sign_in(other)
    other.post("/account/sign-out")
    assert is_in(visitor)


def test_after_a_sign_out_a_copied_cookie_is_worth_nothing(visitor: Visitor, ada: Account) -> None:
    sign_in(visitor)
    thief = copy_of(visitor)
    assert is_in(thief)
    visitor.post("/account/sign-out")
    assert not is_in(visitor)
    assert not is_in(thief)


def test_signing_out_twice_or_as_nobody_is_no_error(visitor: Visitor) -> None:
    assert visitor.post("/account/sign-out").headers["Location"] == "/"
    visitor.post("/account/sign-out")


def test_a_new_password_ends_every_other_session_and_keeps_this_one(
        visitor: Visitor, app: Flask, ada: Account) -> None:
    sign_in(visitor)
    other, thief = Visitor(app), copy_of(visitor)
    sign_in(other)
    visitor.post("/account/password", {"old": PASSWORD, "new": "another good password"})
    assert is_in(visitor)
    assert not is_in(other)
    assert not is_in(thief)
    sign_in(other, status=422)
    sign_in(other, password="another good password")


@pytest.mark.parametrize(("old", "new", "sentence"), [
    ("wrong password", "another good password", "not your present password"),
    (PASSWORD, "short", "10 to 200 characters"),
    (PASSWORD, "x" * 201, "10 to 200 characters"),
    (PASSWORD, EMAIL, "your own name or address"),
    (PASSWORD, "Editor Quill", "your own name or address"),
    (PASSWORD, "", "A new password, please."),
    ("", "another good password", "present password, please"),
])
def test_a_new_password_that_cannot_be_is_told_and_nothing_changes(
        visitor: Visitor, app: Flask, ada: Account, old: str, new: str, sentence: str) -> None:
    sign_in(visitor)
    answer = visitor.post("/account/password", {"old": old, "new": new}, 422)
    assert sentence in answer.text
    assert is_in(visitor)
    sign_in(Visitor(app))


def test_guessing_the_present_password_is_slowed_down_too(
        visitor: Visitor, ada: Account, time: FakeClock) -> None:
    sign_in(visitor)
    new = {"new": "another good password"}
    for _ in range(actions.TRIES_PER_ACCOUNT):
        visitor.post("/account/password", {"old": "wrong", **new}, 422)
    answer = visitor.post("/account/password", {"old": PASSWORD, **new}, 429)
    assert answer.headers["Retry-After"]
    time.forward(minutes=15)
    visitor.post("/account/password", {"old": PASSWORD, **new})


def test_a_sign_in_ends_by_itself_after_a_month(
        app: Flask, session: Session, editor: Visitor, time: FakeClock) -> None:
    time.forward(days=30)
    assert is_in(editor)
    time.forward(days=2)
    assert not is_in(editor)
    app.extensions["jobs"].run_all()
    assert session.scalars(sa.select(SignIn)).all() == []


@pytest.mark.parametrize(("wish", "leads"), [
    ("/desk/log?page=2", "/desk/log?page=2"), ("", "/desk/"), ("https://evil.example", "/desk/"),
    ("//evil.example", "/desk/"), ("/\\evil.example", "/desk/"), ("javascript:alert(1)", "/desk/"),
    ("/\r\nSet-Cookie: a=b", "/desk/")])
def test_a_sign_in_leads_on_only_within_the_site(
        visitor: Visitor, ada: Account, wish: str, leads: str) -> None:
    shown = visitor.get("/account/sign-in", query_string={"next": wish})
    kept = [each["value"] for each in shown.all("input") if each.get("name") == "next"]
    assert kept == ([wish] if leads == wish else [])
    assert sign_in(visitor, next=wish).headers["Location"] == leads


def test_whoever_is_in_already_is_led_on(editor: Visitor) -> None:
    answer = editor.client.get("/account/sign-in?next=/desk/log")
    assert answer.headers["Location"] == "/desk/log"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
        visitor: Visitor, ada: Account) -> None:
    cookie = sign_in(visitor).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie, "on loopback a browser would drop it"


@pytest.mark.parametrize("forged", ["", "x", "eyJfdXNlcl9pZCI6IjEifQ.x.y", "é", "a" * 4000])
def test_a_forged_cookie_is_a_strangers(visitor: Visitor, ada: Account, forged: str) -> None:
    visitor.client.set_cookie("lectern_session", forged)
    assert not is_in(visitor)
    visitor.get("/")


def test_tries_that_come_at_once_are_all_counted(
        app: Flask, ada: Account, at_once: Callable[..., list[Any]]) -> None:
    def guess(_number: int) -> int:
        data = {"email": EMAIL, "password": "wrong"}
        return app.test_client().post("/account/sign-in", data=data).status_code

    answers = at_once(guess, 8)
    assert sorted(answers) == [422] * actions.TRIES_PER_ACCOUNT + [429] * 3


def test_an_account_belongs_to_one_address(make: Maker) -> None:
    first = make.account(Role.GUEST, "Bo@lectern.example")
    assert make.account(Role.EDITOR, "bo@LECTERN.example").id == first.id
