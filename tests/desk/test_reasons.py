"""Reasons with one key each, and the message that the writer reads with them."""

from collections.abc import Callable
from typing import Any

import pytest
from markupsafe import escape
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.comments.models import Comment
from app.desk import reasons
from app.desk.models import Decision, ReviewItem
from app.desk.reasons import Template
from tests.making import Maker
from tests.visiting import Page, Visitor


def typed(page: Page) -> dict[str, Any]:
    """What a browser would send: the labels and messages as they stand in the form."""
    labels = [each.get("value", "") for each in page.all("input") if each.get("name") == "label"]
    [version] = [each["value"] for each in page.all("input") if each.get("name") == "version"]
    shown = [part.split("</textarea>")[0].partition(">")[2]
             for part in page.text.split('name="message"')[1:]]
    return {"version": version, "label": labels, "message": shown}


def labels(editor: Visitor) -> list[str]:
    return [label for label in typed(editor.get("/desk/reasons"))["label"] if label]


def message(session: Session) -> str:
    session.expire_all()
    return session.query(Decision).order_by(Decision.id.desc()).first().message


def test_the_usual_reasons_hold_until_there_are_own_ones(editor: Visitor, session: Session) -> None:
    assert labels(editor) == list(reasons.REASONS)
    assert all(each.message for each in reasons.USUAL)
    assert [each.key for each in reasons.every(session)] == list(range(1, 10))


@pytest.mark.parametrize(("noun", "data", "reads"), [
    ("rejection", {"reason": "1"}, reasons.USUAL[0].message),
    ("rejection", {"reason": "Off topic"}, reasons.USUAL[0].message),
    ("rejection", {"reason": "1", "message": "Typed."}, "Typed."),
    ("rejection", {"reason": "In our own words"}, ""),
    ("rejection", {}, ""), ("rejection", {"message": "Typed."}, "Typed."),
    ("spam", {"reason": "1"}, ""), ("approval", {"reason": "1"}, "")])
def test_the_writer_reads_what_was_typed_or_else_what_belongs_to_the_reason(
        editor: Visitor, session: Session, item: ReviewItem, noun: str, data: dict[str, str],
        reads: str) -> None:
    editor.post(f"/desk/items/{item.id}/{noun}", data)
    assert message(session) == reads


def test_a_card_offers_each_reason_with_its_message(editor: Visitor, item: ReviewItem) -> None:
    page = editor.get("/desk/")
    brought = [each["data-reason"] for each in page.all("li") if each.get("data-reason")]
    offered = [each["value"] for each in page.all("option")]
    assert brought == list(reasons.REASONS) == list(filter(None, offered))[:len(brought)]
    assert str(escape(reasons.USUAL[0].message)) in page.text
    assert "left empty, they read what belongs to the reason" in page.words


def test_the_message_of_one_reason_is_not_sent_with_another(
        editor: Visitor, session: Session, item: ReviewItem) -> None:
    brought = reasons.USUAL[0].message
    editor.post(f"/desk/items/{item.id}/rejection", {"reason": "2", "message": brought})
    assert message(session) == reasons.USUAL[1].message


def test_what_an_editor_typed_is_sent_with_any_reason(
        editor: Visitor, session: Session, item: ReviewItem) -> None:
    typed = f"{reasons.USUAL[0].message}\n\nAnd thank you for the boats."
    editor.post(f"/desk/items/{item.id}/rejection", {"reason": "2", "message": typed})
    assert message(session) == typed


def test_own_reasons_replace_the_usual_ones_everywhere(
        editor: Visitor, session: Session, item: ReviewItem) -> None:
    data = typed(editor.get("/desk/reasons"))
    data |= {"label": ["Rude  ", "", "Too long"], "message": ["Be kind.\r\n", "", "Shorter."]}
    assert "The reasons are kept." in editor.follow(editor.post("/desk/reasons", data)).text
    assert reasons.every(session) == (Template("Rude", "Be kind.", 1),
                                      Template("Too long", "Shorter.", 2))
    editor.post(f"/desk/items/{item.id}/rejection", {"reason": "2"})
    assert message(session) == "Shorter."


@pytest.mark.parametrize(("button", "order"), [
    ({"up": "1"}, "bac"), ({"down": "1"}, "acb"), ({"remove": "0"}, "bc"), ({"up": "0"}, "abc"),
    ({"down": "2"}, "abc"), ({"up": "x"}, "abc"), ({"remove": "99"}, "abc"), ({}, "abc")])
def test_a_button_moves_or_removes_a_reason_and_keeps_what_was_typed(
        editor: Visitor, session: Session, button: dict[str, str], order: str) -> None:
    reasons.save(session, [Template(each) for each in "abc"])
    data = typed(editor.get("/desk/reasons")) | {"message": ["1", "2", "3", ""]} | button
    editor.post("/desk/reasons", data)
    assert "".join(labels(editor)) == order
    assert {each.message for each in reasons.every(session)} <= {"1", "2", "3"}


def test_with_the_last_one_gone_the_usual_ones_are_back(
        editor: Visitor, session: Session) -> None:
    reasons.save(session, [Template("a")])
    editor.post("/desk/reasons", typed(editor.get("/desk/reasons")) | {"remove": "0"})
    assert labels(editor) == list(reasons.REASONS)


def test_only_the_first_nine_have_a_key(session: Session) -> None:
    reasons.save(session, [Template(f"Reason {each}") for each in range(1, 13)])
    assert [each.key for each in reasons.every(session)] == [*range(1, 10), None, None, None]
    assert reasons.settle(reasons.every(session), "9") == "Reason 9"
    assert reasons.settle(reasons.every(session), "10") == "10"


@pytest.mark.parametrize(("rows", "sentence"), [
    ([("", "Alone.")], "without its reason"), ([("x" * 81, "")], "at most 80"),
    ([("x", "m" * 2001)], "at most 2,000"), ([("Rude", ""), ("RUDE", "")], "stands there twice"),
    ([("7", "")], "a number is no reason"), ([(f"R{n}", "") for n in range(31)], "30 reasons")])
def test_what_cannot_be_kept_is_told_and_nothing_typed_is_lost(
        editor: Visitor, rows: list[tuple[str, str]], sentence: str) -> None:
    data = typed(editor.get("/desk/reasons"))
    data |= {"label": [row[0] for row in rows], "message": [row[1] for row in rows]}
    answer = editor.post("/desk/reasons", data, 422)
    assert sentence in answer.text
    assert all(f'value="{label}"' in answer.text for label, _message in rows if label)
    assert labels(editor) == list(reasons.REASONS)


def test_nobody_overwrites_reasons_that_they_did_not_see(
        editor: Visitor, signed_in: Callable[..., Visitor]) -> None:
    seen = typed(editor.get("/desk/reasons"))
    admin = signed_in(Role.ADMIN)
    admin.post("/desk/reasons", typed(admin.get("/desk/reasons")) | {"remove": "0"})
    mine = seen | {"label": ["Mine"], "message": ["My words."]}
    answer = editor.post("/desk/reasons", mine, 409)
    assert "Somebody else has changed the reasons" in answer.text
    assert "My words." in answer.text
    editor.post("/desk/reasons", typed(Page(answer.text)))
    assert labels(editor) == ["Mine"]


def test_the_sender_reads_the_message_on_the_follow_page(
        make: Maker, editor: Visitor, visitor: Visitor, comment: Comment,
        item: ReviewItem) -> None:
    editor.post(f"/desk/items/{item.id}/rejection", {"reason": "2"})
    assert "say again" not in visitor.get(comment.follow_path).text
    assert "who said it" in visitor.get(comment.follow_path).text
