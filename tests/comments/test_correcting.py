"""What the outside spam service is told of an editor's decision: once, late, and only news."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.comments import actions, correcting
from app.comments.models import Comment
from app.config import Settings
from app.desk.deciding import actions as desk
from app.desk.models import Decision, Verb
from app.rules.models import Rulebook
from tests.conftest import NOON, FakeClock
from tests.making import Maker
from tests.rules.spam_service import SpamService, spam_server, spam_service
from tests.visiting import Visitor

__all__ = ["spam_server", "spam_service"]

GOOD = {"author_name": "Rita Reader", "author_email": "rita@reader.example", "body": "It worked."}
PLACE = {"REMOTE_ADDR": "8.8.8.8"}


@pytest.fixture
def settings(settings: Settings, spam_service: SpamService) -> Settings:
    return replace(settings, spam_service_url=spam_service.url)


class Desk:
    """An editor's hands on the one comment there is, and the worker's round."""

    def __init__(self, app: Flask, session: Session, visitor: Visitor, make: Maker,
                 time: FakeClock, service: SpamService) -> None:
        self.app, self.session, self.visitor = app, session, visitor
        self.make, self.time, self.service = make, time, service

    def comment(self, said: str, where: dict[str, str] = PLACE) -> None:
        """Somebody comments, and the service says this of it."""
        self.session.add(Rulebook(rules=[{"name": "service", "on": True}], saved_at=NOON,
                                  saved_by="Ed"))
        self.session.commit()
        self.service.says(said)
        self.visitor.post(f"{self.make.post('On gates').path}/comments", GOOD, environ_base=where)
        self.service.says("Thanks for making the web a better place.")
        self.service.questions.clear()

    def decide(self, verb: Verb) -> Decision:
        comment = self.session.scalars(sa.select(Comment)).one()
        return self.make.decision(self.make.item(actions.KIND, comment.id), verb)

    def undo(self, decision: Decision) -> None:
        desk.undo(self.session, decision, self.make.account(), now=self.time.now())

    def told(self, **later: float) -> list[str]:
        """What the service has heard by then, each call once."""
        self.time.forward(**later)
        self.session.commit()
        self.app.extensions["jobs"].run(correcting.JOB)
        self.session.expire_all()
        calls = [path.removeprefix("/1.1/") for path, _fields in self.service.questions]
        self.service.questions.clear()
        return calls


@pytest.fixture
def editing(app: Flask, session: Session, visitor: Visitor, make: Maker, time: FakeClock,
            spam_service: SpamService) -> Desk:
    return Desk(app, session, visitor, make, time, spam_service)


@pytest.mark.parametrize(("said", "verb", "calls"), [
    ("false", Verb.SPAM, ["submit-spam"]), ("false", Verb.APPROVE, []), ("false", Verb.REJECT, []),
    ("true", Verb.APPROVE, ["submit-ham"]), ("true", Verb.SPAM, []), ("true", Verb.REJECT, []),
    ("no answer", Verb.SPAM, ["submit-spam"]), ("no answer", Verb.APPROVE, ["submit-ham"])])
def test_it_is_told_what_it_did_not_say_itself_and_once(editing: Desk, said: str, verb: Verb,
                                                        calls: list[str]) -> None:
    editing.comment(said)
    editing.decide(verb)
    assert editing.told(seconds=29) == []
    assert editing.told(seconds=2) == calls
    assert editing.told(days=1) == []


def test_it_hears_the_words_that_it_was_asked_about(editing: Desk,
                                                    spam_service: SpamService) -> None:
    editing.comment("false")
    editing.decide(Verb.SPAM)
    heard: list[dict[str, str]] = []
    spam_service.during = lambda: heard.append(spam_service.questions[-1][1])
    editing.told(seconds=31)
    [fields] = heard
    assert fields == {
        "api_key": "a-key", "blog": "http://localhost", "blog_charset": "UTF-8",
        "comment_type": "comment", "comment_author": "Rita Reader",
        "comment_author_email": "rita@reader.example", "comment_author_url": "",
        "comment_content": "It worked.", "permalink": "http://localhost/posts/on-gates",
        "user_ip": "8.8.8.8", "user_agent": ""}


def test_a_decision_that_was_undone_in_time_is_told_to_nobody(editing: Desk) -> None:
    editing.comment("false")
    editing.undo(editing.decide(Verb.SPAM))
    assert editing.told(days=1) == []


def test_a_decision_that_was_undone_later_is_followed_by_the_other_one(editing: Desk) -> None:
    editing.comment("false")
    decision = editing.decide(Verb.SPAM)
    assert editing.told(seconds=31) == ["submit-spam"]
    editing.undo(decision)
    assert editing.told(seconds=31) == []
    editing.decide(Verb.APPROVE)
    assert editing.told(seconds=31) == ["submit-ham"]


@pytest.mark.parametrize(("body", "status"), [("", 200), ("invalid", 200), ("Thanks", 500)])
def test_what_it_does_not_take_is_told_again_an_hour_later(
        editing: Desk, spam_service: SpamService, body: str, status: int) -> None:
    editing.comment("false")
    editing.decide(Verb.SPAM)
    spam_service.says(body, status)
    assert editing.told(seconds=31) == ["submit-spam"]
    spam_service.says("Thanks for making the web a better place.")
    assert editing.told(minutes=59) == []
    assert editing.told(minutes=2) == ["submit-spam"]
    assert editing.told(days=1) == []


def test_the_desk_does_not_wait_while_it_listens_and_what_is_decided_then_counts(
        editing: Desk, signed_in: Callable[..., Visitor], make: Maker,
        spam_service: SpamService) -> None:
    editing.comment("false")
    decision = editing.decide(Verb.SPAM)
    item, desk_of = decision.item_id, signed_in(make.account())

    def change_of_mind() -> None:
        spam_service.during = lambda: None
        desk_of.post(f"/desk/decisions/{decision.id}/undo")
        desk_of.post(f"/desk/items/{item}/approval")

    spam_service.during = change_of_mind
    assert editing.told(seconds=31) == ["submit-spam", "submit-ham"]


def test_where_it_was_not_asked_or_not_told_where_from_it_hears_nothing(
        editing: Desk, make: Maker) -> None:
    editing.comment("false", where={"REMOTE_ADDR": "127.0.0.1"})
    editing.decide(Verb.SPAM)
    other = make.comment(make.post())
    make.decision(make.item(actions.KIND, other.id), Verb.SPAM)
    assert editing.told(days=1) == []
