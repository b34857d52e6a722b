"""Mail to readers: what was decided, who replied; late enough to be taken back, never too often."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.comments import actions as comments
from app.comments import telling
from app.comments.models import Comment
from app.database import db, for_writing, writing
from app.desk import changing
from app.desk.actions import Cause
from app.desk.deciding import actions as desk
from app.desk.models import Decision, Verb
from app.mail import OutgoingMail
from app.readers import actions, notices
from app.readers.models import Notice, Reader
from tests.conftest import NOON, FakeClock
from tests.making import Maker
from tests.readers.conftest import BASE, EMAIL, Inbox, Say, confirm, path_in
from tests.visiting import Visitor


@pytest.fixture
def mine(reader: Visitor, say: Say) -> Comment:
    """A comment of a confirmed reader."""
    return say(reader, "Who keeps the key?")


def decide(make: Maker, comment: Comment, verb: Verb = Verb.APPROVE, **more: str) -> Decision:
    return make.decision(make.item(comments.KIND, comment.id), verb, **more)


def undo(make: Maker, decision: Decision) -> None:
    desk.undo(make.session, decision, make.account(), now=make.now())


def reply(say: Say, app: Flask, parent: Comment, body: str = "I do.", name: str = "Bo") -> Comment:
    return say(Visitor(app), body, author_name=name, author_email=f"{name}@reader.example".lower(),
               parent_id=parent.public_id)


def test_an_approval_is_told_half_a_minute_later(mine: Comment, make: Maker,
                                                 inbox: Inbox) -> None:
    decide(make, mine)
    assert inbox.later(seconds=29) == []
    [message] = inbox.later(seconds=1)
    assert message["To"] == EMAIL
    assert message["Subject"] == "Your comment on “On gates” is published"
    assert f"{BASE}{mine.path}\n" in message.get_content()
    assert inbox.later(days=1) == [], "and only once"


@pytest.mark.parametrize(("verb", "sentence"), [
    (Verb.REJECT, "decided against it"), (Verb.SPAM, "We decided against it")])
def test_a_refusal_is_told_with_its_reason_and_where_to_go(
        mine: Comment, make: Maker, inbox: Inbox, verb: Verb, sentence: str) -> None:
    decide(make, mine, verb, reason="Off topic", message="Try the other post.")
    [message] = inbox.later(seconds=30)
    words = message.get_content()
    assert message["Subject"] == "Your comment on “On gates” was not published"
    for expected in (sentence, "Reason: Off topic", "Try the other post.",
                     f"{BASE}{mine.follow_path}\n"):
        assert expected in words


def test_nobody_unconfirmed_is_ever_mailed(visitor: Visitor, app: Flask, say: Say, make: Maker,
                                           inbox: Inbox) -> None:
    first = say(visitor, "Who keeps the key?")
    decide(make, first)
    decide(make, reply(say, app, first))
    decide(make, say(visitor, "And the gate?"), Verb.REJECT)
    assert inbox.later(days=1) == []


def test_what_an_impostor_sends_is_told_to_nobody(
        app: Flask, reader: Visitor, say: Say, make: Maker, inbox: Inbox) -> None:
    forged = say(Visitor(app), "I am Rita.")
    decide(make, forged)
    decide(make, reply(say, app, forged))
    assert inbox.later(days=1) == []


def test_a_comment_that_waited_while_its_address_was_confirmed_is_told_of(
        visitor: Visitor, say: Say, make: Maker, inbox: Inbox) -> None:
    comment = say(visitor, "Early.")
    confirm(visitor, inbox)
    decide(make, comment)
    assert len(inbox.later(seconds=30)) == 1


@pytest.mark.usefixtures("no_sums")
def test_what_the_rules_publish_at_once_is_no_news_to_its_sender_but_to_whom_it_answers(
        app: Flask, reader: Visitor, say: Say, make: Maker, inbox: Inbox) -> None:
    bo = Visitor(app)
    confirm(bo, inbox, "bo@reader.example")
    bos = {"author_email": "bo@reader.example", "author_name": "Bo"}
    for number in range(3):
        decide(make, say(bo, f"Bo's {number}.", **bos))
    mine = say(reader, "Who keeps the key?")
    decide(make, mine)
    inbox.later(seconds=31)
    inbox.time.forward(hours=2)
    say(bo, "I keep it.", parent_id=mine.public_id, **bos)
    [message] = inbox.later(seconds=31)
    assert (message["To"], message["Subject"]) == (
        EMAIL, "Bo replied to your comment on “On gates”")


def test_a_reply_is_told_when_it_is_approved_and_not_before(
        app: Flask, mine: Comment, say: Say, make: Maker, inbox: Inbox) -> None:
    decide(make, mine)
    inbox.later(seconds=30)
    answer = reply(say, app, mine, "I do.\n\nSince May.")
    assert inbox.later(hours=2) == []
    decide(make, answer)
    [message] = inbox.later(seconds=30)
    assert message["Subject"] == "Bo replied to your comment on “On gates”"
    assert "> I do.\n> \n> Since May." in message.get_content()
    assert f"{BASE}{answer.path}\n" in message.get_content()


@pytest.mark.parametrize("verb", [Verb.REJECT, Verb.SPAM])
def test_a_refused_reply_is_told_to_nobody(app: Flask, mine: Comment, say: Say, make: Maker,
                                           inbox: Inbox, verb: Verb) -> None:
    decide(make, mine)
    inbox.later(seconds=30)
    decide(make, reply(say, app, mine), verb)
    assert inbox.later(days=1) == []


@pytest.mark.usefixtures("no_sums")
def test_nobody_is_told_of_their_own_reply(reader: Visitor, mine: Comment, say: Say, make: Maker,
                                           inbox: Inbox) -> None:
    for comment in (mine, say(reader, "A second."), say(reader, "A third.")):
        decide(make, comment)
    inbox.later(seconds=30)
    own = say(reader, "To add to this:", parent_id=mine.public_id)
    assert "Your comment is published" in reader.get(own.follow_path).words
    assert inbox.later(days=1) == []


def test_a_reply_that_is_approved_again_is_no_news(
        app: Flask, mine: Comment, say: Say, make: Maker, inbox: Inbox, session: Session) -> None:
    decide(make, mine)
    answer = reply(say, app, mine)
    decide(make, answer)
    assert len(inbox.later(seconds=30)) == 1
    item = make.item(comments.KIND, answer.id)
    changing.reopen(session, item, now=make.now(), by="Its sender",
                    cause=Cause("Edited."), text="I did.")
    session.commit()
    decide(make, answer)
    assert inbox.later(days=1) == []


def test_what_was_hidden_before_its_mail_left_is_told_to_nobody(
        app: Flask, mine: Comment, say: Say, make: Maker, inbox: Inbox, session: Session) -> None:
    decide(make, mine)
    inbox.later(seconds=30)
    answer = reply(say, app, mine)
    decide(make, answer)
    telling.hidden(session, answer, inbox.time.now())
    assert inbox.later(days=1) == []


def test_what_is_taken_back_in_time_is_never_told(app: Flask, mine: Comment, say: Say,
                                                  make: Maker, inbox: Inbox) -> None:
    decision = decide(make, mine)
    inbox.time.forward(seconds=29)
    undo(make, decision)
    assert inbox.later(days=1) == []
    decide(make, mine, Verb.REJECT)
    [message] = inbox.later(seconds=30)
    assert "was not published" in message["Subject"]


def test_what_was_told_and_is_taken_back_is_followed_by_a_second_mail(
        app: Flask, mine: Comment, say: Say, make: Maker, inbox: Inbox) -> None:
    decide(make, mine)
    inbox.later(seconds=30)
    answer = reply(say, app, mine)
    decision = decide(make, answer)
    [first] = inbox.later(hours=1)
    undo(make, decision)
    [second] = inbox.later(seconds=30)
    assert second["Subject"] == f"Taken back: {first['Subject']}"
    assert f"{BASE}{answer.path}" not in second.get_content(), "nobody can see it any more"
    assert second["List-Unsubscribe"] == f"<{BASE}{path_in(second, 'stop')}>"
    assert inbox.later(days=1) == []
    decide(make, answer)
    assert [each["Subject"] for each in inbox.later(seconds=30)] == [first["Subject"]]


def test_several_that_are_due_leave_as_one_mail(mine: Comment, reader: Visitor, app: Flask,
                                                say: Say, make: Maker, inbox: Inbox) -> None:
    decide(make, mine)
    decide(make, say(reader, "Another one."), Verb.REJECT, reason="Off topic")
    answer = reply(say, app, mine)
    decide(make, answer)
    [message] = inbox.later(seconds=30)
    assert message["Subject"] == "3 things happened to your comments"
    words = message.get_content()
    for expected in ("is published", "Off topic", "Bo wrote:", mine.path, answer.path):
        assert expected in words


def test_the_rest_of_an_hour_waits_and_leaves_together(
        app: Flask, mine: Comment, say: Say, make: Maker, inbox: Inbox) -> None:
    decide(make, mine)
    assert len(inbox.later(seconds=30)) == 1
    for number in range(2):
        decide(make, reply(say, app, mine, f"Reply {number}."))
    assert inbox.later(minutes=59) == []
    [message] = inbox.later(minutes=1)
    assert message["Subject"] == "2 things happened to your comments"


def test_a_flood_is_counted_instead_of_told(session: Session, reader: Visitor,
                                            inbox: Inbox) -> None:
    me = session.scalars(sa.select(Reader)).one()
    for number in range(notices.LISTED + 5):
        notices.note(session, me, about=f"x:{number}", subject=f"No. {number}", body="Hello.",
                     link=f"/x/{number}", now=inbox.time.now())
    [message] = inbox.later(seconds=30)
    assert message["Subject"] == "25 things happened to your comments"
    assert "And 5 more: http://localhost/reader/" in message.get_content()
    assert "No. 20" not in message.get_content()


def test_each_reader_gets_their_own(app: Flask, mine: Comment, say: Say, make: Maker,
                                    inbox: Inbox) -> None:
    bo = Visitor(app)
    confirm(bo, inbox, "bo@reader.example")
    decide(make, mine)
    decide(make, say(bo, "Hm.", author_email="bo@reader.example", author_name="Bo",
                     parent_id=mine.public_id))
    sent = {message["To"]: message["Subject"] for message in inbox.later(seconds=30)}
    assert sent == {EMAIL: "2 things happened to your comments",
                    "bo@reader.example": "Your comment on “On gates” is published"}


def test_a_worker_that_dies_on_the_way_to_the_outbox_loses_and_repeats_nothing(
        app: Flask, mine: Comment, make: Maker, inbox: Inbox, time: FakeClock) -> None:
    decide(make, mine)
    time.forward(seconds=30)
    make.session.commit()
    with app.app_context(), for_writing(db.sessionmaker()) as dying:
        def cut(session: Session) -> None:
            raise KeyboardInterrupt

        sa.event.listen(dying, "before_commit", cut)
        with pytest.raises(KeyboardInterrupt):
            notices.send_due(dying, BASE, now=time.now())
    assert len(inbox.new()) == 1
    assert inbox.later(days=1) == []


def test_two_workers_at_once_make_one_mail(app: Flask, mine: Comment, make: Maker,
                                           inbox: Inbox, session: Session) -> None:
    decide(make, mine)
    inbox.time.forward(seconds=30)
    session.commit()
    together = threading.Barrier(3, timeout=30)

    def work(_number: int) -> int:
        together.wait()
        with app.app_context(), writing() as own:
            return notices.send_due(own, BASE, now=inbox.time.now())

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 1
    about = OutgoingMail.about.startswith("reader:")
    assert len(session.scalars(sa.select(OutgoingMail).where(about)).all()) == 1


def test_whoever_turned_mail_off_gets_none_and_nothing_is_kept_for_later(
        reader: Visitor, mine: Comment, say: Say, make: Maker, inbox: Inbox,
        session: Session) -> None:
    decide(make, mine)
    reader.post("/reader/mail", {"wanted": "0"})
    assert "Mail me again" in reader.get("/reader/").words
    decide(make, say(reader, "Another."))
    assert inbox.later(days=1) == []
    reader.post("/reader/mail", {"wanted": "1"})
    assert "Stop this mail" in reader.get("/reader/").words
    assert inbox.later(days=1) == []
    decide(make, say(reader, "A third."))
    assert len(inbox.later(seconds=30)) == 1


def test_old_notices_are_swept_away_and_waiting_ones_are_not(
        mine: Comment, make: Maker, inbox: Inbox, session: Session) -> None:
    decide(make, mine)
    inbox.later(seconds=30)
    inbox.time.forward(days=90)
    session.add(Notice(reader_id=1, about="x:1", subject="x", body="x", send_after=NOON))
    inbox.time.forward(days=1)
    inbox.run(actions.JOB)
    assert session.scalars(sa.select(Notice.about)).all() == ["x:1"]


def test_a_decision_through_the_desk_itself_tells_its_sender(
        mine: Comment, make: Maker, editor: Visitor, inbox: Inbox) -> None:
    item = make.item(comments.KIND, mine.id)
    editor.post(f"/desk/items/{item.id}/rejection", {"reason": "off-topic"})
    [message] = inbox.later(seconds=30)
    assert path_in(message, "stop")
    assert make.account(Role.EDITOR).name not in message.get_content()
