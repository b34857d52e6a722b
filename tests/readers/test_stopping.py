"""One click ends the mail (RFC 8058), pressed by a reader or by their mail program."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.comments import actions as comments
from app.desk.models import Verb
from app.readers.models import Notice, Reader
from tests.making import Maker
from tests.readers.conftest import BASE, COOKIE, Inbox, Say, path_in
from tests.visiting import Visitor

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def stop(reader: Visitor, say: Say, make: Maker, inbox: Inbox) -> str:
    """The path in a mail that has just come."""
    make.decision(make.item(comments.KIND, say(reader, "Hello.").id), Verb.APPROVE)
    [message] = inbox.later(seconds=30)
    assert message["List-Unsubscribe"] == f"<{BASE}{path_in(message, 'stop')}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    return path_in(message, "stop")


def wants_mail(session: Session) -> bool:
    return session.scalars(sa.select(Reader)).one().wants_mail


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://mail.example"},
                                     {"Sec-Fetch-Site": "cross-site"}])
def test_a_mail_program_stops_it_with_one_post_and_nothing_else(
        app: Flask, session: Session, stop: str, headers: dict[str, str]) -> None:
    answer = app.test_client().post(stop, data=ONE_CLICK, headers=headers)
    assert answer.status_code == 200
    assert "We do not write to you about your comments any more." in answer.text
    assert "Set-Cookie" not in answer.headers
    assert not wants_mail(session)


def test_a_mail_program_may_send_the_click_as_multipart(app: Flask, session: Session,
                                                        stop: str) -> None:
    app.test_client().post(stop, data=ONE_CLICK, content_type="multipart/form-data")
    assert not wants_mail(session)


def test_a_second_click_is_as_good_as_the_first(app: Flask, session: Session, stop: str) -> None:
    for _ in range(2):
        assert app.test_client().post(stop, data=ONE_CLICK).status_code == 200
    assert not wants_mail(session)


def test_opening_the_link_changes_nothing_and_shows_one_button(
        app: Flask, session: Session, stop: str) -> None:
    stranger = Visitor(app)
    page = stranger.get(stop)
    assert wants_mail(session)
    assert [each["action"] for each in page.all("form")] == [stop]
    stranger.post(stop, status=200)
    assert "No more mail" in stranger.get(stop).words


def test_what_waited_is_dropped(app: Flask, session: Session, reader: Visitor, say: Say,
                                make: Maker, inbox: Inbox, stop: str) -> None:
    make.decision(make.item(comments.KIND, say(reader, "Another.").id), Verb.APPROVE)
    app.test_client().post(stop, data=ONE_CLICK)
    assert inbox.later(days=1) == []
    assert all(each.mailed_at or each.dropped_at for each in session.scalars(sa.select(Notice)))


def test_the_link_stops_mail_and_opens_nothing_else(app: Flask, stop: str) -> None:
    stranger = Visitor(app)
    page = stranger.get(stop)
    assert "rita" not in page.text
    stranger.post(stop, status=200)
    assert stranger.client.get_cookie(COOKIE) is None


@pytest.mark.parametrize("token", ["x", "a" * 500])
def test_a_wrong_token_stops_nobodys_mail(app: Flask, session: Session, reader: Visitor,
                                          token: str) -> None:
    assert app.test_client().post(f"/reader/stop/{token}", data=ONE_CLICK).status_code == 404
    assert wants_mail(session)


def test_only_a_post_with_the_token_passes_without_browser_headers(app: Flask,
                                                                   reader: Visitor) -> None:
    for path in ("/reader/mail", "/reader/removal", "/reader/sign-out"):
        answer = reader.client.post(path, headers={"Origin": "https://mail.example"})
        assert answer.status_code == 403
