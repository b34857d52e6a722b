"""A mail that waits, and somebody who takes what leaves."""

from email.message import EmailMessage

import pytest
from sqlalchemy.orm import Session

from app import mail
from app.mail import OutgoingMail
from tests.conftest import FakeClock

SENDER = "Lectern <lectern@blog.example>"


class Post:
    """A transport that keeps what it is given, or fails as told."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []
        self.trouble: Exception | None = None

    def __call__(self, message: EmailMessage) -> None:
        if self.trouble:
            raise self.trouble
        self.sent.append(message)

    @property
    def subjects(self) -> list[str]:
        return [message["Subject"] for message in self.sent]


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def queued(session: Session, time: FakeClock) -> OutgoingMail:
    waiting = mail.queue(session, "ada@reader.example", "It is published", "Dear Ada,\n\nyes.\n",
                         about="decision:12", now=time.now())
    session.commit()
    return waiting


def send(session: Session, post: Post, time: FakeClock) -> int:
    return mail.send_due(session, post, SENDER, time.now)
