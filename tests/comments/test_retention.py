"""What is kept no longer is erased: words that were not published, and where comments came from."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Role
from app.comments import actions
from app.comments.cases import following, reporting
from app.comments.models import Comment
from app.database import Model
from app.desk import notes
from app.desk.kinds import NotPossible
from app.desk.models import ReviewItem
from app.mail import SWEEP
from app.readers import actions as readers
from app.readers.models import Reader
from app.rules.models import Sanction, Sanctioned
from tests.comments.conftest import Life
from tests.conftest import FakeClock
from tests.making import Maker
from tests.visiting import Visitor

Erase = Callable[[], None]
SignIn = Callable[[Role], Visitor]
PRIVATE = ["May I?", "may i", "rita@reader.example", "Baker", "It is about waiting"]


def dump(life: Life) -> str:
    """Everything that the database holds, as one text; what the classifier learned are numbers."""
    life.session.rollback()
    rows = [tuple(row) for table in Model.metadata.sorted_tables if table.name != "learned_words"
            for row in life.session.execute(sa.select(table))]
    return repr(rows)


def test_the_words_of_what_was_not_published_are_erased_after_120_days(
        visitor: Visitor, signed_in: SignIn, life: Life, erase: Erase, time: FakeClock) -> None:
    life.reject()
    time.forward(days=119, hours=23)
    erase()
    assert "May I?" in dump(life)
    time.forward(days=1)
    erase()
    left = dump(life)
    assert not [each for each in PRIVATE if each in left]
    assert "This comment has been erased" in visitor.get(life.comment.follow_path).words
    log = signed_in(Role.EDITOR).get("/desk/log").words
    assert "(words erased)" in log
    assert "Rita Reader" in log, "the log still says what was decided about whom"
    signed_in(Role.EDITOR).get(f"/desk/items/{life.item().id}")


def lived(make: Maker, time: FakeClock, lives: list[str]) -> Life:
    """Comments on which so many things were done each; the last of them."""
    for steps in lives:
        life = Life(make, time)
        for step in steps.split():
            getattr(life, step)()
    return life


def test_so_are_those_of_spam_and_of_what_was_withdrawn_or_hidden(
        signed_in: SignIn, visitor: Visitor, make: Maker, erase: Erase, time: FakeClock) -> None:
    life = lived(make, time, ["spam", "withdraw", "approve withdraw", "approve report hide",
                              "reject appeal refuse_appeal"])
    time.forward(days=121)
    erase()
    left = dump(life)
    assert not [each for each in PRIVATE if each in left]
    visitor.get(life.comment.follow_path)
    editor = signed_in(Role.EDITOR)
    for [each] in life.session.execute(sa.select(ReviewItem.id)).all():
        editor.get(f"/desk/items/{each}")


def test_what_waits_or_is_seen_is_kept(make: Maker, erase: Erase, time: FakeClock) -> None:
    life = lived(make, time, ["", "approve", "approve report", "reject appeal", "reject undo",
                              "approve report hide undo_report"])
    time.forward(days=500)
    erase()
    bodies = life.session.scalars(sa.select(Comment.body)).all()
    assert bodies == ["May I?"] * 6


def test_a_rejected_text_stays_readable_to_whoever_judges_the_appeal(
        signed_in: SignIn, life: Life, erase: Erase, time: FakeClock) -> None:
    life.reject()
    time.forward(days=29)
    life.appeal()
    time.forward(days=200)
    erase()
    assert "May I?" in signed_in(Role.EDITOR).get("/desk/").words
    life.refuse_appeal()
    time.forward(days=1)
    erase()
    assert "May I?" not in dump(life)


def test_erased_words_cannot_be_decided_again(signed_in: SignIn, life: Life, erase: Erase,
                                              time: FakeClock) -> None:
    life.reject()
    time.forward(days=121)
    erase()
    editor = signed_in(Role.EDITOR)
    undo = next(form["action"] for form in editor.get("/desk/log").all("form")
                if form["action"].endswith("/undo"))
    assert "nothing left to decide" in editor.post(undo, status=409).text


def test_nobody_can_do_anything_with_an_erased_comment(visitor: Visitor, life: Life, erase: Erase,
                                                       time: FakeClock) -> None:
    life.reject()
    time.forward(days=121)
    erase()
    page = visitor.get(life.comment.follow_path)
    assert not [form for form in page.all("form") if "/follow/" in form["action"]]


def test_where_a_comment_came_from_is_forgotten_after_90_days(
        life: Life, make: Maker, erase: Erase, time: FakeClock) -> None:
    life.comment.network = "203.0.114.9/32"
    life.approve()
    time.forward(days=60)
    young = make.comment(life.comment.entry)
    young.network = "203.0.114.9/32"
    make.session.commit()
    time.forward(days=30)
    erase()
    for each in (life.comment, young):
        make.session.refresh(each)
    assert (life.comment.network, young.network) == ("", "203.0.114.9/32")


def test_it_is_done_about_once_a_day_however_often_it_is_asked(
        life: Life, make: Maker, erase: Erase, time: FakeClock) -> None:
    life.reject()
    erase()
    time.forward(days=120)
    erase()
    assert "May I?" not in dump(life)
    other = make.comment(life.comment.entry, "Another one.")
    other.ended_at, other.state = time.now().replace(year=2020), life.comment.state
    make.session.commit()
    erase()
    assert "Another one." in dump(life)
    time.forward(hours=20)
    erase()
    assert "Another one." not in dump(life)


def test_nothing_of_it_is_left_anywhere_and_neither_in_mail_nor_in_notices(
        life: Life, make: Maker, erase: Erase, app: Flask, time: FakeClock) -> None:
    rita, ola = (Reader(email=f"{name}@reader.example", confirmed_at=time.now())
                 for name in ("rita", "ola"))
    make.session.add_all([rita, ola])
    make.session.flush()
    above = make.comment(life.comment.entry, "Who waits?", name="Ola", approved=True)
    above.reader_id, life.comment.reader_id, life.comment.parent_id = ola.id, rita.id, above.id
    for step in ("approve", "report", "hide", "appeal", "refuse_appeal"):
        time.forward(minutes=2)
        getattr(life, step)()
        make.session.commit()
        for job in ("send-notices", "send-mail"):
            app.extensions["jobs"].run(job)
    assert "May I?" in dump(life)
    assert "> May I?" in dump(life), "the reply was quoted to whom it answers"
    time.forward(days=121)
    erase()
    for job in (readers.JOB, SWEEP):
        app.extensions["jobs"].run(job)
    make.session.delete(make.session.get_one(Reader, rita.id))
    make.session.commit()
    left = dump(life)
    assert not [each for each in PRIVATE if each in left and each != "Baker"], "Ola is one, too"


def test_what_was_said_in_a_case_is_erased_although_its_comment_stays(
        signed_in: SignIn, visitor: Visitor, life: Life, erase: Erase, time: FakeClock) -> None:
    life.reject()
    life.appeal()
    life.grant_appeal()
    reporting.report(life.session, life.comment, "r", reporting.Reason.RUDE, "He means me.",
                     now=time.now())
    life.keep()
    time.forward(days=119)
    erase()
    assert "He means me." in dump(life)
    assert "It is about waiting" in dump(life)
    time.forward(days=1)
    erase()
    left = dump(life)
    assert "He means me." not in left
    assert "It is about waiting" not in left
    assert life.comment.body == "May I?"
    editor = signed_in(Role.EDITOR)
    for kind in ("report", "appeal"):
        editor.get(f"/desk/items/{life.item(kind).id}")
    assert "your-appeal" not in visitor.get(life.comment.follow_path).ids
    life.undo_report()
    assert "May I?" in editor.get("/desk/").words
    life.keep()
    with pytest.raises(NotPossible):
        life.undo_appeal()


def test_an_address_goes_with_its_last_comment_and_what_was_noted_finds_its_owner_again(
        signed_in: SignIn, life: Life, make: Maker, erase: Erase, time: FakeClock) -> None:
    notes.write(make.session, life.item(), "Kind to others.", make.account(), now=time.now())
    make.session.add(Sanction(target="email:rita@reader.example", effect=Sanctioned.HOLD,
                              made_by="Ed", made_at=time.now()))
    later = make.comment(life.comment.entry, "Still here.", approved=True)
    life.reject()
    time.forward(days=121)
    erase()
    editor = signed_in(Role.EDITOR)
    assert "Kind to others." in editor.get(f"/desk/items/{life.item().id}").words
    assert "rita@reader.example" in dump(life), "a comment of theirs is still to be read"
    following.withdraw(make.session, later, now=time.now())
    time.forward(days=121)
    erase()
    assert "rita@reader.example" not in dump(life)
    editor = signed_in(Role.EDITOR)
    for item in make.session.scalars(sa.select(ReviewItem.id)).all():
        assert "Kind to others." in editor.get(f"/desk/items/{item}").words
    again = make.comment(life.comment.entry, "Back again.")
    item = make.item(actions.KIND, again.id)
    assert item.rule == "always-hold"
    assert "Kind to others." in editor.get(f"/desk/items/{item.id}").words


def test_where_nobody_noted_anything_no_trace_leads_back(life: Life, erase: Erase,
                                                         time: FakeClock) -> None:
    life.reject()
    time.forward(days=121)
    erase()
    life.session.rollback()
    assert life.item().person_key == f"erased:{life.comment.id}"
