"""One decision on many items, and one way back from it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.comments import actions as comments
from app.comments.cases import following
from app.comments.models import CommentState
from app.database import db, writing
from app.desk.bulk import actions as bulk
from app.desk.deciding import actions
from app.desk.models import Decision, ItemState, ReviewItem, Verb
from app.entries.models import Entry
from app.mail import OutgoingMail
from app.rules.models import LearnedWord
from app.writing import actions as drafts
from tests.conftest import NOON, FakeClock
from tests.making import Maker
from tests.visiting import Page, Visitor

Stored = Callable[[Any], Any]


@pytest.fixture
def post(make: Maker) -> Entry:
    return make.post("Boats")


@pytest.fixture
def hold(make: Maker, session: Session, post: Entry) -> Callable[[int], list[int]]:
    """Lets some comments wait and says which."""
    def put(number: int) -> list[int]:
        items = [make.item(comments.KIND, make.comment(post, name=f"N{each} Reader").id).id
                 for each in range(number)]
        session.commit()
        return items
    return put


def waiting(app: Flask) -> set[int]:
    with app.app_context(), db.sessionmaker() as fresh:
        return set(fresh.scalars(sa.select(ReviewItem.id).where(
            ReviewItem.state == ItemState.WAITING)))


def fields(page: Page) -> dict[str, Any]:
    """What the form for many sends, as the page fills it in."""
    named = [each for each in page.all("input") if each.get("type") == "hidden"]
    sent: dict[str, Any] = {each["name"]: each["value"] for each in named}
    return sent | {"shown": [each["value"] for each in named if each["name"] == "shown"]}


def said(editor: Visitor, answer: Any) -> Page:
    return editor.follow(answer)


def test_what_is_ticked_is_decided_and_nothing_else(
        app: Flask, editor: Visitor, hold: Callable[[int], list[int]]) -> None:
    first, second, third = hold(3)
    answer = editor.post("/desk/decisions", {"verb": "approve", "ids": [first, third],
                                             **fields(editor.get("/desk/"))})
    assert "2 approved." in said(editor, answer).words
    assert waiting(app) == {second}


def test_what_a_decision_left_is_ticked_still(
        editor: Visitor, hold: Callable[[int], list[int]], make: Maker, session: Session) -> None:
    first, second = hold(2)
    piece = make.item(drafts.KIND, make.submission().id).id
    session.commit()
    answer = editor.post("/desk/decisions", {"verb": "return", "ids": [first, piece],
                                             **fields(editor.get("/desk/"))})
    page = said(editor, answer)
    assert "1 sent back. 1 left: A comment cannot be decided like this." in page.words
    ticked = {each["id"] for each in page.all("input") if "checked" in each}
    assert f"item-{first}-select" in ticked
    assert f"item-{second}-select" not in ticked
    assert not [each for each in editor.get("/desk/").all("input")
                if "checked" in each and each.get("name") == "ids"], "and only once"


def test_sending_back_is_offered_only_where_something_can_be_sent_back(
        editor: Visitor, hold: Callable[[int], list[int]], make: Maker, session: Session) -> None:
    [comment] = hold(1)
    assert "Send them back" not in editor.get("/desk/").words
    piece = make.item(drafts.KIND, make.submission().id).id
    session.commit()
    page = editor.get("/desk/")
    assert "Send them back" in page.words
    assert "Send them back" not in editor.get("/desk/?kind=comment").words
    returnable = {each["id"] for each in page.all("input") if "data-returnable" in each}
    assert f"item-{piece}-select" in returnable
    assert f"item-{comment}-select" not in returnable


def test_all_of_a_page_are_the_ones_that_stood_on_it(
        app: Flask, editor: Visitor, hold: Callable[[int], list[int]]) -> None:
    hold(3)
    sent = fields(editor.get("/desk/"))
    [later] = hold(1)
    answer = editor.post("/desk/decisions", {"verb": "spam", "scope": "page", **sent})
    assert "3 spam." in said(editor, answer).words
    assert waiting(app) == {later}


def test_all_that_match_are_decided_beyond_the_page_and_their_number_is_said_before(
        app: Flask, editor: Visitor, make: Maker, hold: Callable[[int], list[int]]) -> None:
    hold(55)
    other = make.item(drafts.KIND, make.submission().id).id
    page = editor.get("/desk/?kind=comment")
    assert "All 55 that match this filter" in page.words
    answer = editor.post("/desk/decisions", {"verb": "reject", "scope": "filter", "reason": "1",
                                             "message": "Sorry.", **fields(page)})
    assert answer.headers["Location"] == "/desk/?kind=comment"
    assert "55 rejected." in said(editor, answer).words
    assert waiting(app) == {other}
    with app.app_context(), db.sessionmaker() as fresh:
        told = set(fresh.execute(sa.select(Decision.message, Decision.reason != "")).all())
        assert told == {("Sorry.", True)}


def test_what_came_after_the_number_was_seen_is_left_alone(
        app: Flask, editor: Visitor, hold: Callable[[int], list[int]], time: FakeClock) -> None:
    hold(51)
    sent = fields(editor.get("/desk/"))
    time.forward(seconds=1)
    [later] = hold(1)
    answer = editor.post("/desk/decisions", {"verb": "approve", "scope": "filter", **sent})
    assert "51 approved." in said(editor, answer).words
    assert waiting(app) == {later}


def test_the_first_decision_on_each_item_stands_and_the_others_are_told(
        app: Flask, editor: Visitor, signed_in: Callable[..., Visitor],
        hold: Callable[[int], list[int]]) -> None:
    items = hold(4)
    sent = {"verb": "approve", "ids": items, **fields(editor.get("/desk/"))}
    for item in items[:2]:
        signed_in(Role.ADMIN).post(f"/desk/items/{item}/rejection")
    page = said(editor, editor.post("/desk/decisions", sent))
    assert "2 approved. 2 had been decided or changed already." in page.words
    with app.app_context(), db.sessionmaker() as fresh:
        made = fresh.execute(sa.select(Decision.item_id, Decision.verb)).all()
        assert sorted(made) == sorted([*((each, Verb.REJECT) for each in items[:2]),
                                       *((each, Verb.APPROVE) for each in items[2:])])


def test_who_cannot_take_the_decision_is_left_and_named(
        app: Flask, editor: Visitor, make: Maker, session: Session,
        hold: Callable[[int], list[int]]) -> None:
    items, sent = hold(2), make.submission()
    piece = make.item(drafts.KIND, sent.id).id
    session.commit()
    page = said(editor, editor.post("/desk/decisions", {
        "verb": "return", "ids": [*items, piece], **fields(editor.get("/desk/"))}))
    assert "1 sent back. 2 left: A comment cannot be decided like this." in page.words
    assert waiting(app) == set(items)


def test_one_whose_decision_fails_is_whole_and_the_others_go_on(
        app: Flask, editor: Visitor, make: Maker, session: Session, stored: Stored,
        hold: Callable[[int], list[int]]) -> None:
    empty = make.submission()
    empty.entry.html = ""
    item = make.item(drafts.KIND, empty.id).id
    before, after = hold(1), hold(1)
    editor.post("/desk/decisions", {"verb": "approve", "ids": [*before, item, *after],
                                    **fields(editor.get("/desk/"))})
    assert waiting(app) == {item}
    with app.app_context(), db.sessionmaker() as fresh:
        assert len(fresh.scalars(sa.select(OutgoingMail)).all()) == 0
        assert len(fresh.scalars(sa.select(Decision.id)).all()) == 2


def undo_address(page: Page) -> str:
    [found] = [form["action"] for form in page.all("form") if "/batches/" in form["action"]]
    return found


def test_one_undo_takes_the_lot_back_and_what_was_undone_before_stays(
        app: Flask, editor: Visitor, hold: Callable[[int], list[int]]) -> None:
    items = hold(5)
    page = said(editor, editor.post("/desk/decisions", {
        "verb": "spam", "ids": items, **fields(editor.get("/desk/"))}))
    with app.app_context(), db.sessionmaker() as fresh:
        single = fresh.scalars(sa.select(Decision.id).where(Decision.item_id == items[0])).one()
    editor.post(f"/desk/decisions/{single}/undo")
    back = said(editor, editor.post(undo_address(page)))
    assert "4 taken back." in back.words
    assert waiting(app) == set(items)
    again = said(editor, editor.post(undo_address(page)))
    assert "0 left to take back." in again.words


def test_a_step_that_breaks_leaves_the_steps_before_it_done_and_open_to_be_taken_back(
        app: Flask, make: Maker, hold: Callable[[int], list[int]],
        monkeypatch: pytest.MonkeyPatch, time: FakeClock) -> None:
    monkeypatch.setattr(bulk, "STEP", 2)
    items = hold(5)
    answer = bulk.Answer(Verb.APPROVE, make.account())
    with app.app_context(), db.sessionmaker() as session:
        def pull_the_plug(*_: Any) -> None:
            if len(session.scalars(sa.select(Decision.id)).all()) == 3:
                raise KeyboardInterrupt

        sa.event.listen(session, "after_flush_postexec", pull_the_plug)
        with pytest.raises(KeyboardInterrupt):
            bulk.decide(session, items, answer, now=time.now())
        session.rollback()
    assert waiting(app) == set(items[2:])
    with app.app_context(), db.sessionmaker() as session:
        [batch] = set(session.scalars(sa.select(Decision.batch)))
        bulk.undo(session, str(batch), make.account(), now=time.now())
    assert waiting(app) == set(items)


@pytest.mark.parametrize(("sent", "sentence"), [
    ({"verb": "approve"}, "Nothing is selected"),
    ({"verb": "approve", "ids": ["x", "-1", "²", "9" * 12]}, "Nothing is selected"),
    ({"ids": ["1"]}, "say what to do"),
    ({"verb": "burn", "ids": ["1"]}, "Not a valid choice"),
    ({"verb": "spam", "scope": "filter", "filter": "kind=nonsense"}, "no such kind"),
    ({"verb": "spam", "scope": "filter"}, "When this list was made"),
    ({"verb": "spam", "scope": "filter", "seen_at": "9999-99"}, "When this list was made"),
    ({"verb": "reject", "ids": ["1"], "message": "x" * 4001}, "4,000 characters")])
def test_a_form_that_cannot_be_read_decides_nothing(
        app: Flask, editor: Visitor, hold: Callable[[int], list[int]], sent: dict[str, Any],
        sentence: str) -> None:
    items = hold(1)
    assert sentence in editor.post("/desk/decisions", sent, 422).text
    assert waiting(app) == set(items)




def test_words_that_changed_since_the_page_was_drawn_are_not_decided_with_it(
        make: Maker, session: Session, editor: Visitor, time: FakeClock) -> None:
    post = make.post()
    changed, same = make.comment(post, "Kind words."), make.comment(post, "Others.", name="Ola")
    page = editor.get("/desk/")
    shown = [each["value"] for each in page.all("input") if each.get("name") == "shown"]
    time.forward(minutes=1)
    following.revise(session, changed, following.Words("", "Quite different."), now=time.now())
    answer = editor.post("/desk/decisions", {"scope": "page", "verb": "approve", "shown": shown,
                                             "seen_at": NOON.isoformat()})
    assert "1 approved. 1 had been decided or changed already." in editor.follow(answer).words
    session.refresh(changed), session.refresh(same)
    assert (changed.state, same.state) == (CommentState.WAITING, CommentState.APPROVED)


def in_own(app: Flask, act: Callable[[Session], Any]) -> Any:
    with app.app_context(), writing() as own:
        return act(own)


def test_a_lot_and_one_of_it_are_taken_back_at_once_and_nobody_waits_in_a_circle(
        app: Flask, make: Maker, hold: Callable[[int], list[int]], time: FakeClock,
        at_once: Callable[..., list[Any]]) -> None:
    items, by = hold(12), make.account()
    done = bulk.decide(make.session, items, bulk.Answer(Verb.APPROVE, by), now=time.now())
    decisions = list(make.session.scalars(sa.select(Decision.id).order_by(Decision.id.desc())))
    make.session.commit()

    def one_by_one(session: Session) -> int:
        taken = 0
        for number in decisions:
            with suppress(actions.AlreadyDecided):
                actions.undo(session, session.get_one(Decision, number), by, now=time.now())
                taken += 1
        return taken

    def act(number: int) -> int:
        if number == 2:
            return int(in_own(app, one_by_one))
        return int(in_own(app, lambda session: bulk.undo(
            session, done.batch, by, now=time.now()).done))

    assert sum(at_once(act, 3)) == 12
    assert waiting(app) == set(items)
    with app.app_context(), db.sessionmaker() as fresh:
        assert fresh.scalars(sa.select(LearnedWord)).all() == [], "each is forgotten once"


def test_two_lots_with_the_same_items_are_decided_and_taken_back_at_once(
        app: Flask, make: Maker, hold: Callable[[int], list[int]], time: FakeClock,
        at_once: Callable[..., list[Any]]) -> None:
    items, by = hold(12), make.account()
    done = bulk.decide(make.session, items, bulk.Answer(Verb.SPAM, by), now=time.now())
    make.session.commit()

    def act(number: int) -> Any:
        if number:
            return in_own(app, lambda session: bulk.undo(session, done.batch, by, now=time.now()))
        return in_own(app, lambda session: bulk.decide(
            session, items[::-1], bulk.Answer(Verb.APPROVE, by), now=time.now()))

    again, undone = at_once(act, 2)
    assert undone.done == 12
    assert again.done + again.late == 12
    assert len(waiting(app)) == again.late
