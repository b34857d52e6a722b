"""The preview: how a comment would look, before anybody has it."""

import sqlalchemy as sa

from app.comments.models import Comment
from tests.making import Maker
from tests.visiting import Page, Visitor

DRAFT = {"author_name": "Rita", "author_email": "", "author_url": "rita.example", "preview": "1",
         "body": "> said before\n\nNO `way`!!! https://example.org/"}


def nothing_is_stored(make: Maker) -> bool:
    return make.session.scalar(sa.select(sa.func.count()).select_from(Comment)) == 0


def test_without_scripts_it_is_a_page_with_the_comment_and_the_filled_form(
        visitor: Visitor, make: Maker) -> None:
    answer = visitor.post(f"{make.post().path}/comments", DRAFT, status=200)
    page = Page(answer.text)
    assert "How it would look" in page.words
    assert "<blockquote>" in answer.text
    assert "<code>way</code>" in answer.text
    assert "read as shouting" in page.words.split("How it would look")[1]
    values = {each.get("name"): each.get("value") for each in page.all("input")}
    assert (values["author_name"], values["author_url"]) == ("Rita", "rita.example")
    assert DRAFT["body"].split("\n")[-1] in answer.text
    assert nothing_is_stored(make)


def test_htmx_gets_the_preview_alone(visitor: Visitor, make: Maker) -> None:
    answer = visitor.swap(f"{make.post().path}/comments", DRAFT)
    assert "<code>way</code>" in answer.text
    assert "<form" not in answer.text
    assert nothing_is_stored(make)


def test_only_the_comment_itself_is_looked_at(visitor: Visitor, make: Maker) -> None:
    path = f"{make.post().path}/comments"
    for send in (visitor.post, visitor.swap):
        answer = send(path, {**DRAFT, "body": " "}, status=422)
        assert "There is nothing in it yet." in answer.text
        answer = send(path, {**DRAFT, "body": "x" * 9000}, status=422)
        assert "at most 8,000 characters" in answer.text


def test_no_rule_is_asked(visitor: Visitor, make: Maker) -> None:
    path = f"{make.post().path}/comments"
    for _ in range(30):
        visitor.swap(path, DRAFT)


def test_markup_in_a_preview_is_text(visitor: Visitor, make: Maker) -> None:
    answer = visitor.swap(f"{make.post().path}/comments", {
        **DRAFT, "body": "<img src=x onerror=alert(1)> and [x](javascript:alert(1))"})
    assert "<img" not in answer.text
    assert "href" not in answer.text


def test_a_preview_of_a_reply_still_answers_the_same_comment(visitor: Visitor,
                                                             make: Maker) -> None:
    first = make.comment(make.post(), "How long?", approved=True)
    answer = visitor.post(f"{first.entry.path}/comments",
                          {**DRAFT, "parent_id": first.public_id}, status=200)
    assert "Reply to Rita Reader" in Page(answer.text).words
    assert {"type": "hidden", "name": "parent_id", "value": first.public_id} in (
        Page(answer.text).all("input"))
