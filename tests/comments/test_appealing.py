"""The one appeal of whoever sent a comment that was not published."""

from collections.abc import Callable

import pytest

from app.accounts.models import Role
from app.comments.models import CommentState
from app.desk.models import Verb
from tests.comments.conftest import Life
from tests.conftest import FakeClock
from tests.making import Maker
from tests.visiting import Visitor

WORDS = {"text": "It is about waiting,\nand so is the post."}


@pytest.fixture
def path(life: Life) -> str:
    return f"{life.comment.follow_path}/appeal"


def test_it_goes_to_the_desk_with_the_comment_and_the_decision_before(
        visitor: Visitor, signed_in: Callable[..., Visitor], life: Life, path: str) -> None:
    life.decide("comment", Verb.REJECT, reason="Off topic", message="We had something else in mind")
    assert "Are we wrong?" in visitor.get(life.comment.follow_path).words
    page = visitor.follow(visitor.post(path, WORDS))
    assert "Your appeal is waiting" in page.words
    assert "It is about waiting," in page.words
    assert path not in page.text
    card = signed_in(Role.ADMIN).get("/desk/?kind=appeal").words
    for words in ("May I?", "It is about waiting,", "Rejected by Editor Quill", "Off topic",
                  "We had something else in mind"):
        assert words in card
    assert "That was you" not in card


def test_whoever_decided_first_is_asked_to_leave_it_to_another(editor: Visitor, life: Life,
                                                               ) -> None:
    life.reject()
    life.appeal()
    assert "That was you: better leave this one to somebody else." in editor.get("/desk/").words


def test_an_appeal_that_is_granted_publishes_the_comment(visitor: Visitor, editor: Visitor,
                                                         life: Life) -> None:
    life.spam()
    life.appeal()
    editor.post(f"/desk/items/{life.item('appeal').id}/approval", {"message": "Sorry for that."})
    assert "May I?" in visitor.get(life.comment.entry.path).words
    words = visitor.get(life.comment.follow_path).words
    assert "Your appeal was granted" in words
    assert "Sorry for that." in words


@pytest.mark.parametrize("noun", ["rejection", "spam"])
def test_an_appeal_that_is_refused_changes_nothing_and_is_answered(
        visitor: Visitor, editor: Visitor, life: Life, path: str, noun: str) -> None:
    life.reject()
    life.appeal()
    editor.post(f"/desk/items/{life.item('appeal').id}/{noun}", {"message": "It stays so."})
    assert "May I?" not in visitor.get(life.comment.entry.path).words
    words = visitor.get(life.comment.follow_path).words
    assert "the decision stands" in words
    assert "It stays so." in words
    assert "one appeal for each comment" in visitor.post(path, WORDS, status=409).text


@pytest.mark.parametrize(("text", "sentence"), [
    ("", "in a few words why"), (" \n ", "in a few words why"),
    ("x" * 2001, "at most 2,000 characters")])
def test_an_appeal_that_cannot_be_sent_is_told_and_none_is_lost(
        visitor: Visitor, life: Life, path: str, text: str, sentence: str) -> None:
    life.reject()
    answer = visitor.post(path, {"text": text}, status=422)
    assert sentence in answer.text
    assert text.strip() in answer.text
    visitor.post(path, WORDS)


@pytest.mark.parametrize(("step", "sentence"), [
    (None, "nothing to appeal against"), ("approve", "nothing to appeal against"),
    ("withdraw", "nothing to appeal against"), ("appeal", "one appeal for each comment")])
def test_there_is_no_appeal_without_a_decision_and_no_second_one(
        visitor: Visitor, life: Life, path: str, step: str | None, sentence: str) -> None:
    if step == "appeal":
        life.reject()
    if step:
        getattr(life, step)()
    assert path not in visitor.get(life.comment.follow_path).text
    assert sentence in visitor.post(path, WORDS, status=409).text


def test_an_appeal_comes_within_thirty_days_of_the_decision(
        visitor: Visitor, life: Life, path: str, time: FakeClock) -> None:
    time.forward(days=20)
    life.reject()
    time.forward(days=29, hours=23)
    assert path in visitor.get(life.comment.follow_path).text
    time.forward(hours=1)
    assert path not in visitor.get(life.comment.follow_path).text
    assert "30 days" in visitor.post(path, WORDS, status=409).text


def test_a_comment_that_the_rules_took_for_spam_can_be_appealed_for(
        visitor: Visitor, editor: Visitor, make: Maker, life: Life) -> None:
    life.watch({"name": "blocked", "on": True, "verdict": "spam",
                "settings": {"words": ["casino"]}})
    comment = make.comment(life.comment.entry, "We met at the casino.")
    assert comment.state is CommentState.SPAM
    words = visitor.get(comment.follow_path).words
    assert "Checked by our rules" in words
    assert "advertising" not in words
    assert "casino" not in words.replace("We met at the casino.", "")
    visitor.post(f"{comment.follow_path}/appeal", WORDS)
    assert "Spam by The rules" in editor.get("/desk/?kind=appeal").words


def test_markup_in_an_appeal_is_text(visitor: Visitor, editor: Visitor, life: Life, path: str,
                                     ) -> None:
    life.reject()
    visitor.post(path, {"text": "<b hx-get=/desk/>Please</b>"})
    for page in (visitor.get(life.comment.follow_path), editor.get("/desk/")):
        assert "&lt;b hx-get=/desk/&gt;Please" in page.text
