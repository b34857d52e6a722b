"""Readers report a comment; all reports about one are one item at the desk."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from app.comments.cases import reporting
from app.comments.cases.models import Complaint, Report
from app.comments.gathering import Sender
from app.readers.models import Reader
from tests.comments.conftest import Life
from tests.counting import queries
from tests.making import Maker
from tests.visiting import Visitor

RUDE = {"reason": "rude", "note": "He calls me names."}


@pytest.fixture
def path(life: Life) -> str:
    life.approve()
    return f"{life.comment.path}/report"


def count(life: Life, table: type) -> int | None:
    life.session.rollback()
    return life.session.scalar(sa.select(sa.func.count()).select_from(table))


def send(visitor: Visitor, path: str, agent: str, data: dict[str, str] = RUDE) -> str:
    return visitor.follow(visitor.post(path, data, headers={"User-Agent": agent})).words


def test_a_reader_reports_without_an_account_and_is_thanked(
        visitor: Visitor, editor: Visitor, life: Life, path: str) -> None:
    page = visitor.get(path)
    assert "May I?" in page.words
    assert "is not told who reported it" in page.words
    assert "Thank you" in send(visitor, path, "Firefox")
    card = editor.get("/desk/").words
    for words in ("A reader reported it: it is rude or hateful.", "He calls me names.", "May I?",
                  "in its thread"):
        assert words in card
    assert "May I?" in visitor.get(life.comment.entry.path).words, "it stays until it is decided"


def test_all_reports_about_a_comment_are_one_item_that_counts_them(
        visitor: Visitor, editor: Visitor, life: Life, path: str) -> None:
    for agent, reason in (("Firefox", "rude"), ("Safari", "spam"), ("Chrome", "rude")):
        send(visitor, path, agent, {"reason": reason})
    page = editor.get("/desk/")
    assert len([each for each in page.ids if each.startswith("item-")
                and each.removeprefix("item-").isdigit()]) == 1
    assert "3 readers reported it: it is rude or hateful (2); it is advertising." in page.words


def test_a_second_report_of_the_same_reader_is_thanked_for_and_changes_nothing(
        visitor: Visitor, life: Life, path: str) -> None:
    for reason in ("rude", "spam"):
        assert "Thank you" in send(visitor, path, "Firefox", {"reason": reason})
    assert count(life, Report) == 1
    life.keep()
    assert "Thank you" in send(visitor, path, "Firefox")
    assert count(life, Complaint) == 1, "what was answered is not asked again by the same reader"


def test_of_many_at_once_each_is_counted_in_one_complaint(
        visitor: Visitor, life: Life, path: str, at_once: Callable[..., list[Any]]) -> None:
    life.session.commit()
    browsers = [Visitor(visitor.app) for _ in range(4)]

    def press(number: int) -> int:
        return browsers[number].client.post(
            path, data=RUDE, headers={"User-Agent": f"Browser {number}"}).status_code

    assert at_once(press, 4) == [303] * 4
    assert (count(life, Complaint), count(life, Report)) == (1, 4)


@pytest.mark.parametrize(("data", "sentence"), [
    ({}, "Please choose what is wrong with it"), ({"reason": "boring"}, "Please choose"),
    ({"reason": "rude", "note": "x" * 501}, "at most 500 characters")])
def test_a_report_that_cannot_be_sent_is_told(visitor: Visitor, life: Life, path: str,
                                              data: dict[str, str], sentence: str) -> None:
    answer = visitor.post(path, data, status=422)
    assert sentence in answer.text
    assert "?:" not in answer.text
    assert data.get("note", "") in answer.text
    assert count(life, Report) == 0


@pytest.mark.parametrize("step", ["undo", "withdraw"])
def test_what_nobody_sees_cannot_be_reported(visitor: Visitor, life: Life, path: str,
                                             step: str) -> None:
    getattr(life, step)()
    visitor.get(path, status=404)
    visitor.post(path, RUDE, status=404)


def test_the_page_says_the_same_to_everybody(visitor: Visitor, path: str) -> None:
    for address in (path, f"{path}?sent"):
        one, other = (visitor.app.test_client().get(address) for _ in range(2))
        assert one.data == other.data
        assert "Set-Cookie" not in one.headers
        assert '<meta name="robots" content="noindex">' in one.text


@pytest.mark.parametrize(("noun", "seen", "told"), [
    ("approval", True, "An editor has read it, and everybody can see it now."),
    ("rejection", False, "Readers had reported it, and an editor decided to take it down."),
    ("spam", False, "We decided against it.")])
def test_what_an_editor_decides_and_takes_back(
        visitor: Visitor, editor: Visitor, life: Life, path: str, noun: str, seen: bool,
        told: str) -> None:
    send(visitor, path, "Firefox")
    editor.post(f"/desk/items/{life.item('report').id}/{noun}", {"reason": "Personal attack"})
    assert ("May I?" in visitor.get(life.comment.entry.path).words) is seen
    words = visitor.get(life.comment.follow_path).words
    assert told in words
    assert ("Personal attack" in words) is (noun == "rejection")
    assert "names" not in words, "what a reader noted is for editors"
    undo = next(form["action"] for form in editor.get("/desk/log").all("form")
                if form["action"].endswith("/undo"))
    editor.post(undo)
    assert "May I?" in visitor.get(life.comment.entry.path).words
    assert "A reader reported it" in editor.get("/desk/").words


def test_a_network_that_reports_very_much_waits_a_while(visitor: Visitor, make: Maker, life: Life,
                                                        path: str) -> None:
    public = {"REMOTE_ADDR": "203.0.114.9"}
    for number in range(reporting.PER_NETWORK):
        visitor.post(path, RUDE, environ_overrides=public, headers={"User-Agent": f"B{number}"})
    answer = visitor.post(path, RUDE, status=429, environ_overrides=public)
    assert "Please wait" in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    visitor.post(path, RUDE, environ_overrides={"REMOTE_ADDR": "203.0.115.9"})
    life.time.forward(hours=1)
    visitor.post(path, RUDE, environ_overrides=public)


def test_reports_that_change_nothing_are_tries_too(visitor: Visitor, path: str) -> None:
    public = {"REMOTE_ADDR": "203.0.114.9"}
    for _number in range(reporting.PER_NETWORK):
        visitor.post(path, RUDE, environ_overrides=public)
    visitor.post(path, RUDE, status=429, environ_overrides=public)


def test_an_address_that_says_nothing_is_not_slowed_down(visitor: Visitor, path: str) -> None:
    for number in range(reporting.PER_NETWORK + 2):
        visitor.post(path, RUDE, headers={"User-Agent": f"B{number}"})


def test_a_reporter_is_told_apart_but_not_named() -> None:
    one = reporting.reporter(Sender("203.0.114.9/32"), "Firefox", "secret")
    assert one == reporting.reporter(Sender("203.0.114.9/32"), "Firefox", "secret")
    assert "203" not in one
    others = {reporting.reporter(Sender("203.0.114.8/32"), "Firefox", "secret"),
              reporting.reporter(Sender("203.0.114.9/32"), "Safari", "secret"),
              reporting.reporter(Sender("203.0.114.9/32"), "Firefox", "another")}
    assert len(others | {one}) == 4
    assert reporting.reporter(Sender(reader=Reader(id=3)), "Firefox", "secret") == "reader:3"


def urgency(life: Life, *reporters: str) -> int:
    return reporting.urgency(life.session, [Report(reporter=each) for each in reporters])


def test_urgency_grows_with_the_reports_and_with_how_often_their_readers_were_right(
        life: Life, make: Maker) -> None:
    assert urgency(life, "new") == 60, "half right until shown otherwise"
    assert urgency(life, "new", "newer") == 120
    assert urgency(life, "reader:3") == 90, "somebody who proved who they are"
    life.approve()
    life.report()
    life.hide()
    assert urgency(life, "reader-1") == 80
    life.undo_report()
    assert urgency(life, "reader-1") == 60
    life.keep()
    assert urgency(life, "reader-1") == 40
    assert urgency(life, *(f"n{number}" for number in range(100))) == 24 * 60


def test_an_urgent_report_is_due_before_what_came_at_the_same_time(
        visitor: Visitor, life: Life, path: str) -> None:
    for agent in ("Firefox", "Safari"):
        send(visitor, path, agent)
    item = life.item("report")
    assert item.urgency == 120
    assert (item.waiting_since - item.due_at).total_seconds() == 120 * 60


def test_many_reports_and_appeals_cost_as_many_queries_as_one(
        make: Maker, editor: Visitor, life: Life) -> None:
    def fill(times: int) -> None:
        for _ in range(times):
            for steps in (("approve", "report"), ("reject", "appeal")):
                other = Life(make, life.time)
                for step in steps:
                    getattr(other, step)()
        make.session.commit()

    fill(1)
    few = queries(editor, "/desk/")
    fill(6)
    assert len(queries(editor, "/desk/")) == len(few)


def test_one_machine_is_one_reader_however_many_browsers_it_says_it_has(
        visitor: Visitor, editor: Visitor, life: Life, path: str) -> None:
    for number in range(8):
        visitor.post(path, RUDE, environ_overrides={"REMOTE_ADDR": "9.9.9.9"},
                     headers={"User-Agent": f"B{number}"})
    item = life.item("report")
    assert item.urgency == 60
    assert item.why == "A reader reported it: it is rude or hateful."
    assert count(life, Report) == reporting.FROM_ONE_NETWORK
    visitor.post(path, RUDE, environ_overrides={"REMOTE_ADDR": "9.9.8.9"})
    assert life.item("report").urgency == 120
    assert "2 readers reported it" in editor.get("/desk/").words


def test_a_new_browser_does_not_make_a_reporter_new(visitor: Visitor, make: Maker, life: Life,
                                                    path: str) -> None:
    for agent in ("B1", "B2", "B3"):
        visitor.post(path, RUDE, environ_overrides={"REMOTE_ADDR": "9.9.9.9"},
                     headers={"User-Agent": agent})
    life.keep()
    other = Life(make, life.time)
    other.approve()
    visitor.post(f"{other.comment.path}/report", RUDE, headers={"User-Agent": "B4"},
                 environ_overrides={"REMOTE_ADDR": "9.9.9.9"})
    assert other.item("report").urgency == 40, "wrong once, whatever it called itself"


def test_the_newest_few_notes_stand_on_the_card_with_the_number_of_all(
        visitor: Visitor, editor: Visitor, life: Life, path: str) -> None:
    for number in range(5):
        send(visitor, path, f"B{number}", {"reason": "rude", "note": f"Note {number}."})
    send(visitor, path, "B9", {"reason": "spam"})
    words = editor.get("/desk/").words
    assert [number for number in range(5) if f"Note {number}." in words] == [2, 3, 4]
    assert "These are the newest 3 of 5 notes." in words
    assert "6 readers reported it" in words


def test_a_report_that_changes_nothing_counts_as_a_try_all_the_same(
        visitor: Visitor, life: Life, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "PER_NETWORK", 2)
    public = {"REMOTE_ADDR": "9.9.9.9"}
    for _ in range(2):
        visitor.post(path, RUDE, environ_overrides=public)
    visitor.post(path, RUDE, environ_overrides=public, status=429)
