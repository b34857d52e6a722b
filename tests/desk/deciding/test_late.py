"""What an editor is told whose decision comes when the words are others already."""

import re

import pytest

from app.comments.models import Comment
from app.desk.models import ItemState, ReviewItem
from tests.conftest import FakeClock
from tests.making import Maker
from tests.visiting import Visitor

MESSAGE = "Say it with a source."


@pytest.fixture
def opened(editor: Visitor, visitor: Visitor, comment: Comment, item: ReviewItem,
           time: FakeClock) -> dict[str, str]:
    """What the editor sends from a card whose comment was changed since."""
    seen = next(each["value"] for each in editor.get("/desk/").all("input")
                if each.get("name") == "seen")
    time.forward(seconds=1)
    visitor.post(f"{comment.follow_path}/text", {"body": "They do argue, at low tide."})
    return {"seen": seen, "reason": "Facts that need a source", "message": MESSAGE}


def test_a_card_that_was_changed_is_drawn_anew_and_keeps_what_the_editor_typed(
        editor: Visitor, item: ReviewItem, opened: dict[str, str], make: Maker) -> None:
    answer = editor.swap(f"/desk/items/{item.id}/rejection", opened, status=409)
    assert f'hx-target="#item-{item.id}" hx-swap="outerHTML"' in answer.text
    assert 'hx-swap="delete"' not in answer.text.split("</article>")[1]
    for words in ("They do argue, at low tide.", MESSAGE, 'aria-current="true"',
                  "The sender has changed it; here is how it reads now."):
        assert words in answer.text
    assert "Somebody was faster" not in answer.text
    assert re.search(r'<option value="Facts that need a source"[^>]* selected>', answer.text)
    make.session.refresh(item)
    assert item.state is ItemState.WAITING


def test_without_javascript_the_changed_words_stand_on_a_page_with_what_was_typed(
        editor: Visitor, item: ReviewItem, opened: dict[str, str]) -> None:
    answer = editor.post(f"/desk/items/{item.id}/rejection", opened, status=409)
    for words in ("The sender has changed it", "They do argue, at low tide.", MESSAGE):
        assert words in answer.text
    assert "Somebody was faster" not in answer.text


def test_in_zen_the_same_card_stays_with_its_new_words(
        editor: Visitor, item: ReviewItem, opened: dict[str, str]) -> None:
    answer = editor.post(f"/desk/items/{item.id}/rejection", opened, status=409,
                         headers={"Referer": "http://localhost/desk/zen"})
    for words in ("The sender has changed it", "They do argue, at low tide.", MESSAGE):
        assert words in answer.text


def test_a_card_that_was_decided_leaves_the_page(editor: Visitor, item: ReviewItem) -> None:
    editor.swap(f"/desk/items/{item.id}/approval")
    answer = editor.swap(f"/desk/items/{item.id}/approval", status=409)
    assert 'hx-target="closest li" hx-swap="delete"' in answer.text
    assert "Somebody was faster" in answer.text
