"""What tests of readers share: an inbox, somebody who comments, somebody who confirmed."""

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import mail
from app.comments.models import Comment
from app.entries.models import Entry
from app.readers import notices
from app.rules.models import Rulebook
from tests.conftest import FakeClock
from tests.making import Maker
from tests.visiting import Visitor

BASE = "http://localhost"
SENDER = "Lectern <lectern@blog.example>"
EMAIL = "rita@reader.example"
FORM = {"author_name": "Rita Reader", "author_email": EMAIL, "author_headline": "Baker"}
COOKIE = "lectern_reader"


class Inbox:
    """All mail that leaves the site."""

    def __init__(self, app: Flask, session: Session, time: FakeClock) -> None:
        self.app, self.session, self.time = app, session, time

    def new(self) -> list[EmailMessage]:
        """What a round of the worker sends at this moment."""
        sent: list[EmailMessage] = []
        self.run(notices.JOB)
        mail.send_due(self.session, sent.append, SENDER, self.time.now, BASE)
        return sent

    def run(self, job: str) -> None:
        """Runs a job of the worker, after whatever the test wrote or read is done."""
        self.session.commit()
        self.app.extensions["jobs"].run(job)
        self.session.expire_all()

    def later(self, **delta: float) -> list[EmailMessage]:
        """What is sent after some time: `inbox.later(seconds=31)`."""
        self.time.forward(**delta)
        return self.new()

    def link(self) -> str:
        """The path in the one mail that has just come."""
        [message] = self.new()
        return path_in(message, "confirm")


def path_in(message: EmailMessage, kind: str) -> str:
    """The path of a link in a mail."""
    found = re.search(rf"{BASE}(/reader/{kind}/[\w-]+)$", message.get_content(), re.MULTILINE)
    assert found, message.get_content()
    return found.group(1)


@pytest.fixture
def inbox(app: Flask, session: Session, time: FakeClock) -> Inbox:
    return Inbox(app, session, time)


@pytest.fixture
def entry(make: Maker) -> Entry:
    return make.post("On gates")


Say = Callable[..., Comment]


@pytest.fixture
def say(session: Session, entry: Entry) -> Say:
    """Sends a comment through the form: `say(visitor, "Hello.", author_email=…, parent_id=…)`."""
    def send(visitor: Visitor, body: str, **fields: str) -> Comment:
        answer = visitor.post(f"{entry.path}/comments", {**FORM, "body": body, **fields})
        token = answer.headers["Location"].removeprefix("/follow/")
        comment = session.query(Comment).filter_by(follow_token=token).one()
        return comment
    return send


def confirm(visitor: Visitor, inbox: Inbox, email: str = EMAIL) -> None:
    """Asks for a link and presses its button."""
    visitor.post("/reader/links", {"email": email})
    visitor.post(inbox.link())


@pytest.fixture
def reader(visitor: Visitor, inbox: Inbox) -> Visitor:
    """The browser of a reader who has confirmed EMAIL."""
    confirm(visitor, inbox)
    return visitor


@pytest.fixture
def no_sums(session: Session, time: FakeClock) -> None:
    """Rules as usual, but without the sum that only a browser with JavaScript does."""
    session.add(Rulebook(rules=[{"name": "proof", "on": False}], saved_at=time.now(),
                         saved_by="a test"))
    session.commit()
