"""What a decision and taking it back answer: on a page, to htmx, and to whoever comes too late."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Role
from app.comments.models import Comment
from app.database import db
from app.desk import queries as desk_queries
from app.desk.models import Decision, ItemState, ReviewItem
from app.desk.reasons import REASONS
from tests.desk.test_desk_pages import counts, shown
from tests.visiting import Page, Visitor

Stored = Callable[[Any], Any]


def last_decision(app: Flask) -> Decision:
    with app.app_context(), db.sessionmaker() as fresh:
        return fresh.scalars(desk_queries.log()).unique().all()[0]


def test_a_decision_without_javascript_leads_back_to_the_queue_and_says_what_it_did(
        editor: Visitor, item: ReviewItem) -> None:
    answer = editor.post(f"/desk/items/{item.id}/approval")
    assert answer.headers["Location"] == "/desk/"
    page = editor.follow(answer)
    assert "Approved: Rita Reader, Boats." in page.text
    assert shown(page) == []


def test_a_decision_leads_back_to_the_queue_as_it_was_filtered(
        editor: Visitor, item: ReviewItem) -> None:
    answer = editor.post(f"/desk/items/{item.id}/approval",
                         headers={"Referer": "http://localhost/desk/?kind=comment&page=1"})
    assert answer.headers["Location"] == "/desk/?kind=comment&page=1"


@pytest.mark.parametrize("referer", [
    "http://evil.example/?next=/desk/", "//evil.example/desk/", "http://localhost/desk/log?page=1",
    "http://[broken", "javascript:alert(1)", "/desk/"])
def test_it_never_leads_elsewhere(editor: Visitor, item: ReviewItem, referer: str) -> None:
    answer = editor.post(f"/desk/items/{item.id}/approval", headers={"Referer": referer})
    assert answer.headers["Location"] == "/desk/"


def test_htmx_gets_the_new_numbers_a_way_back_and_a_sentence(
        app: Flask, editor: Visitor, item: ReviewItem) -> None:
    answer = editor.swap(f"/desk/items/{item.id}/approval")
    assert "<html" not in answer.text
    undo = f"/desk/decisions/{last_decision(app).id}/undo"
    assert f'action="{undo}"' in answer.text
    assert f'hx-post="{undo}"' in answer.text
    assert "Approved: Rita Reader." in answer.text
    assert counts(answer.text)["All"] == 0


def test_whoever_comes_too_late_is_told_on_a_page(
        editor: Visitor, signed_in: Callable[..., Visitor], item: ReviewItem) -> None:
    editor.post(f"/desk/items/{item.id}/rejection")
    late = signed_in(Role.ADMIN).post(f"/desk/items/{item.id}/approval", status=409)
    assert "Somebody was faster" in late.text
    assert "Editor Quill has decided it already: rejected." in late.text


def test_htmx_is_told_in_a_fragment(editor: Visitor, item: ReviewItem) -> None:
    editor.swap(f"/desk/items/{item.id}/rejection")
    late = editor.swap(f"/desk/items/{item.id}/approval", status=409)
    assert "<html" not in late.text
    assert "Editor Quill has decided it already: rejected." in late.text
    assert 'hx-target="#status"' in late.text


def test_pressing_twice_decides_once(app: Flask, editor: Visitor, item: ReviewItem) -> None:
    editor.post(f"/desk/items/{item.id}/approval")
    editor.post(f"/desk/items/{item.id}/approval", status=409)
    with app.app_context(), db.sessionmaker() as fresh:
        assert len(fresh.scalars(desk_queries.log()).unique().all()) == 1


def test_what_its_sender_took_back_is_said_to_be(
        editor: Visitor, visitor: Visitor, comment: Comment, item: ReviewItem) -> None:
    visitor.post(f"{comment.follow_path}/withdrawal")
    late = editor.post(f"/desk/items/{item.id}/approval", status=409)
    assert "Its sender has withdrawn it." in late.text
    editor.post(f"/desk/items/{item.id}/claim", status=409)


def test_of_two_browsers_at_once_one_decides_and_one_is_told(
        app: Flask, signed_in: Callable[..., Visitor], item: ReviewItem,
        at_once: Callable[..., list[Any]]) -> None:
    pair = [signed_in(Role.EDITOR), signed_in(Role.ADMIN)]

    def press(number: int) -> int:
        return pair[number].client.post(f"/desk/items/{item.id}/approval").status_code

    assert sorted(at_once(press, 2)) == [303, 409]


@pytest.mark.parametrize(("typed", "reason"), [
    *((str(number), REASONS[number - 1]) for number in range(1, 10)),
    ("0", "0"), ("10", "10"), ("²", "²"), ("In our own words", "In our own words"), ("", ""),
    ("  folded \n  up ", "folded up")])
def test_a_reason_is_given_by_its_number_or_in_words(
        app: Flask, editor: Visitor, item: ReviewItem, typed: str, reason: str) -> None:
    editor.post(f"/desk/items/{item.id}/rejection", {"reason": typed, "message": "Dear Rita\r\n"})
    decision = last_decision(app)
    assert (decision.reason, decision.message) == (reason, "Dear Rita")


@pytest.mark.parametrize(("data", "sentence"), [
    ({"reason": "x" * 201}, "200"),
    ({"message": "x" * 4001}, "4,000 characters"),
    ({"publish_at": "tomorrow"}, "Not a valid")])
def test_a_decision_that_cannot_be_is_told_and_the_item_still_waits(
        editor: Visitor, item: ReviewItem, stored: Stored, data: dict[str, str],
        sentence: str) -> None:
    assert sentence in editor.post(f"/desk/items/{item.id}/rejection", data, 422).text
    assert stored(item).state is ItemState.WAITING
    editor.swap(f"/desk/items/{item.id}/rejection", data, 422)
    editor.post(f"/desk/items/{item.id}/rejection")


def test_a_comment_cannot_be_sent_back(editor: Visitor, item: ReviewItem, stored: Stored) -> None:
    answer = editor.post(f"/desk/items/{item.id}/return", status=422)
    assert "A comment cannot be decided like this." in answer.text
    assert stored(item).state is ItemState.WAITING
    assert f"/desk/items/{item.id}/return" not in editor.get("/desk/").text


@pytest.mark.parametrize("noun", ["approve", "approvals", "claims", "", "undo"])
def test_nothing_else_can_be_done_to_an_item(
        editor: Visitor, item: ReviewItem, noun: str) -> None:
    editor.post(f"/desk/items/{item.id}/{noun}", status=404)


def test_a_decision_taken_back_waits_again_under_the_same_id(
        app: Flask, editor: Visitor, item: ReviewItem) -> None:
    editor.post(f"/desk/items/{item.id}/approval")
    answer = editor.post(f"/desk/decisions/{last_decision(app).id}/undo")
    page = editor.follow(answer)
    assert "waits again" in page.text
    assert shown(page) == [item.id]


def test_htmx_gets_the_card_back(app: Flask, editor: Visitor, item: ReviewItem) -> None:
    editor.swap(f"/desk/items/{item.id}/approval")
    answer = editor.swap(f"/desk/decisions/{last_decision(app).id}/undo")
    assert shown(Page(answer.text)) == [item.id]
    assert f'hx-post="/desk/items/{item.id}/approval"' in answer.text


def test_a_decision_is_taken_back_once(app: Flask, editor: Visitor, item: ReviewItem) -> None:
    editor.post(f"/desk/items/{item.id}/approval")
    decision = last_decision(app)
    editor.post(f"/desk/decisions/{decision.id}/undo")
    again = editor.post(f"/desk/decisions/{decision.id}/undo", status=409)
    assert "taken back before" in again.text
    editor.swap(f"/desk/decisions/{decision.id}/undo", status=409)
