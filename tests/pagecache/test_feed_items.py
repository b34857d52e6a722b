"""What comes from other people's feeds appears wherever it is shown, and stays there."""

from flask import Flask
from sqlalchemy.orm import Session

from app.desk.deciding import actions as desk
from app.desk.models import Verb
from app.feeds.models import Policy
from app.feeds.storing import KIND
from tests.conftest import FakeClock
from tests.feeds.asking import source_at
from tests.feeds.documents import Item
from tests.feeds.feed_server import FeedServer, feed_server
from tests.making import Maker
from tests.pagecache.conftest import Kept
from tests.visiting import Visitor

__all__ = ["feed_server"]
LISTS = ["/", "/posts/", "/feed.xml", "/sitemap.xml", "/people/"]
ONE = Item("one", text="<p>The text of one.</p>")


def test_an_item_appears_with_its_approval_and_not_before(
        app: Flask, session: Session, time: FakeClock, feed_server: FeedServer, make: Maker,
        kept: Kept, visitor: Visitor) -> None:
    make.post("There already", author=make.person())
    source = source_at(app, session, feed_server, time, policy=Policy.HOLD)
    kept.warm(*LISTS)
    source.says(ONE)
    assert kept.dropped(*LISTS[:-1]) == set()
    [item] = source.stored()
    decision = make.decision(make.item(KIND, item.id), Verb.APPROVE)
    assert "The text of one." in visitor.get("/posts/one").words
    assert kept.dropped(*LISTS) == set(LISTS)
    desk.undo(session, decision, make.account(), now=time.now())
    visitor.get("/posts/one", status=404)
    assert "/posts/one" not in visitor.client.get("/sitemap.xml").text


def test_an_item_that_is_published_at_once_refreshes_the_lists(
        app: Flask, session: Session, time: FakeClock, feed_server: FeedServer, make: Maker,
        kept: Kept, visitor: Visitor) -> None:
    beside = make.post("There already", author=make.person())
    source = source_at(app, session, feed_server, time, policy=Policy.PUBLISH)
    kept.warm(*LISTS, beside.path)
    source.says(ONE)
    assert kept.dropped(*LISTS, beside.path) == set(LISTS)
    assert "/posts/one" in visitor.client.get("/sitemap.xml").text
    assert "The text of one." in visitor.get("/posts/one").words
    source.says(Item("one", text="<p>Changed there.</p>"))
    assert "Changed there." in visitor.get("/posts/one").words


def test_a_visit_that_finds_nothing_new_refreshes_nothing(
        app: Flask, session: Session, time: FakeClock, feed_server: FeedServer, make: Maker,
        kept: Kept) -> None:
    source = source_at(app, session, feed_server, time, policy=Policy.PUBLISH)
    source.says(ONE)
    kept.warm(*LISTS, "/posts/one")
    source.visit()
    assert kept.dropped(*LISTS, "/posts/one") == set()
