"""The desk in motion: claims that lapse, what is new, one card at a time."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.comments import actions as comments
from app.desk.models import ReviewItem
from tests.conftest import NOON, FakeClock
from tests.counting import statements
from tests.making import Maker
from tests.visiting import Page, Visitor

Hold = Callable[..., ReviewItem]


@pytest.fixture
def hold(make: Maker, session: Session) -> Hold:
    """Lets a comment wait."""
    post = make.post("Boats")

    def put(name: str = "Rita Reader") -> ReviewItem:
        item = make.item(comments.KIND, make.comment(post, name=name).id)
        session.commit()
        return item
    return put


@pytest.fixture
def other(signed_in: Callable[..., Visitor]) -> Visitor:
    return signed_in(Role.ADMIN)


def test_a_claim_is_seen_by_the_others(editor: Visitor, other: Visitor, hold: Hold) -> None:
    item = hold()
    editor.post(f"/desk/items/{item.id}/claim")
    assert "Editor Quill has this open" in other.get("/desk/").text
    answer = other.swap(f"/desk/items/{item.id}/claim")
    assert "You have this open" in answer.text


def test_a_claim_lapses_when_nobody_renews_it(
        editor: Visitor, other: Visitor, hold: Hold, time: FakeClock) -> None:
    editor.post(f"/desk/items/{hold().id}/claim")
    time.forward(minutes=9)
    assert "Editor Quill has this open" in other.get("/desk/").words
    time.forward(minutes=1)
    assert "has this open" not in other.get("/desk/").words


def test_looking_takes_a_card_from_nobody_and_saying_so_does(
        editor: Visitor, other: Visitor, hold: Hold, time: FakeClock) -> None:
    item = hold()
    editor.post(f"/desk/items/{item.id}/claim", {"soft": "1"}, 204)
    other.post(f"/desk/items/{item.id}/claim", {"soft": "1"}, 204)
    assert "Editor Quill has this open" in other.get("/desk/").words
    other.post(f"/desk/items/{item.id}/claim")
    assert "Admin Quill has this open" in editor.get("/desk/").words
    time.forward(minutes=11)
    editor.post(f"/desk/items/{item.id}/claim", {"soft": "1"}, 204)
    assert "Editor Quill has this open" in other.get("/desk/").words


def test_only_who_has_a_card_can_let_it_go(editor: Visitor, other: Visitor, hold: Hold) -> None:
    item = hold()
    editor.post(f"/desk/items/{item.id}/claim")
    other.post(f"/desk/items/{item.id}/claim", {"release": "1"})
    assert "Editor Quill has this open" in other.get("/desk/").words
    assert "Let it go" in editor.swap(f"/desk/items/{item.id}/claim").text
    editor.post(f"/desk/items/{item.id}/claim", {"release": "1"})
    assert "has this open" not in other.get("/desk/").words


def test_a_claim_stops_nobody_and_looking_too_late_is_no_error(
        editor: Visitor, other: Visitor, hold: Hold) -> None:
    item = hold()
    editor.post(f"/desk/items/{item.id}/claim")
    other.post(f"/desk/items/{item.id}/approval")
    editor.post(f"/desk/items/{item.id}/claim", {"soft": "1"}, 204)
    editor.post(f"/desk/items/{item.id}/claim", status=409)


def ask(visitor: Visitor, since: datetime, status: int = 200, **args: Any) -> Page:
    """What the page asks every few seconds."""
    query = urlencode({"since": since.isoformat(), **args})
    answer = visitor.client.get(f"/_/desk/news?{query}")
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "private, no-store"
    return Page(answer.text)


def mark(news: Page) -> str:
    return news.all("p")[0]["data-mark"]


def test_nothing_new_is_said_with_nothing_in_two_small_queries(
        editor: Visitor, hold: Hold, time: FakeClock) -> None:
    shown = ".".join(str(hold().id) for _ in range(3))
    time.forward(seconds=1)
    with statements(editor.app) as seen:
        ask(editor, time.now(), 204, shown=shown)
    who, *asked = [each for each in seen if each.startswith("SELECT")]
    assert "sign_ins" in who
    assert len(asked) == 2, asked


def test_what_came_in_is_counted_once_and_matches_the_filter(
        editor: Visitor, make: Maker, session: Session, hold: Hold, time: FakeClock) -> None:
    hold()
    then = time.now()
    time.forward(seconds=5)
    hold("Nora New")
    make.submission()
    session.commit()
    news = ask(editor, then)
    assert "2 new. Show them" in news.words
    assert "Comments 2" in news.words, "the numbers beside the kinds come along"
    ask(editor, then, 204, seen=mark(news))
    assert "1 new. Show it" in ask(editor, then, kind="comment").words
    ask(editor, then, 204, q="nothing like it")


def test_what_came_in_is_shown_alone(editor: Visitor, hold: Hold, time: FakeClock) -> None:
    hold("Otto Old")
    then = time.now()
    time.forward(seconds=5)
    new = hold("Nora New")
    page = Page(editor.client.get(f"/_/desk/arrivals?since={then.isoformat()}"
                                  .replace("+", "%2B")).text)
    assert f"item-{new.id}" in page.ids
    assert "Otto Old" not in page.words
    since = next(each["data-since"] for each in page.all("p") if "data-since" in each)
    assert since == time.now().isoformat()


def test_the_claims_and_decisions_of_others_are_news_and_ones_own_are_not(
        editor: Visitor, other: Visitor, hold: Hold, time: FakeClock) -> None:
    first, second = hold(), hold()
    shown, now = f"{first.id}.{second.id}", time.now()
    editor.post(f"/desk/items/{first.id}/claim")
    ask(editor, now, 204, shown=shown)
    claimed = ask(other, now, shown=shown)
    assert "Editor Quill has this open" in claimed.words
    editor.post(f"/desk/items/{first.id}/approval")
    gone = ask(other, now, shown=shown, seen=mark(claimed))
    assert gone.all("p")[0]["data-gone"] == str(first.id)
    ask(other, now, 204, shown=shown, seen=mark(gone))


@pytest.mark.parametrize("query", ["", "since=tomorrow", "since=%00", "since=2026-01-01&kind=no"])
def test_a_question_that_makes_no_sense_is_no_crash(editor: Visitor, query: str) -> None:
    assert editor.client.get(f"/_/desk/news?{query}").status_code == 404


def test_whoever_is_signed_out_gets_a_bare_refusal_instead_of_the_sign_in_page(
        visitor: Visitor) -> None:
    assert visitor.client.get("/_/desk/news?since=2026-01-01").status_code == 403


def test_zen_shows_one_card_and_says_how_many_are_left(editor: Visitor, hold: Hold) -> None:
    first, second = hold(), hold()
    page = editor.get("/desk/zen")
    assert "2 left" in page.words
    assert (f"item-{second.id}" in page.ids, f"item-{first.id}" in page.ids) == (True, False)
    [skip] = [each["href"] for each in page.all("a") if each.get("rel") == "next"]
    assert f"item-{first.id}" in editor.get(skip).ids
    editor.get("/desk/zen?kind=nonsense", 404)


def test_a_decision_in_zen_leads_to_the_next_card_with_its_filter_and_a_way_back(
        editor: Visitor, hold: Hold) -> None:
    items = [hold() for _ in range(3)]
    here = {"Referer": "http://localhost/desk/zen?kind=comment"}
    answer = editor.post(f"/desk/items/{items[2].id}/approval", headers=here)
    assert answer.headers["Location"] == "/desk/zen?kind=comment"
    page = editor.follow(answer)
    assert f"item-{items[1].id}" in page.ids
    assert "Approved: Rita Reader." in page.words
    [undo] = [form["action"] for form in page.all("form") if form["action"].endswith("/undo")]
    back = editor.follow(editor.post(undo, headers=here))
    assert f"item-{items[2].id}" in back.ids
    assert "waits again" in back.words


def test_who_is_too_late_in_zen_is_told_and_goes_on(
        editor: Visitor, other: Visitor, hold: Hold) -> None:
    first, second = hold(), hold()
    other.post(f"/desk/items/{second.id}/spam")
    answer = editor.post(f"/desk/items/{second.id}/approval", status=409,
                         headers={"Referer": "http://localhost/desk/zen"})
    assert "Admin Quill has decided it already: spam." in answer.text
    assert f'id="item-{first.id}"' in answer.text


def test_zen_asks_for_news_too_and_counts_what_has_come_in(
        editor: Visitor, hold: Hold, time: FakeClock) -> None:
    asked = f"/_/desk/news?zen=1&kind=comment&since={NOON.isoformat().replace('+', '%2B')}&seen="
    assert editor.client.get(asked).status_code == 204
    time.forward(seconds=5)
    hold()
    page = editor.get(asked)
    assert "1 left" in page.words
    [link] = page.all("a")
    assert link["href"] == "/desk/zen?kind=comment"
    assert "#desk-filters" not in page.text, "which zen does not have"


@pytest.mark.parametrize(("path", "keys"), [
    ("/desk/", "JKARSBMXCZ/?"), ("/desk/zen", "JKARSBMZ?"), ("/desk/items/{}", "ARSBMCZ?")])
def test_only_keys_that_do_something_are_offered(
        editor: Visitor, hold: Hold, path: str, keys: str) -> None:
    page = editor.get(path.format(hold().id))
    offered = page.text[page.text.index('id="keys-help"'):]
    assert "".join(re.findall(r"<kbd>(.)</kbd>", offered)) == keys


def test_the_last_decision_of_ones_own_is_at_hand_on_every_page_of_the_queue(
        editor: Visitor, other: Visitor, hold: Hold, time: FakeClock) -> None:
    first, second, third = hold(), hold(), hold()
    for who, item in ((editor, first), (editor, second), (other, third)):
        time.forward(seconds=1)
        who.post(f"/desk/items/{item.id}/rejection")
    assert "Undo" in editor.get("/desk/").words, "once beside the sentence, and from then on below"
    for path in ("/desk/", "/desk/zen", "/desk/?q=nothing"):
        assert "Your last decision: Rejected , Rita Reader" in editor.get(path).words
    editor.post(undo_of(editor))
    assert f"item-{second.id}" in editor.get("/desk/").ids
    editor.post(undo_of(editor))
    page = editor.get("/desk/")
    assert f"item-{first.id}" in page.ids
    assert f"item-{third.id}" not in page.ids
    assert "Your last decision" not in page.words


def test_the_last_lot_comes_back_as_a_lot(editor: Visitor, hold: Hold) -> None:
    items = [hold(), hold()]
    editor.follow(editor.post("/desk/decisions", {"verb": "spam",
                                                  "ids": [each.id for each in items]}))
    assert "2 taken back." in editor.follow(editor.post(undo_of(editor))).words


def test_what_was_decided_long_ago_is_not_a_slip_of_the_key(
        editor: Visitor, hold: Hold, time: FakeClock) -> None:
    editor.post(f"/desk/items/{hold().id}/rejection")
    time.forward(minutes=61)
    assert "Your last decision" not in editor.get("/desk/").words


def undo_of(editor: Visitor) -> str:
    """Where the page of the queue takes back the last decision."""
    [found] = [each["action"] for each in editor.get("/desk/").all("form")
               if each["action"].endswith("/undo")]
    return found


def test_zen_ends_with_a_word_and_no_error(editor: Visitor, hold: Hold) -> None:
    assert "All done." in editor.get("/desk/zen").words
    hold()
    assert "Nothing that matches your filter waits." in editor.get("/desk/zen?q=nothing").words


def test_a_lot_is_taken_back_from_the_log_with_one_button(
        editor: Visitor, hold: Hold) -> None:
    items = [hold(), hold()]
    editor.follow(editor.post("/desk/decisions", {"verb": "spam",
                                                  "ids": [each.id for each in items]}))
    log = editor.get("/desk/log")
    [lot] = [form["action"] for form in log.all("form") if "/batches/" in form["action"]]
    editor.post(lot)
    assert "2 left" in editor.get("/desk/zen").words
