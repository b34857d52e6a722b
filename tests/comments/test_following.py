"""The private page of whoever sent a comment."""

import pytest

from app.comments import actions
from app.comments.models import Comment
from app.desk.models import Verb
from app.readers.models import Reader
from tests.making import Maker
from tests.visiting import Visitor

STORIES = [
    (Verb.APPROVE, "Your comment is published"),
    (Verb.REJECT, "Your comment was not published"),
    (Verb.SPAM, "We decided against it"),
]


@pytest.fixture
def comment(make: Maker) -> Comment:
    return make.comment(make.post("On waiting"), "May I?")


def test_it_says_that_it_waits_why_and_under_what(visitor: Visitor, comment: Comment) -> None:
    words = visitor.get(comment.follow_path).words
    assert "Your comment is waiting" in words
    assert "Every first comment here is read by an editor" in words
    assert "On waiting" in words
    assert "May I?" in words


@pytest.mark.parametrize(("verb", "sentence"), STORIES)
def test_it_says_what_was_decided_and_why(visitor: Visitor, comment: Comment, make: Maker,
                                          verb: Verb, sentence: str) -> None:
    make.decision(make.item(actions.KIND, comment.id), verb, reason="Off topic",
                  message="Do come back to us with a shorter one.")
    words = visitor.get(comment.follow_path).words
    assert sentence in words
    assert "Do come back to us" in words
    assert ("Off topic" in words) is (verb is not Verb.SPAM)


def test_an_approved_comment_is_linked(visitor: Visitor, comment: Comment, make: Maker) -> None:
    make.decision(make.item(actions.KIND, comment.id), Verb.APPROVE)
    assert {"href": comment.path} in visitor.get(comment.follow_path).all("a")


def test_whoever_is_known_is_not_told_to_keep_the_address(
        visitor: Visitor, comment: Comment, make: Maker) -> None:
    assert "Keep this address" in visitor.get(comment.follow_path).words
    comment.reader = Reader(email=comment.author_email, confirmed_at=make.now(), stop_token="k")
    make.session.commit()
    page = visitor.get(comment.follow_path)
    assert "Keep this address" not in page.words
    assert "among your comments" in page.words


def test_it_is_nobody_elses(visitor: Visitor, comment: Comment) -> None:
    answer = visitor.client.get(comment.follow_path)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers.getlist("Referrer-Policy") == ["same-origin"]
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.text


@pytest.mark.parametrize("token", ["x", "a" * 500, "%00", "..%2f.."])
def test_a_wrong_token_opens_nothing(visitor: Visitor, comment: Comment, token: str) -> None:
    visitor.get(f"/follow/{token}", status=404)


def test_looking_changes_nothing(visitor: Visitor, comment: Comment, make: Maker) -> None:
    for _ in range(3):
        visitor.get(comment.follow_path)
    visitor.get(f"{comment.follow_path}/withdrawal", status=405)
    make.session.refresh(comment)
    assert comment.state.value == "waiting"
