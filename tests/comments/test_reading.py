"""Comments as readers see them."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.comments import actions
from app.desk.deciding import actions as desk
from app.desk.models import Verb
from tests.making import Maker
from tests.visiting import Visitor

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
    "<a href='javascript:alert(1)'>x</a>", "<p data-hx-get=/desk/ hx-trigger=load>x</p>",
    "<div hx-get='/desk/' hx-trigger='load'></div>", "<style>*{display:none}</style>",
    "`<svg onload=alert(1)>`", "> <iframe src=https://evil.example></iframe>",
    "http://a.example/\"onmouseover=alert(1)", "javascript:alert(1)",
]


@pytest.mark.parametrize("body", HOSTILE)
def test_markup_in_a_comment_is_text(visitor: Visitor, make: Maker, body: str) -> None:
    post = make.post()
    make.comment(post, body, approved=True)
    page = visitor.get(post.path)
    comment = page.text.split('class="comment-body"')[1].split("</div>")[0]
    tags = set(re.findall(r"<(\w+)", comment))
    assert tags <= {"p", "br", "a", "code", "blockquote"}
    assert not re.search(r'<[^>]*(javascript:|\son\w+=|hx-)', comment)


def test_a_name_is_escaped_and_there_is_always_one(visitor: Visitor, make: Maker) -> None:
    post = make.post()
    make.comment(post, name="<b>Bold</b> Rita", approved=True)
    assert "&lt;b&gt;Bold&lt;/b&gt; Rita" in visitor.get(post.path).text


def test_an_address_in_a_comment_becomes_a_link_that_vouches_for_nothing(
        visitor: Visitor, make: Maker) -> None:
    post = make.post()
    make.comment(post, "See https://tally.example/x.", approved=True)
    assert {"href": "https://tally.example/x", "rel": "ugc nofollow noopener noreferrer"} in (
        visitor.get(post.path).all("a"))


def test_the_e_mail_address_is_shown_to_no_reader(visitor: Visitor, make: Maker) -> None:
    post = make.post()
    make.comment(post, approved=True)
    assert "rita@reader.example" not in visitor.get(post.path).text


def test_replies_stand_under_what_they_answer(visitor: Visitor, make: Maker) -> None:
    post = make.post()
    first = make.comment(post, "First.", approved=True)
    make.comment(post, "Second.", approved=True)
    make.comment(post, "Answer to the first.", parent=first, approved=True)
    words = visitor.get(post.path).words
    assert words.index("First.") < words.index("Answer to the first.") < words.index("Second.")
    assert "3 comments" in words


def test_a_reply_is_hidden_with_the_comment_it_answers(visitor: Visitor, make: Maker) -> None:
    post = make.post()
    first = make.comment(post, "First.")
    decision = make.decision(make.item(actions.KIND, first.id), Verb.APPROVE)
    make.comment(post, "An answer.", parent=first, approved=True)
    desk.undo(make.session, decision, make.account(), now=make.now())
    words = visitor.get(post.path).words
    assert "An answer." not in words
    assert "No comments yet" in words


def test_a_permalink_leads_to_the_comment_in_its_page(visitor: Visitor, make: Maker) -> None:
    episode = make.episode()
    comment = make.comment(episode, approved=True)
    answer = visitor.client.get(f"/comments/{comment.public_id}")
    assert answer.headers["Location"] == f"{episode.path}#comment-{comment.public_id}"
    assert f"comment-{comment.public_id}" in visitor.get(episode.path).ids


def test_a_waiting_comment_has_no_permalink(visitor: Visitor, make: Maker) -> None:
    comment = make.comment(make.post())
    visitor.get(f"/comments/{comment.public_id}", status=404)


def test_two_strangers_get_the_same_bytes_and_no_cookie(app: Flask, make: Maker) -> None:
    post = make.post()
    make.comment(post, approved=True)
    one, other = (app.test_client().get(post.path) for _ in range(2))
    assert one.data == other.data
    assert "Set-Cookie" not in one.headers
    assert "Cookie" not in one.headers.get("Vary", "")
    assert one.headers["Cache-Control"] == "public, no-cache"


def test_what_the_reader_typed_is_kept_word_for_word(make: Maker) -> None:
    comment = make.comment(make.post(), "Line one\r\nline two\r\n\r\n> quoted")
    make.session.refresh(comment)
    assert comment.body == "Line one\r\nline two\r\n\r\n> quoted"
    assert "<blockquote>" in comment.html
    assert make.session.scalar(sa.select(sa.func.count()).select_from(type(comment))) == 1
