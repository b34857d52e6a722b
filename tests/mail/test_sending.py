"""Sending: exactly one of each, whatever fails, and nothing in it that nobody meant."""

import email
import smtplib
import socketserver
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import mail
from app.config import Settings
from app.database import writing
from app.logs.writing import Json
from app.mail import OutgoingMail
from tests.conftest import FakeClock
from tests.mail.conftest import SENDER, Post, send


@pytest.mark.parametrize("trouble", [
    ConnectionRefusedError("nobody there"), TimeoutError("too slow"),
    smtplib.SMTPServerDisconnected("gone"), smtplib.SMTPRecipientsRefused({})])
def test_a_failed_mail_is_tried_again_later_each_time(
        session: Session, queued: OutgoingMail, post: Post, time: FakeClock,
        trouble: Exception) -> None:
    post.trouble = trouble
    time.forward(minutes=1)
    assert [send(session, post, time) for _ in range(2)] == [0, 0]
    assert queued.attempts == 1, "it is not tried again at once"
    first_pause = queued.send_after - time.now()
    time.moment = queued.send_after
    assert send(session, post, time) == 0
    assert queued.send_after - time.now() > first_pause
    post.trouble = None
    time.moment = queued.send_after
    assert send(session, post, time) == 1
    assert (queued.error, queued.attempts) == (None, 3)


def test_a_mail_that_never_succeeds_is_given_up_and_says_why(
        session: Session, queued: OutgoingMail, post: Post, time: FakeClock) -> None:
    post.trouble = ConnectionRefusedError("nobody there")
    for _ in range(mail.RETRIES + 5):
        time.forward(days=1)
        send(session, post, time)
    assert queued.attempts == mail.RETRIES
    assert queued.error == "nobody there"


def test_the_log_says_why_a_mail_did_not_leave_and_not_to_whom(
        session: Session, queued: OutgoingMail, post: Post, time: FakeClock,
        caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.setFormatter(Json())
    post.trouble = smtplib.SMTPRecipientsRefused({"ada@reader.example": (550, b"no such user")})
    time.forward(minutes=1)
    send(session, post, time)
    assert f"Mail {queued.id} did not leave at try 1 of {mail.RETRIES}" in caplog.text
    assert "no such user" in caplog.text
    assert "ada@" not in caplog.text


def test_one_bad_mail_does_not_hold_up_the_others(
        session: Session, queued: OutgoingMail, post: Post, time: FakeClock) -> None:
    def refuse_ada(message: EmailMessage) -> None:
        if "ada" in message["To"]:
            raise smtplib.SMTPRecipientsRefused({})
        post(message)

    mail.queue(session, "bo@reader.example", "Another", "Hello.", about="x:1", now=time.now())
    session.commit()
    time.forward(minutes=1)
    assert mail.send_due(session, refuse_ada, SENDER, time.now) == 1
    assert post.subjects == ["Another"]


def test_two_workers_at_once_send_each_mail_once(
        app: Flask, session: Session, post: Post, time: FakeClock) -> None:
    for number in range(20):
        mail.queue(session, "ada@reader.example", f"No. {number}", "x", about=f"x:{number}",
                   now=time.now())
    session.commit()
    time.forward(minutes=1)
    together = threading.Barrier(3, timeout=30)

    def work(_number: int) -> int:
        together.wait()
        with app.app_context(), writing() as own:
            return mail.send_due(own, post, SENDER, time.now)

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 20
    assert sorted(post.subjects) == sorted(f"No. {number}" for number in range(20))


def test_a_mail_whose_worker_died_is_sent_again_under_the_same_message_id(
        session: Session, queued: OutgoingMail, post: Post, time: FakeClock) -> None:
    class PowerCut(BaseException):
        pass

    def deliver_and_die(message: EmailMessage) -> None:
        post(message)
        raise PowerCut

    time.forward(minutes=1)
    with pytest.raises(PowerCut):
        mail.send_due(session, deliver_and_die, SENDER, time.now)
    session.rollback()
    assert send(session, post, time) == 0, "somebody may still be at it"
    time.forward(minutes=6)
    assert send(session, post, time) == 1
    first, second = post.sent
    assert first["Message-ID"] == second["Message-ID"]


def test_two_mails_have_two_message_ids(
        session: Session, queued: OutgoingMail, post: Post, time: FakeClock) -> None:
    mail.queue(session, "bo@reader.example", "x", "x", about="decision:12", now=time.now())
    session.commit()
    time.forward(minutes=1)
    send(session, post, time)
    assert len({message["Message-ID"] for message in post.sent}) == 2


@pytest.mark.parametrize("subject", [
    "“Ships”\r\nBcc: bo@reader.example\r\n\r\nGood news",
    "“Ships\x0bBcc: bo@reader.example” \x85 is accepted",
    "“Ships\u2028Bcc: bo@reader.example” is accepted",
    "“Ships =?utf-8?b?DQpCY2M6IGJvQHJlYWRlci5leGFtcGxl?= ” is accepted",
    "=?utf-8?q?=0d=0aBcc:_bo=40reader.example?=",
])
def test_a_title_cannot_add_a_header(
        session: Session, post: Post, time: FakeClock, subject: str) -> None:
    mail.queue(session, "ada@reader.example", subject, "Hello.", about="x:1", now=time.now())
    session.commit()
    time.forward(minutes=1)
    send(session, post, time)
    received = email.message_from_bytes(post.sent[0].as_bytes(), policy=default)
    assert received["Bcc"] is None
    assert set(received.keys()) == {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
                                    "Content-Type", "Content-Transfer-Encoding", "MIME-Version"}
    assert received.get_content() == "Hello.\n"


def test_a_mail_says_what_it_should_in_any_script(
        session: Session, post: Post, time: FakeClock) -> None:
    mail.queue(session, "ada@reader.example", "„Führung“ — 领导力", "Grüße,\n.\nЗдравствуйте\n",
               about="x:1", now=time.now())
    session.commit()
    time.forward(minutes=1)
    send(session, post, time)
    received = email.message_from_bytes(post.sent[0].as_bytes(), policy=default)
    assert received["Subject"] == "„Führung“ — 领导力"
    assert received["Auto-Submitted"] == "auto-generated"
    assert received.get_content() == "Grüße,\n.\nЗдравствуйте\n"


@pytest.mark.parametrize(("title", "address", "sender"), [
    ("Lectern", "https://blog.example", "Lectern <lectern@blog.example>"),
    ("On, \"Leading\" <x@y>\n", "https://blog.example:8443/a",
     "On Leading xy <lectern@blog.example>"),
    ("Führung", "http://127.0.0.1:8000", "Führung <lectern@localhost>"),
    ("", "http://[::1]:8000", "Lectern <lectern@localhost>"),
])
def test_mail_comes_from_the_site(title: str, address: str, sender: str) -> None:
    assert mail.sender(title, address) == sender


def test_without_a_mail_server_mail_is_kept_as_files(
        app: Flask, session: Session, queued: OutgoingMail, time: FakeClock,
        settings: Settings) -> None:
    time.forward(minutes=1)
    app.extensions["jobs"].run(mail.JOB)
    [kept] = settings.outbox.iterdir()
    received = email.message_from_bytes(kept.read_bytes(), policy=default)
    assert kept.suffix == ".eml"
    assert (received["To"], received["Subject"]) == ("ada@reader.example", "It is published")


class Mailbox(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs to hand over a mail."""

    def handle(self) -> None:
        self.say(220, "ready")
        for line in self.rfile:
            verb = line.split()[0].upper().decode() if line.split() else ""
            if verb == "DATA":
                self.say(354, "go on")
                self.server.received.append(self._message())  # type: ignore[attr-defined]
            elif verb == "QUIT":
                return self.say(*self.server.farewell)  # type: ignore[attr-defined]
            self.say(250, "fine")

    def _message(self) -> Message:
        lines = iter(self.rfile.readline, b".\r\n")
        return email.message_from_bytes(b"".join(lines), policy=default)

    def say(self, code: int, words: str) -> None:
        self.wfile.write(f"{code} {words}\r\n".encode())


@pytest.fixture
def server() -> Iterator[socketserver.ThreadingTCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as running:
        running.received = []  # type: ignore[attr-defined]
        running.farewell = (221, "bye")  # type: ignore[attr-defined]
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def test_mail_is_handed_to_the_mail_server(
        session: Session, queued: OutgoingMail, time: FakeClock, tmp_path: Path,
        server: socketserver.ThreadingTCPServer) -> None:
    url = f"smtp://127.0.0.1:{server.server_address[1]}"
    time.forward(minutes=1)
    assert mail.send_due(session, mail.transport(url, tmp_path), SENDER, time.now) == 1
    [received] = server.received  # type: ignore[attr-defined]
    assert received["Message-ID"] == f"<{queued.id}.decision.12@blog.example>"
    assert received.get_content().splitlines() == ["Dear Ada,", "", "yes."]
    assert not list(tmp_path.glob("*.eml"))


def test_a_mail_that_was_taken_is_not_sent_again_for_a_bad_farewell(
        session: Session, queued: OutgoingMail, time: FakeClock, tmp_path: Path,
        server: socketserver.ThreadingTCPServer) -> None:
    server.farewell = (421, "too busy")  # type: ignore[attr-defined]
    url = f"smtp://127.0.0.1:{server.server_address[1]}"
    time.forward(minutes=1)
    assert mail.send_due(session, mail.transport(url, tmp_path), SENDER, time.now) == 1
    assert (queued.attempts, queued.error) == (1, None)


def test_a_mail_server_that_is_away_delays_mail_and_loses_none(
        session: Session, queued: OutgoingMail, time: FakeClock, tmp_path: Path) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), Mailbox) as away:
        url = f"smtp://127.0.0.1:{away.server_address[1]}"
    time.forward(minutes=1)
    assert mail.send_due(session, mail.transport(url, tmp_path), SENDER, time.now) == 0
    assert queued.sent_at is None
    assert "refused" in (queued.error or "")


def test_a_password_is_never_sent_over_an_open_line(
        session: Session, queued: OutgoingMail, time: FakeClock, tmp_path: Path,
        server: socketserver.ThreadingTCPServer) -> None:
    url = f"smtp://me:hush@127.0.0.1:{server.server_address[1]}"
    time.forward(minutes=1)
    assert mail.send_due(session, mail.transport(url, tmp_path), SENDER, time.now) == 0
    assert server.received == []  # type: ignore[attr-defined]
    assert "STARTTLS" in (queued.error or "")
