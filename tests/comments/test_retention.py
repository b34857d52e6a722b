"""What is kept no longer is erased: words that were not published, and where comments came from."""

from collections.abc import Callable

import sqlalchemy as sa

from app.accounts.models import Role
from app.comments.models import Appeal, Comment, Report
from app.desk.models import ReviewItem
from tests.comments.conftest import Life
from tests.conftest import FakeClock
from tests.making import Maker
from tests.visiting import Visitor

Erase = Callable[[], None]
SignIn = Callable[[Role], Visitor]
PRIVATE = ["May I?", "rita@reader.example", "Baker", "Please look again"]


def dump(life: Life) -> str:
    """Everything that comments, items, appeals and reports hold, as one text."""
    life.session.rollback()
    rows = [tuple(row) for table in (Comment, ReviewItem, Appeal, Report)
            for row in life.session.execute(sa.select(table.__table__))]
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
