"""The page of feeds at the desk."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.feeds import actions
from app.feeds.models import Feed
from tests.conftest import NOON
from tests.counting import queries
from tests.feeds.asking import Source
from tests.feeds.documents import Item, rss
from tests.feeds.feed_server import FeedServer
from tests.making import Maker
from tests.visiting import Visitor

FORM = {"policy": "hold", "show": "full", "author": ""}


def test_a_feed_is_added_and_asked_at_once(editor: Visitor, feed_server: FeedServer,
                                           time: Any) -> None:
    address = feed_server.serve(rss(Item("one")))
    page = editor.follow(editor.post("/desk/feeds/", {**FORM, "url": address}))
    assert "The Second Shelf: 1 new, 0 updated, 0 unchanged" in page.words
    assert address in page.words
    assert "1 item seen; new ones wait at the desk, in full." in page.words
    assert "Well: 1 new" in page.words


def test_a_feed_that_cannot_be_read_is_kept_and_told(editor: Visitor, session: Session,
                                                     feed_server: FeedServer) -> None:
    address = feed_server.url("/not-there")
    page = editor.follow(editor.post("/desk/feeds/", {**FORM, "url": address}))
    assert "failed: There is nothing at this address." in page.words
    assert session.scalars(sa.select(Feed.url)).all() == [address]


@pytest.mark.parametrize(("changed", "sentence"), [
    ({"url": ""}, "The feed's address, please."),
    ({"url": "javascript:alert(1)"}, "is not a web address."),
    ({"url": "https://a.example/" + "x" * 2000}, "longer than 2000"),
    ({"author": "Nobody Known"}, "Nobody here is called “Nobody Known”"),
    ({"policy": "sometimes"}, "Not a valid choice"),
    ({"show": ""}, "Not a valid choice"),
])
def test_a_mistake_is_told_and_no_feed_is_kept(changed: dict[str, str], sentence: str,
                                               editor: Visitor, session: Session) -> None:
    answer = editor.post("/desk/feeds/", {**FORM, "url": "https://blog.example/", **changed},
                         status=422)
    assert sentence in answer.text.replace("&#39;", "'")
    assert session.scalars(sa.select(Feed.url)).all() == []


def test_a_feed_of_somebody_of_the_house_is_theirs(editor: Visitor, make: Maker, session: Session,
                                                   feed_server: FeedServer) -> None:
    ada = make.person("Ada Penn")
    editor.post("/desk/feeds/", {**FORM, "author": "ada penn",
                                 "url": feed_server.serve(rss(Item("one", author="x")))})
    assert session.scalars(sa.select(Feed)).one().author_id == ada.id
    session.commit()
    assert "Ada Penn" in editor.get("/desk/").words


def test_a_feed_can_be_asked_now(source: Source, editor: Visitor) -> None:
    source.serve(Item("one"))
    page = editor.follow(editor.post(f"/desk/feeds/{source.feed.id}/visit"))
    assert "1 new" in page.words
    editor.post("/desk/feeds/999/visit", status=404)


def test_the_page_costs_the_same_for_one_feed_and_for_twenty(editor: Visitor, make: Maker,
                                                             session: Session) -> None:
    for number in range(20):
        actions.add(session, f"https://blog{number}.example/", now=NOON,
                    author=make.person(f"Person {number}"))
        if number == 0:
            one = queries(editor, "/desk/feeds/")
    assert len(queries(editor, "/desk/feeds/")) == len(one)


def test_only_editors_see_it(visitor: Visitor, guest: Visitor) -> None:
    assert visitor.client.get("/desk/feeds/").location == "/account/sign-in?next=/desk/feeds/"
    guest.get("/desk/feeds/", status=403)
    guest.post("/desk/feeds/", {**FORM, "url": "https://blog.example/"}, status=403)
    visitor.post("/desk/feeds/1/visit", status=403)
