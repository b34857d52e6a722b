"""The page of feeds at the desk."""

import re
from datetime import timedelta
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


def test_the_worst_stand_first_and_filters_narrow_the_list(editor: Visitor, session: Session,
                                                           ) -> None:
    facts: dict[str, dict[str, object]] = {
        "apple": {"visited_at": NOON}, "berry": {"visited_at": NOON, "failures": 2,
                                                 "broken_since": NOON},
        "cherry": {"visited_at": NOON, "paused_at": NOON}, "date": {"retired_at": NOON},
        "elder": {"visited_at": NOON, "failures": 9, "broken_since": NOON - timedelta(days=2)},
        "fig": {"visited_at": NOON, "claimed_at": NOON}, "grape": {"removed_at": NOON}}
    for title, columns in facts.items():
        feed, _new = actions.add(session, f"https://{title}.example/", now=NOON)
        for name, value in {"title": title.capitalize(), **columns}.items():
            setattr(feed, name, value)
    session.commit()

    def names(query: str) -> list[str]:
        text = editor.get(f"/desk/feeds/{query}").text
        return re.findall(r'<h2 dir="auto"><a [^>]*>(\w+)</a>', text)

    assert names("") == ["Elder", "Berry", "Date", "Apple", "Fig", "Cherry"]
    assert names("?order=name") == ["Apple", "Berry", "Cherry", "Date", "Elder", "Fig"]
    assert names("?state=failing") == ["Elder", "Berry"]
    assert names("?state=paused") == ["Cherry"]
    assert names("?state=retired") == ["Date"]
    assert names("?state=claimed") == ["Fig"]
    assert names("?state=removed") == ["Grape"]
    assert names("?state=push") == []
    assert len(names("?state=unclaimed")) == 5
    assert names("?q=ELDER.example") == ["Elder"]
    assert names("?q=100%25") == []
    words = editor.get("/desk/feeds/").words
    for count in ("All 6", "Failing 2", "Paused 1", "Given up 1", "Claimed 1", "Removed 1"):
        assert count in words, count
    editor.get("/desk/feeds/?state=odd", status=404)
    editor.get("/desk/feeds/?order=odd", status=404)


def test_all_feeds_are_asked_in_the_background(source: Source, editor: Visitor,
                                               session: Session) -> None:
    source.says(Item("one"))
    paused, _new = actions.add(session, source.server.url("/paused.xml"), now=NOON)
    actions.pause(session, paused, now=NOON)
    before = source.server.count()
    page = editor.follow(editor.post("/desk/feeds/visits"))
    assert "One feed is being asked in the background." in page.words
    source.app.extensions["jobs"].run(actions.JOB)
    assert source.server.count() == before + 1
    assert source.server.count("/paused.xml") == 0
