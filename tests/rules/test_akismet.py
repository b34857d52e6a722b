"""Asking a spam service: what it is told, what its answers mean, and that it delays nobody long."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.comments.models import Comment, CommentState
from app.config import Settings
from app.desk.models import ReviewItem
from app.entries.models import Entry, EntryState
from app.rules.akismet import DISCARD, DOWN, HAM, SPAM, Service
from app.rules.models import Rulebook
from tests.conftest import NOON
from tests.making import Maker
from tests.rules.spam_service import SpamService, seconds, spam_server, spam_service
from tests.visiting import Visitor

__all__ = ["spam_server", "spam_service"]

GOOD = {"author_name": "Rita Reader", "author_email": "rita@reader.example", "body": "It worked."}
QUESTION = {"comment_content": "Hello.", "permalink": "/posts/a"}
ON = {"name": "service", "on": True, "settings": {"seconds": 1}}


@pytest.fixture
def settings(settings: Settings, spam_service: SpamService) -> Settings:
    return replace(settings, spam_service_url=spam_service.url)


@pytest.fixture
def service(spam_service: SpamService) -> Service:
    return Service(spam_service.url, "https://blog.example")


@pytest.fixture
def address(make: Maker) -> str:
    return f"{make.post('On gates').path}/comments"


ANSWERS: list[tuple[str, int, dict[str, str], str]] = [
    ("true", 200, {}, SPAM), ("false", 200, {}, HAM), ("true\n", 200, {}, SPAM),
    ("true", 200, {"X_akismet_pro_tip": "discard"}, DISCARD),
    ("false", 200, {"X_akismet_pro_tip": "discard"}, HAM),
    ("invalid", 200, {"X_akismet_debug_help": "Empty blog value"}, DOWN),
    ("", 200, {}, DOWN), ("TRUE", 200, {}, DOWN), ("<html>Sign in</html>", 200, {}, DOWN),
    ("true", 500, {}, DOWN), ("true", 403, {}, DOWN),
    ("true", 302, {"Location": "http://127.0.0.1:9/"}, DOWN),
    ("x" * 1_000_000, 200, {}, DOWN),
]


@pytest.mark.parametrize(("body", "status", "headers", "verdict"), ANSWERS)
def test_an_answer_means_what_the_table_says(
        spam_service: SpamService, service: Service, body: str, status: int,
        headers: dict[str, str], verdict: str) -> None:
    spam_service.says(body, status, **headers)
    assert service.asked(QUESTION, 2) == verdict


@pytest.mark.parametrize("way", ["drips", "hangs"])
def test_a_slow_service_is_given_up(spam_service: SpamService, service: Service, way: str) -> None:
    getattr(spam_service, way)()
    verdicts = []
    assert seconds(lambda: verdicts.append(service.asked(QUESTION, 0.2))) < 2
    assert verdicts == [DOWN]


def test_a_service_that_is_not_there_is_down() -> None:
    assert Service("http://a-key@127.0.0.1:1", "https://blog.example").asked(QUESTION, 1) == DOWN


@pytest.mark.parametrize(("url", "path"), [("", "/1.1/comment-check"), ("/", "/1.1/comment-check"),
                                           ("/api/", "/api/comment-check")])
def test_it_is_asked_where_akismet_would_be(spam_service: SpamService, url: str,
                                            path: str) -> None:
    Service(spam_service.url + url, "https://blog.example").asked(QUESTION, 2)
    [(asked, fields)] = spam_service.questions
    assert (asked, fields["api_key"], fields["blog"]) == (path, "a-key", "https://blog.example")
    assert fields["permalink"] == "https://blog.example/posts/a"


def save(session: Session, *rules: dict[str, Any]) -> None:
    session.add(Rulebook(rules=list(rules), saved_at=NOON, saved_by="Ed"))
    session.commit()


def newest(session: Session) -> tuple[Comment, ReviewItem]:
    session.rollback()
    comment = session.scalars(sa.select(Comment).order_by(Comment.id.desc())).one()
    return comment, session.scalars(sa.select(ReviewItem)).one()


def test_a_comment_that_was_asked_about_says_all_that_akismet_knows_of(
        visitor: Visitor, session: Session, spam_service: SpamService, address: str) -> None:
    save(session, ON)
    visitor.post(address, {**GOOD, "body": "Größe & more"},
                 environ_base={"REMOTE_ADDR": "8.8.8.8", "HTTP_USER_AGENT": "Reader/1"})
    [(_path, fields)] = spam_service.questions
    assert fields == {
        "api_key": "a-key", "blog": "http://localhost", "blog_charset": "UTF-8",
        "comment_type": "comment", "comment_author": "Rita Reader",
        "comment_author_email": "rita@reader.example", "comment_author_url": "",
        "comment_content": "Größe & more", "permalink": "http://localhost/posts/on-gates",
        "user_ip": "8.8.8.8", "user_agent": "Reader/1"}


@pytest.mark.parametrize(("body", "says"), [
    ("true", "The spam service that this site asks has a doubt."),
    ("nonsense", "The spam service that this site asks did not answer.")])
def test_its_doubt_and_its_silence_hold_a_comment(
        visitor: Visitor, session: Session, spam_service: SpamService, address: str, body: str,
        says: str) -> None:
    save(session, ON)
    spam_service.says(body)
    visitor.post(address, GOOD)
    comment, item = newest(session)
    assert (comment.state, item.rule, item.why) == (CommentState.WAITING, "service", says)


def test_where_it_finds_nothing_the_next_rule_is_asked(
        visitor: Visitor, session: Session, spam_service: SpamService, address: str) -> None:
    save(session, ON)
    visitor.post(address, GOOD)
    _comment, item = newest(session)
    assert (item.rule, item.facts["service"]) == ("first", "ham")


def test_it_is_not_asked_while_its_rule_is_off(
        visitor: Visitor, session: Session, spam_service: SpamService, address: str) -> None:
    visitor.post(address, GOOD)
    assert spam_service.questions == []
    assert newest(session)[1].facts["service"] == ""


def test_it_is_not_asked_about_what_is_decided_already(
        visitor: Visitor, session: Session, spam_service: SpamService, address: str) -> None:
    save(session, ON)
    visitor.post(address, {**GOOD, "subject": "filled in by a machine"})
    assert newest(session)[1].rule == "honeypot"
    assert spam_service.questions == []


def test_nobody_waits_in_line_behind_its_answer(
        app: Flask, visitor: Visitor, session: Session, spam_service: SpamService,
        make: Maker, address: str) -> None:
    save(session, ON)
    other, answers = f"{make.post().path}/comments", []

    def write() -> None:
        # While the first comment waits for the service, somebody else's is taken.
        spam_service.during = lambda: None
        answers.append(app.test_client().post(
            other, data={**GOOD, "subject": "x"}, headers={"Sec-Fetch-Site": "same-origin"}))

    spam_service.during = write
    visitor.post(address, GOOD)
    assert [each.status_code for each in answers] == [303]


def test_the_same_words_sent_twice_while_it_thinks_make_one_comment(
        app: Flask, visitor: Visitor, session: Session, spam_service: SpamService,
        address: str) -> None:
    save(session, ON)

    def again() -> None:
        spam_service.during = lambda: None
        app.test_client().post(address, data=GOOD, headers={"Sec-Fetch-Site": "same-origin"})

    spam_service.during = again
    visitor.post(address, GOOD, status=422)
    assert newest(session)[0].body == GOOD["body"]


def close(session: Session, entry: Entry) -> None:
    entry.comments_open = False


def remove(session: Session, entry: Entry) -> None:
    entry.state = EntryState.REMOVED


def delete(session: Session, entry: Entry) -> None:
    session.delete(entry)


def hide_parent(session: Session, entry: Entry) -> None:
    session.execute(sa.update(Comment).values(state=CommentState.REJECTED)
                    .execution_options(cache_tags=()))


@pytest.mark.parametrize(("change", "status", "sentence"), [
    (close, 422, "Comments on this page are closed."), (remove, 404, ""), (delete, 404, ""),
    (hide_parent, 422, "is not on this page any more")])
def test_what_an_editor_does_while_it_thinks_counts(
        visitor: Visitor, session: Session, spam_service: SpamService, make: Maker,
        change: Callable[[Session, Entry], None], status: int, sentence: str) -> None:
    save(session, ON)
    post = make.post()
    parent = make.comment(post, approved=True)

    def meanwhile() -> None:
        spam_service.during = lambda: None
        change(session, post)
        session.commit()

    spam_service.during = meanwhile
    answer = visitor.post(f"{post.path}/comments", {**GOOD, "parent_id": parent.public_id},
                          status=status)
    assert sentence in answer.text
    session.rollback()
    assert GOOD["body"] not in session.scalars(sa.select(Comment.body)).all()
