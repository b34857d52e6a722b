"""A sender takes a comment back, at any time."""

import pytest

from app.desk.models import ItemState
from tests.comments.conftest import Life
from tests.making import Maker
from tests.visiting import Visitor


def test_a_waiting_comment_leaves_the_desk(visitor: Visitor, editor: Visitor, life: Life) -> None:
    answer = visitor.post(f"{life.comment.follow_path}/withdrawal")
    assert "You have withdrawn your comment" in visitor.follow(answer).words
    assert "May I?" not in editor.get("/desk/").words


def test_a_published_comment_leaves_its_page_and_a_line_above_its_replies(
        visitor: Visitor, make: Maker, life: Life) -> None:
    life.approve()
    make.comment(life.comment.entry, "Do come in.", name="Ola Other", parent=life.comment,
                 approved=True)
    visitor.post(f"{life.comment.follow_path}/withdrawal")
    words = visitor.get(life.comment.entry.path).words
    assert "May I?" not in words
    assert life.comment.author_name not in words
    assert "withdrawn by its writer" in words.lower()
    assert "Do come in." in words
    visitor.get(life.comment.path, status=404)


def test_whoever_replied_to_what_is_withdrawn_is_seen_all_the_same(
        visitor: Visitor, make: Maker, life: Life) -> None:
    life.approve()
    reply = make.comment(life.comment.entry, "Do come in.", parent=life.comment, approved=True)
    below = make.comment(life.comment.entry, "Thanks.", parent=reply, approved=True)
    life.withdraw()
    for each in (reply, below):
        page = visitor.get(each.follow_path)
        assert "hidden" not in page.words
        assert "See it on its page" in page.words


@pytest.mark.parametrize("step", ["approve", "reject", "spam"])
def test_the_log_says_so_and_offers_no_undo(visitor: Visitor, editor: Visitor, life: Life,
                                            step: str) -> None:
    getattr(life, step)()
    visitor.post(f"{life.comment.follow_path}/withdrawal")
    page = editor.get("/desk/log")
    assert "withdrawn by its sender" in page.words
    assert not [form for form in page.all("form") if form["action"].endswith("/undo")]


def test_a_second_withdrawal_is_told_and_does_nothing(visitor: Visitor, life: Life) -> None:
    path = f"{life.comment.follow_path}/withdrawal"
    visitor.post(path)
    life.session.refresh(life.comment)
    when = life.comment.ended_at
    life.time.forward(minutes=5)
    assert "withdrawn this comment already" in visitor.post(path, status=409).text
    life.session.refresh(life.comment)
    assert life.comment.ended_at == when
    assert "/withdrawal" not in visitor.get(life.comment.follow_path).text


def test_what_waits_about_it_leaves_the_desk_too(visitor: Visitor, editor: Visitor,
                                                 life: Life) -> None:
    life.reject()
    life.appeal()
    visitor.post(f"{life.comment.follow_path}/withdrawal")
    assert "Nothing waits" in editor.get("/desk/").words
    assert life.item("appeal").state is ItemState.WITHDRAWN


def test_what_was_withdrawn_can_be_sent_again(visitor: Visitor, life: Life) -> None:
    visitor.post(f"{life.comment.follow_path}/withdrawal")
    visitor.post(f"{life.comment.entry.path}/comments", {
        "author_name": life.comment.author_name, "author_email": life.comment.author_email,
        "body": life.comment.body})
