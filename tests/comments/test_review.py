"""A comment at the desk."""

import pytest

from app.comments import actions
from app.comments.models import Comment
from tests.making import Maker
from tests.visiting import Visitor


@pytest.fixture
def comment(make: Maker) -> Comment:
    return make.comment(make.post("On gates"), "Let me in.")


def decide(editor: Visitor, make: Maker, comment: Comment, noun: str) -> str:
    item = make.item(actions.KIND, comment.id)
    editor.post(f"/desk/items/{item.id}/{noun}")
    return f"/desk/items/{item.id}"


def test_an_approved_comment_is_seen_by_every_reader_at_once(
        visitor: Visitor, editor: Visitor, make: Maker, comment: Comment) -> None:
    decide(editor, make, comment, "approval")
    assert "Let me in." in visitor.get(comment.entry.path).words


@pytest.mark.parametrize("noun", ["rejection", "spam"])
def test_a_refused_comment_never_reaches_the_page(
        visitor: Visitor, editor: Visitor, make: Maker, comment: Comment, noun: str) -> None:
    decide(editor, make, comment, noun)
    assert "Let me in." not in visitor.get(comment.entry.path).words


def test_a_comment_is_not_sent_back(editor: Visitor, make: Maker, comment: Comment) -> None:
    item = make.item(actions.KIND, comment.id)
    answer = editor.post(f"/desk/items/{item.id}/return", status=422)
    assert "cannot be decided like this" in answer.text
    assert "Let me in." in editor.get("/desk/").words


@pytest.mark.parametrize("noun", ["approval", "rejection", "spam"])
def test_every_decision_can_be_taken_back(visitor: Visitor, editor: Visitor, make: Maker,
                                          comment: Comment, noun: str) -> None:
    decide(editor, make, comment, noun)
    forms = [form for form in editor.get("/desk/log").all("form") if "undo" in form["action"]]
    editor.post(forms[0]["action"])
    assert f"item-{make.item(actions.KIND, comment.id).id}" in editor.get("/desk/").ids
    assert "Let me in." not in visitor.get(comment.entry.path).words
    assert "Your comment is waiting" in visitor.get(comment.follow_path).words


def test_the_card_shows_what_is_answered(editor: Visitor, make: Maker) -> None:
    post = make.post()
    first = make.comment(post, "How long is a bench?", approved=True)
    make.comment(post, "Two metres.", parent=first)
    words = editor.get("/desk/").words
    assert "In answer to" in words
    assert "How long is a bench?" in words


def test_the_card_counts_what_was_decided_about_this_person(editor: Visitor, make: Maker) -> None:
    post = make.post()
    make.comment(post, approved=True)
    make.comment(post, approved=True)
    make.comment(post)
    assert "2 approved so far" in editor.get("/desk/").words
