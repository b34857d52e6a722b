"""Every error is a page with a sentence, and nothing of the inside."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.config import Settings
from app.database import db
from app.web.errors import TooManyTries
from tests.making import Maker
from tests.visiting import Visitor

Broken = Callable[[Callable[[], str]], None]
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial", "Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize("path", [
    "/nothing", "/posts/nothing", "/episodes/nothing", "/episodes/nothing/transcript",
    "/episodes/nothing/embed", "/topics/nothing", "/series/nothing", "/people/nothing",
    "/comments/nothing", "/follow/nothing", "/posts/nothing/comments", "/media/nothing.webp",
    "/assets/x/nothing.js", "/topics/nothing/feed.xml", "/series/nothing/feed.xml",
    "/oembed?url=nothing", "/posts/" + "x" * 3000, "/posts/%ff%fe", "/posts/a%00b",
    "/follow/%00", "/people/%F0%9F%98%80", "/static/css/base.css"])
def test_what_is_not_there_is_told_in_a_sentence(visitor: Visitor, path: str) -> None:
    page = visitor.get(path, 404)
    assert "There is no page here" in page.text
    assert "no-store" in visitor.client.get(path).headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/?%00=1", "/posts/?page=1&x=%00"])
def test_a_nul_in_a_question_is_no_question(visitor: Visitor, path: str) -> None:
    visitor.get(path, 404)


@pytest.mark.parametrize("path", [
    "/desk/items/{}", "/desk/entries/{}", "/desk/posts/{}", "/desk/episodes/{}", "/desk/people/{}",
    "/write/{}"])
@pytest.mark.parametrize("number", ["999999", "99999999999", "99999999999999999999999999"])
def test_a_number_that_nothing_has_is_not_there(editor: Visitor, path: str, number: str) -> None:
    editor.get(path.format(number), 404)


@pytest.mark.parametrize("path", ["/desk/items/{}/approval", "/desk/decisions/{}/undo",
                                  "/desk/feeds/{}/visit", "/desk/entries/{}/removal"])
@pytest.mark.parametrize("number", ["999999", "99999999999999999999999999"])
def test_nothing_is_changed_at_a_number_that_nothing_has(
        editor: Visitor, path: str, number: str) -> None:
    editor.post(path.format(number), status=404)


@pytest.mark.parametrize(("method", "path"), [
    ("POST", "/"), ("DELETE", "/posts/"), ("GET", "/account/sign-out"),
    ("PUT", "/account/sign-in")])
def test_what_cannot_be_done_there_is_told(visitor: Visitor, method: str, path: str) -> None:
    answer = visitor.client.open(path, method=method, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 405
    assert "That cannot be done here" in answer.text
    assert answer.headers["Allow"]


def test_what_is_too_large_is_told_and_not_stored(visitor: Visitor, make: Maker) -> None:
    post = make.post()
    answer = visitor.post(f"{post.path}/comments", status=413, data={
        "author_name": "Ada", "author_email": "ada@reader.example", "body": "x" * 3_000_000})
    assert "That is too large" in answer.text
    assert "Nothing was saved" in answer.text


def test_a_form_with_endless_fields_is_told(visitor: Visitor, make: Maker) -> None:
    fields = {f"f{number}": "x" for number in range(3000)}
    answer = visitor.client.post(f"{make.post().path}/comments", data=fields,
                                 content_type="multipart/form-data")
    assert answer.status_code == 413


def test_htmx_gets_the_sentence_alone(editor: Visitor) -> None:
    answer = editor.client.post("/desk/items/999999/approval", headers=HTMX)
    assert answer.status_code == 404
    assert "There is no page here" in answer.text
    assert "<html" not in answer.text
    assert 'hx-target="#toasts"' in answer.text


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """An application of its own for a test that breaks it."""
    own = "broken" in request.fixturenames
    return replace(settings, data=tmp_path / "data") if own else settings


@pytest.fixture
def broken(app: Flask) -> Broken:
    """Makes an address of a bug, at which a stranger and an editor get the same page."""
    def put(view: Callable[[], str]) -> None:
        app.add_url_rule("/broken", view_func=view, methods=["GET", "POST"])
    return put


@pytest.mark.parametrize("role", [None, Role.EDITOR])
def test_a_bug_is_a_page_with_a_sentence_and_a_line_in_the_log(
        broken: Broken, visitor: Visitor, signed_in: Callable[..., Visitor], role: Role | None,
        caplog: pytest.LogCaptureFixture) -> None:
    broken(lambda: str({}["a secret of the inside"]))
    who = signed_in(role) if role else visitor
    with caplog.at_level(logging.ERROR):
        page = who.get("/broken", 500)
    assert "Something broke on our side" in page.text
    assert "secret of the inside" not in page.text
    assert "Traceback" not in page.text
    assert "a secret of the inside" in caplog.text
    assert "GET /broken failed" in caplog.text


@pytest.mark.parametrize("role", [None, Role.EDITOR])
def test_a_bug_in_the_middle_of_a_change_has_its_page_too(
        broken: Broken, visitor: Visitor, signed_in: Callable[..., Visitor],
        role: Role | None) -> None:
    def view() -> str:
        try:
            db.session.execute(sa.text("SELECT nothing FROM nowhere"))
        except DBAPIError as error:
            raise RuntimeError("a slip in nowhere") from error
        return "never"

    broken(view)
    answer = (signed_in(role) if role else visitor).post("/broken", status=500)
    assert "Something broke on our side" in answer.text
    assert "nowhere" not in answer.text


def test_after_a_bug_the_next_request_is_well(
        broken: Broken, editor: Visitor, session: Session) -> None:
    def view() -> str:
        db.session.execute(sa.text("UPDATE accounts SET name = 'half done'"))
        raise RuntimeError

    broken(view)
    editor.post("/broken", status=500)
    assert "half done" not in editor.get("/account/").text


def test_two_who_store_the_same_thing_at_once_are_told_without_a_traceback(
        broken: Broken, editor: Visitor) -> None:
    def view() -> str:
        for _ in range(2):
            db.session.execute(sa.text(
                "INSERT INTO topics (slug, name, description) VALUES ('same', 'same', '')"))
        return "never"

    broken(view)
    answer = editor.post("/broken", status=409)
    assert "at the same moment" in answer.text


def test_a_page_without_its_database_says_that_it_will_be_back(
        app: Flask, visitor: Visitor, database: str) -> None:
    def away(*_arguments: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", away)
    try:
        page = visitor.get("/", 503)
    finally:
        with app.app_context():
            sa.event.remove(db.engine, "before_cursor_execute", away)
    assert "We will be right back" in page.text
    assert "gone" not in page.text
    visitor.get("/")


def test_the_wait_is_told_in_words_and_to_machines(broken: Broken, visitor: Visitor) -> None:
    def view() -> str:
        raise TooManyTries(301)

    broken(view)
    answer = visitor.post("/broken", status=429)
    assert answer.headers["Retry-After"] == "301"
    assert "wait 5 minutes" in answer.text
    assert "wait a minute" in str(TooManyTries(20))
