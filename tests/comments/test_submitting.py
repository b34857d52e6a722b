"""A reader's comment on its way in."""

import secrets
import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import clock
from app.comments import actions
from app.comments.models import Comment
from app.database import db, for_writing
from app.desk.models import ItemState, ReviewItem
from app.entries.models import Entry
from tests.making import Maker
from tests.visiting import Visitor

GOOD = {"author_name": "Rita Reader", "author_email": "rita@reader.example",
        "author_headline": "Baker", "body": "I tried it.\n\nIt worked."}


def stored(session: Session) -> list[Comment]:
    return list(session.scalars(sa.select(Comment)))


@pytest.fixture(params=["post", "episode"])
def entry(request: pytest.FixtureRequest, make: Maker) -> Entry:
    return getattr(make, request.param)()


def test_a_comment_waits_and_leads_its_sender_to_the_follow_page(
        visitor: Visitor, entry: Entry, session: Session) -> None:
    answer = visitor.post(f"{entry.path}/comments", GOOD)
    (comment,) = stored(session)
    assert answer.headers["Location"] == f"/follow/{comment.follow_token}"
    assert "waiting for review" in visitor.follow(answer).words
    assert "It worked" not in visitor.get(entry.path).words


def test_htmx_gets_the_notice_with_the_private_link(visitor: Visitor, entry: Entry,
                                                    session: Session) -> None:
    answer = visitor.swap(f"{entry.path}/comments", GOOD)
    (comment,) = stored(session)
    assert "waiting for review" in answer.text
    assert f'href="/follow/{comment.follow_token}"' in answer.text
    assert "<html" not in answer.text


def test_the_desk_gets_an_item_it_can_sort_and_search_by(visitor: Visitor, entry: Entry,
                                                         session: Session) -> None:
    visitor.post(f"{entry.path}/comments", GOOD)
    item = session.scalars(sa.select(ReviewItem)).one()
    assert (item.kind, item.state, item.person) == ("comment", ItemState.WAITING, "Rita Reader")
    assert (item.title, item.text, item.entry_id) == (entry.title, GOOD["body"], entry.id)


BAD = [
    ({"author_name": ""}, "Please say who you are"),
    ({"author_name": " \t "}, "Please say who you are"),
    ({"author_name": "\u200b"}, "Please say who you are"),
    ({"author_name": "x" * 81}, "Name"),
    ({"author_email": ""}, "An e-mail address, please"),
    ({"author_email": "rita"}, "does not look like an e-mail address"),
    ({"author_email": "a@b.example\r\nBcc: c@d.example"}, "does not look like an e-mail address"),
    ({"body": ""}, "There is nothing in it yet"),
    ({"body": " \n\n "}, "There is nothing in it yet"),
    ({"body": "x" * 100_000}, "at most 8,000 characters"),
    ({"author_url": "rita.example"}, "A link begins with https:// or http://"),
    ({"author_url": "javascript:alert(1)"}, "A link begins with https:// or http://"),
    ({"author_url": "https://"}, "A link begins with https:// or http://"),
    ({"author_url": "https://rita@evil.example/"}, "A link begins with https:// or http://"),
    ({"author_url": "https://rita.example:99999/"}, "A link begins with https:// or http://"),
    ({"author_url": "https://rita.example/" + "x" * 300}, "A link has at most 300 characters"),
    ({"parent_id": "nobody"}, "is not on this page any more"),
]


@pytest.mark.parametrize(("change", "sentence"), BAD, ids=lambda value: str(value)[:40])
@pytest.mark.parametrize("way", ["post", "swap"])
def test_bad_input_gets_422_a_sentence_and_its_words_back(
        visitor: Visitor, make: Maker, session: Session, change: dict[str, str], sentence: str,
        way: str) -> None:
    send: Callable[..., object] = getattr(visitor, way)
    answer = send(f"{make.post().path}/comments", {**GOOD, **change}, status=422)
    assert sentence in answer.text
    assert "I tried it." in answer.text or "body" in change
    assert not stored(session)


def test_bytes_that_are_not_utf_8_are_told_and_not_guessed(visitor: Visitor, make: Maker,
                                                           session: Session) -> None:
    body = b"author_name=R&author_email=r%40reader.example&body=caf%E9"
    answer = visitor.post(f"{make.post().path}/comments", body, status=422,  # type: ignore[arg-type]
                          content_type="application/x-www-form-urlencoded")
    assert "Please send the text as UTF-8" in answer.text
    assert not stored(session)


def test_a_form_sent_twice_makes_one_comment(visitor: Visitor, make: Maker,
                                             session: Session) -> None:
    path = f"{make.post().path}/comments"
    visitor.post(path, GOOD)
    again = visitor.post(path, GOOD, status=422)
    assert "You have sent exactly this comment before" in again.text
    assert len(stored(session)) == 1


def test_whoever_types_an_address_elsewhere_does_not_learn_what_its_owner_has_said(
        visitor: Visitor, make: Maker, session: Session) -> None:
    path = f"{make.post().path}/comments"
    for where in ("8.8.8.8", "9.9.9.9"):
        visitor.post(path, GOOD, environ_base={"REMOTE_ADDR": where})
    visitor.post(path, GOOD, status=422, environ_base={"REMOTE_ADDR": "9.9.9.9"})
    assert len(stored(session)) == 2


def test_whoever_proved_who_they_are_sends_a_comment_once_wherever_they_are(
        editor: Visitor, make: Maker, session: Session) -> None:
    path, own = f"{make.post().path}/comments", {**GOOD, "author_email": "editor@lectern.example"}
    editor.post(path, own, environ_base={"REMOTE_ADDR": "8.8.8.8"})
    editor.post(path, own, status=422, environ_base={"REMOTE_ADDR": "9.9.9.9"})
    assert len(stored(session)) == 1


def test_what_the_database_refuses_for_another_reason_is_not_told_as_sent_before(
        visitor: Visitor, make: Maker, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"{make.post().path}/comments"
    monkeypatch.setattr(secrets, "token_hex", lambda size: "0123456789")
    visitor.post(path, GOOD)
    answer = visitor.post(path, {**GOOD, "body": "Something else."}, status=409)
    assert "sent exactly this comment before" not in answer.text
    assert len(stored(session)) == 1


def test_whoever_is_refused_holds_up_nobody(make: Maker, session: Session) -> None:
    post = make.post()
    remark = actions.Remark("Rita", "rita@reader.example", "", "Sent twice.")
    actions.submit(session, post, remark, now=make.now())
    with pytest.raises(actions.Refused):
        actions.submit(session, post, remark, now=make.now())
    assert not session.in_transaction()


def test_two_identical_comments_at_once_make_one(app: Flask, make: Maker,
                                                 session: Session) -> None:
    entry_id, barrier, refused = make.post().id, threading.Barrier(4), []
    remark = actions.Remark("Rita", "rita@reader.example", "", "Me too.")

    def send() -> None:
        with app.app_context(), for_writing(db.sessionmaker()) as own:
            barrier.wait()
            entry = own.get(Entry, entry_id)
            assert entry is not None
            try:
                actions.submit(own, entry, remark, now=clock.now())
            except actions.Refused:
                refused.append(True)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(stored(session)), len(refused)) == (1, 3)


def test_the_same_words_from_somebody_else_are_another_comment(visitor: Visitor, make: Maker,
                                                               session: Session) -> None:
    path = f"{make.post().path}/comments"
    visitor.post(path, GOOD)
    visitor.post(path, {**GOOD, "author_email": "other@reader.example"})
    assert len(stored(session)) == 2


def test_a_reply_must_answer_a_comment_of_the_same_entry(visitor: Visitor, make: Maker,
                                                         session: Session) -> None:
    here, elsewhere = make.post(), make.post()
    other = make.comment(elsewhere, approved=True)
    answer = visitor.post(f"{here.path}/comments", {**GOOD, "parent_id": other.public_id},
                          status=422)
    assert "not on this page any more" in answer.text
    assert len(stored(session)) == 1


def test_nobody_answers_a_comment_that_waits(visitor: Visitor, make: Maker) -> None:
    post = make.post()
    waiting = make.comment(post)
    visitor.post(f"{post.path}/comments", {**GOOD, "parent_id": waiting.public_id}, status=422)


def test_the_reply_link_works_without_javascript(visitor: Visitor, make: Maker) -> None:
    post = make.post()
    comment = make.comment(post, "What about trains?", approved=True)
    page = visitor.get(f"{post.path}?reply={comment.public_id}")
    assert "Reply to Rita Reader" in page.words
    assert {"type": "hidden", "name": "parent_id", "value": comment.public_id} in page.all("input")


def test_a_reply_quotes_words_and_not_their_marks(visitor: Visitor, make: Maker) -> None:
    post = make.post()
    comment = make.comment(post, "> their words\n\nMind the `gap` & go on.", approved=True)
    page = visitor.get(f"{post.path}?reply={comment.public_id}")
    assert "In answer to “ Mind the gap &amp; go on. ” Start a thread" in page.words


def test_closed_comments_refuse_with_a_sentence(visitor: Visitor, make: Maker,
                                                session: Session) -> None:
    post = make.post()
    post.comments_open = False
    session.commit()
    assert "Comments on this page are closed" in visitor.get(post.path).words
    answer = visitor.post(f"{post.path}/comments", GOOD, status=422)
    assert "Comments on this page are closed" in answer.text


@pytest.mark.parametrize("path", ["/posts/nothing-here", "/episodes/nothing-here", "/topics/x"])
def test_there_is_nothing_to_comment_where_there_is_no_entry(visitor: Visitor, path: str) -> None:
    visitor.post(f"{path}/comments", GOOD, status=404)


def test_an_unpublished_post_takes_no_comment(visitor: Visitor, make: Maker) -> None:
    draft = make.post(published=False)
    draft.slug = "a-draft"
    make.session.commit()
    visitor.post("/posts/a-draft/comments", GOOD, status=404)


def test_a_body_over_the_limit_of_the_site_is_413(visitor: Visitor, make: Maker) -> None:
    answer = visitor.post(f"{make.post().path}/comments", {**GOOD, "body": "x" * 3_000_000},
                          status=413)
    assert "larger than this site accepts" in answer.text


def test_a_reload_of_the_error_page_leads_back_to_the_entry(visitor: Visitor, make: Maker) -> None:
    post = make.post()
    answer = visitor.client.get(f"{post.path}/comments")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{post.path}#comments")
