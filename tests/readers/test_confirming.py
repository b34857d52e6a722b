"""A link by mail makes an address somebody's: once, for a day, and only by a press of a button."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import clock, mail
from app.comments import actions as comments
from app.database import db, for_writing
from app.desk.models import StaffNote
from app.entries.models import Entry
from app.mail import OutgoingMail
from app.readers import actions
from app.readers.models import MagicLink, Reader, ReaderSignIn
from tests.at_once import at_once
from tests.conftest import NOON, FakeClock
from tests.making import Maker
from tests.readers.conftest import COOKIE, EMAIL, FORM, Inbox, Say, confirm, path_in
from tests.visiting import Visitor

__all__ = ["at_once"]
DEAD = "This link opens nothing any more"


def known(visitor: Visitor) -> bool:
    return EMAIL in visitor.get("/reader/").words


def test_a_sender_asks_on_the_follow_page_and_the_comment_becomes_theirs(
        visitor: Visitor, say: Say, session: Session, inbox: Inbox) -> None:
    comment = say(visitor, "Who keeps the key?")
    page = visitor.get(comment.follow_path)
    assert f"{comment.follow_path}/confirmation" in {each["action"] for each in page.all("form")}
    answer = visitor.post(f"{comment.follow_path}/confirmation")
    assert "A link is on its way" in visitor.follow(answer).words
    done = visitor.post(inbox.link())
    assert "Who keeps the key?" in visitor.follow(done).words
    session.refresh(comment)
    reader = session.scalars(sa.select(Reader)).one()
    assert (comment.reader_id, reader.email, reader.name) == (reader.id, EMAIL, "Rita Reader")
    assert reader.confirmed_at == NOON
    assert "Confirm my address" not in visitor.get(comment.follow_path).words


def test_the_answer_after_sending_offers_it_too(visitor: Visitor, entry: Entry) -> None:
    answer = visitor.swap(f"{entry.path}/comments", {**FORM, "body": "Hello."})
    assert "Confirm my address" in answer.text
    path = answer.text.split('action="/follow/')[1].split('"')[0]
    assert "Look into your mail" in visitor.swap(f"/follow/{path}").text


def test_all_earlier_comments_are_theirs_and_later_ones_from_elsewhere_are_not(
        app: Flask, visitor: Visitor, say: Say, inbox: Inbox, session: Session) -> None:
    old = [say(visitor, f"Earlier, {number}.") for number in range(3)]
    other = say(visitor, "Somebody else.", author_email="bo@reader.example")
    confirm(visitor, inbox)
    stranger = say(Visitor(app), "The same address, typed elsewhere.")
    own = say(visitor, "Typed here.")
    session.expire_all()
    reader = session.scalars(sa.select(Reader)).one()
    assert [each.reader_id for each in old] == [reader.id] * 3
    assert (own.reader_id, stranger.reader_id, other.reader_id) == (reader.id, None, None)
    words = visitor.get("/reader/").words
    assert "Earlier, 2." in words
    assert "typed elsewhere" not in words


def test_the_desk_knows_the_sender_by_their_confirmed_self(
        visitor: Visitor, say: Say, inbox: Inbox, session: Session, make: Maker) -> None:
    item = make.item(comments.KIND, say(visitor, "Before.").id)
    session.add(StaffNote(person_key=f"email:{EMAIL}", text="Kind.", written_by="Ed",
                          written_at=NOON))
    confirm(visitor, inbox)
    later = make.item(comments.KIND, say(visitor, "After.").id)
    session.refresh(item)
    reader = session.scalars(sa.select(Reader)).one()
    assert item.person_key == later.person_key == reader.key
    assert session.scalars(sa.select(StaffNote.person_key)).all() == [reader.key]


@pytest.mark.parametrize("email", [EMAIL, "nobody@reader.example"])
def test_known_and_unknown_addresses_get_the_same_answer(
        visitor: Visitor, make: Maker, entry: Entry, inbox: Inbox, email: str) -> None:
    make.comment(entry)
    answer = visitor.post("/reader/links", {"email": email})
    assert answer.headers["Location"] == "/reader/asked"
    assert email not in visitor.follow(answer).words
    [message] = inbox.new()
    assert message["To"] == email


def test_a_link_leaves_at_once_and_repeats_nothing_that_was_typed(
        visitor: Visitor, say: Say, inbox: Inbox) -> None:
    comment = say(visitor, "See pills.example", author_name="Win at pills.example")
    visitor.post(f"{comment.follow_path}/confirmation")
    [message] = inbox.new()
    assert "pills" not in message.as_string()
    assert message["Subject"] == "Please confirm your e-mail address"
    assert message["List-Unsubscribe"] is None, "it was asked for; there is nothing to stop"
    assert "need not do anything" in message.get_content()


def test_opening_a_link_changes_nothing(visitor: Visitor, inbox: Inbox, session: Session) -> None:
    visitor.post("/reader/links", {"email": EMAIL})
    path = inbox.link()
    for _ in range(3):
        assert EMAIL in visitor.get(path).words
        visitor.client.head(path)
    assert session.scalars(sa.select(Reader)).all() == []
    visitor.post(path)
    assert known(visitor)


def test_a_link_works_once(app: Flask, visitor: Visitor, inbox: Inbox) -> None:
    visitor.post("/reader/links", {"email": EMAIL})
    path = inbox.link()
    visitor.post(path)
    second = Visitor(app)
    assert DEAD in second.get(path, status=404).words
    assert DEAD in second.post(path, status=404).text
    assert not known(second)


def test_whoever_presses_twice_arrives_all_the_same(visitor: Visitor, inbox: Inbox) -> None:
    visitor.post("/reader/links", {"email": EMAIL})
    path = inbox.link()
    for _ in range(2):
        assert visitor.post(path).headers["Location"] == "/reader/"
    assert visitor.client.get(path).headers["Location"] == "/reader/"


def test_a_link_used_by_several_at_once_opens_for_one(
        app: Flask, visitor: Visitor, inbox: Inbox, session: Session) -> None:
    visitor.post("/reader/links", {"email": EMAIL})
    token = inbox.link().rsplit("/", 1)[1]
    together, opened = threading.Barrier(4, timeout=30), []

    def press() -> None:
        with app.app_context(), for_writing(db.sessionmaker()) as own:
            together.wait()
            with suppress(actions.DeadLink):
                opened.append(actions.confirm(own, token, now=clock.now()))

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == len(session.scalars(sa.select(ReaderSignIn)).all()) == 1


def test_of_two_presses_at_once_one_signs_in_and_the_other_is_told_to_go_on(
        app: Flask, visitor: Visitor, inbox: Inbox, session: Session, time: FakeClock,
        at_once: Callable[..., list[Any]]) -> None:
    visitor.post("/reader/links", {"email": EMAIL})
    path = inbox.link()
    browsers = [app.test_client(), app.test_client()]
    answers = at_once(lambda number: browsers[number].post(path), 2)
    first, second = sorted(answers, key=lambda answer: answer.status_code)
    assert (first.status_code, second.status_code) == (303, 404)
    assert "used a moment ago" in second.text
    assert '<a href="/reader/">go on to your page</a>' in second.text
    time.forward(minutes=2)
    assert "older than a day" in browsers[answers.index(second)].post(path).text


def test_two_links_to_one_address_pressed_at_once_both_open(
        app: Flask, visitor: Visitor, inbox: Inbox, session: Session,
        at_once: Callable[..., list[Any]]) -> None:
    paths = []
    for _ in range(2):
        visitor.post("/reader/links", {"email": EMAIL})
        paths.append(inbox.link())
    browsers = [app.test_client(), app.test_client()]
    answers = at_once(lambda number: browsers[number].post(paths[number]), 2)
    assert [each.headers.get("Location") for each in answers] == ["/reader/"] * 2
    assert len(session.scalars(sa.select(Reader)).all()) == 1
    assert all(EMAIL in each.get("/reader/").text for each in browsers)


@pytest.mark.parametrize(("age", "status"), [
    (timedelta(hours=23, minutes=59), 200), (timedelta(days=1), 404)])
def test_a_link_is_good_for_a_day(visitor: Visitor, inbox: Inbox, time: FakeClock,
                                  age: timedelta, status: int) -> None:
    visitor.post("/reader/links", {"email": EMAIL})
    path = inbox.link()
    time.moment += age
    visitor.get(path, status=status)
    visitor.post(path, status=303 if status == 200 else 404)
    assert known(visitor) is (status == 200)


@pytest.mark.parametrize("token", ["x", "a" * 500, "%ff"])
def test_a_guessed_link_opens_nothing(visitor: Visitor, token: str) -> None:
    assert DEAD in visitor.get(f"/reader/confirm/{token}", status=404).words
    visitor.post(f"/reader/confirm/{token}", status=404)


def test_a_second_link_finds_the_same_reader_under_the_newest_name(
        app: Flask, visitor: Visitor, say: Say, inbox: Inbox, session: Session) -> None:
    confirm(visitor, inbox)
    phone = Visitor(app)
    comment = say(phone, "From my phone.", author_name="Rita R.")
    phone.post(f"{comment.follow_path}/confirmation")
    phone.post(inbox.link())
    reader = session.scalars(sa.select(Reader)).one()
    assert reader.name == "Rita R."
    assert known(visitor)
    assert known(phone)


def test_a_third_link_in_an_hour_is_the_last_and_an_hour_later_there_are_more(
        visitor: Visitor, inbox: Inbox, time: FakeClock) -> None:
    for _ in range(actions.LINKS_AN_HOUR):
        visitor.post("/reader/links", {"email": EMAIL})
    answer = visitor.post("/reader/links", {"email": EMAIL}, status=429)
    assert "Too many tries" in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert len(inbox.new()) == actions.LINKS_AN_HOUR
    visitor.post("/reader/links", {"email": "bo@reader.example"})
    time.forward(hours=1)
    visitor.post("/reader/links", {"email": EMAIL})


def test_nobody_is_mailed_all_day_long(visitor: Visitor, time: FakeClock) -> None:
    statuses = []
    for _ in range(12):
        headers = {"Sec-Fetch-Site": "same-origin"}
        answer = visitor.client.post("/reader/links", data={"email": EMAIL}, headers=headers)
        statuses.append(answer.status_code)
        time.forward(hours=1)
    assert statuses == [303] * actions.LINKS_A_DAY + [429] * 2


def test_one_network_asks_for_so_many_links_and_no_more(visitor: Visitor) -> None:
    for number in range(actions.LINKS_OF_A_NETWORK):
        visitor.post("/reader/links", {"email": f"r{number}@reader.example"})
    visitor.post("/reader/links", {"email": "one-more@reader.example"}, status=429)
    answer = visitor.post("/reader/links", {"email": "elsewhere@reader.example"},
                          environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert answer.headers["Location"] == "/reader/asked"


@pytest.mark.parametrize("email", ["", "rita", "a@b.example\r\nBcc: c@d.example", "x" * 300])
def test_what_is_no_address_gets_a_sentence(visitor: Visitor, inbox: Inbox, email: str) -> None:
    answer = visitor.post("/reader/links", {"email": email}, status=422)
    assert "error-summary" in answer.text
    assert inbox.new() == []


def test_an_erased_address_cannot_be_confirmed(visitor: Visitor, say: Say,
                                               session: Session) -> None:
    comment = say(visitor, "Long ago.")
    comment.author_email = ""
    assert "Confirm my address" not in visitor.get(comment.follow_path).words
    answer = visitor.post(f"{comment.follow_path}/confirmation", status=409)
    assert "nothing to confirm" in answer.text


def test_nothing_in_the_database_opens_anything(visitor: Visitor, inbox: Inbox,
                                                session: Session) -> None:
    visitor.post("/reader/links", {"email": EMAIL})
    path = inbox.link()
    visitor.get(path)
    visitor.post("/reader/links", {"email": EMAIL})
    visitor.post(inbox.link())
    cookie = visitor.client.get_cookie(COOKIE)
    assert cookie
    kept = [str(value) for table in (MagicLink, ReaderSignIn, Reader, OutgoingMail)
            for row in session.execute(sa.select(table.__table__)) for value in row]
    assert all(secret not in value for value in kept
               for secret in (path.rsplit("/", 1)[1], cookie.value))


def test_a_link_that_has_not_left_yet_is_kept_until_it_has(
        visitor: Visitor, session: Session, time: FakeClock) -> None:
    def refuse(message: object) -> None:
        raise ConnectionRefusedError

    visitor.post("/reader/links", {"email": EMAIL})
    assert mail.send_due(session, refuse, "L <l@l.example>", time.now, "http://localhost") == 0
    time.forward(hours=1)
    assert path_in(Inbox(visitor.app, session, time).new()[0], "confirm")


def test_used_and_old_links_and_old_sign_ins_are_swept_away(
        visitor: Visitor, inbox: Inbox, session: Session, time: FakeClock) -> None:
    confirm(visitor, inbox)
    visitor.post("/reader/links", {"email": EMAIL})
    time.forward(minutes=2)
    inbox.run(actions.JOB)
    assert len(session.scalars(sa.select(MagicLink)).all()) == 1, "the one that still works"
    time.forward(days=1)
    inbox.run(actions.JOB)
    assert session.scalars(sa.select(MagicLink)).all() == []
    assert len(session.scalars(sa.select(ReaderSignIn)).all()) == 1
    time.forward(days=179)
    inbox.run(actions.JOB)
    assert session.scalars(sa.select(ReaderSignIn)).all() == []
