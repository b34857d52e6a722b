"""Looking at a feed before anything is stored."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.entries.models import Discussion, Entry
from app.entries.shelves import Topic
from app.feeds.models import Feed, Indexing, Policy, Show
from app.feeds.previewing import pace
from app.fetch import Limits
from app.people.models import Person
from tests.conftest import NOON
from tests.feeds.asking import Source
from tests.feeds.documents import Item, rss
from tests.feeds.feed_server import FeedServer
from tests.making import Maker
from tests.visiting import Page, Visitor

LONG = "<p>" + "A sentence with several words. " * 60 + "The very end.</p>"


def look(editor: Visitor, address: str, status: int = 200) -> Page:
    return Page(editor.post("/desk/feeds/previews", {"url": address}, status).text)


def blog(server: FeedServer, *feeds: str) -> str:
    links = "".join(f"<link rel='alternate' type='application/rss+xml' href='{each}'>"
                    for each in feeds)
    return server.serve(f"<html><head>{links}</head><body>Hello</body></html>", "/blog/",
                        content_type="text/html")


def test_the_address_of_a_site_shows_its_feed_and_stores_nothing(
    editor: Visitor, feed_server: FeedServer, session: Session, make: Maker,
) -> None:
    make.person("Jo Penn")
    address = feed_server.serve(rss(
        Item("one", text=LONG + "<script>alert(1)</script>", author="Jo Penn"),
        Item("two", author="Kim Ray", date="Sat, 25 Apr 2026 09:00:00 GMT")), "/f.xml")
    page = look(editor, blog(feed_server, "/f.xml"))
    for words in ("Nothing is stored yet", "The Second Shelf", address, "About weekly; 2 items",
                  "2 May 2026", "Every item has an id of its own", "Whole, as far as we can tell",
                  "It has no hub", "The very end.", "Read it where it was first published.",
                  "Kim Ray , whom nobody here knows"):
        assert words in page.words, words
    assert "who may be" in page.words
    assert "alert(1)" not in page.text
    for table in (Feed, Entry):
        assert session.scalars(sa.select(table)).all() == []
    assert len(session.scalars(sa.select(Person)).all()) == 2


def test_an_old_blog_without_a_secure_address_is_found_all_the_same(
        editor: Visitor, feed_server: FeedServer) -> None:
    feed_server.serve(rss(Item("one")), "/f.xml")
    typed = feed_server.url("/f.xml").removeprefix("http://")
    assert feed_server.url("/f.xml") in look(editor, typed).words


def test_what_was_looked_at_is_added_with_all_its_settings(
    editor: Visitor, feed_server: FeedServer, session: Session,
) -> None:
    page = look(editor, blog(feed_server, feed_server.serve(rss(Item("one")), "/f.xml")))
    [hidden] = [each for each in page.all("input") if each.get("name") == "url"]
    answer = editor.post("/desk/feeds/", {
        "url": hidden["value"], "policy": "publish", "show": "full", "indexing": "noindex",
        "discussion": "closed", "topics": "Harbours, Ropes", "author": "", "from_page": "y"})
    feed = session.scalars(sa.select(Feed)).one()
    assert answer.location == f"/desk/feeds/{feed.id}"
    assert (feed.policy, feed.show, feed.indexing, feed.discussion, feed.from_page) == (
        Policy.PUBLISH, Show.FULL, Indexing.NOINDEX, Discussion.CLOSED, True)
    assert {topic.name for topic in feed.topics} == {"Harbours", "Ropes"}
    assert len(session.scalars(sa.select(Topic)).all()) == 2


def test_a_feed_that_is_added_by_its_address_alone_is_shown_as_an_excerpt_only(
    editor: Visitor, feed_server: FeedServer, session: Session,
) -> None:
    editor.post("/desk/feeds/", {"url": feed_server.serve(rss(Item("one")))})
    feed = session.scalars(sa.select(Feed)).one()
    assert (feed.show, feed.indexing, feed.policy) == (Show.EXCERPT, Indexing.CANONICAL,
                                                       Policy.HOLD)


def test_the_form_says_why_it_begins_with_an_excerpt(editor: Visitor,
                                                     feed_server: FeedServer) -> None:
    page = look(editor, feed_server.serve(rss(Item("one"))))
    chosen = [each for each in page.all("input") if each.get("name") == "show"
              and "checked" in each]
    assert [each["value"] for each in chosen] == ["excerpt"]
    assert "an excerpt that leads to the original is fair" in page.words


def test_the_other_feeds_of_a_site_can_be_looked_at_too(editor: Visitor,
                                                        feed_server: FeedServer) -> None:
    feed_server.serve(rss(Item("one"), title="The Posts"), "/a.xml")
    other = feed_server.serve(rss(Item("two"), title="The Notes"), "/b.xml")
    page = look(editor, blog(feed_server, "/a.xml", "/b.xml"))
    assert "The site has other feeds, too" in page.words
    assert "The Notes" in look(editor, other).words


def test_a_feed_that_is_here_already_says_so_and_is_not_offered(
    editor: Visitor, feed_server: FeedServer, session: Session,
) -> None:
    address = feed_server.serve(rss(Item("one")))
    editor.post("/desk/feeds/", {"url": address})
    page = look(editor, address)
    assert "We have this feed already: The Second Shelf" in page.words
    assert "Add it" not in page.words


@pytest.mark.parametrize(("address", "sentence"), [
    ("", "The feed's address, please."),
    ("javascript:alert(1)", "is not a web address."),
    ("http://169.254.169.254/latest", "."),
    ("https://user:pw@blog.example/", "is not a web address."),
])
def test_an_address_that_cannot_be_looked_at_is_told(address: str, sentence: str,
                                                     editor: Visitor) -> None:
    page = look(editor, address, status=422)
    assert "Please look at this once more" in page.words
    assert sentence in page.words.replace("&#39;", "'")


def test_a_site_without_a_feed_is_told_and_its_address_kept(editor: Visitor,
                                                            feed_server: FeedServer) -> None:
    page = look(editor, blog(feed_server), status=422)
    assert "We found no feed at" in page.words
    [field] = [each for each in page.all("input") if each.get("name") == "url"]
    assert field["value"].endswith("/blog/")


@pytest.mark.parametrize(("days", "words"), [
    ((), ""), ((0,), ""), ((0, 0.2, 0.5), "several times a day"), ((0, 1, 2), "about daily"),
    ((0, 3, 6), "a few times a week"), ((0, 7, 14), "about weekly"),
    ((0, 15), "about every other week"), ((0, 30), "about monthly"),
    ((0, 100), "a few times a year"),
])
def test_how_often_somebody_writes_is_said_in_words(days: tuple[float, ...], words: str) -> None:
    assert pace([NOON + timedelta(days=each) for each in days]) == words


def test_a_cut_feed_is_shown_with_the_text_of_its_page(editor: Visitor,
                                                       feed_server: FeedServer) -> None:
    there = feed_server.serve(f"<body><article><h1>One</h1>{LONG * 3}</article></body>", "/one",
                              content_type="text/html")
    items = [Item("one", link=there, text="<p>And so on […]</p>"),
             Item("two", text="<p>And so on <a href='/x'>Weiterlesen</a></p>")]
    page = look(editor, feed_server.serve(rss(*items)))
    assert "Cut short. They can be taken from their pages instead." in page.words
    assert "With the text of its page" in page.words
    assert "The very end." in page.words
    feed_server.serve("", "/one", status=404)
    assert "The page answers with the error 404." in look(editor, feed_server.url()).words


@pytest.mark.parametrize(("items", "words"), [
    ((Item("one", guid="a"), Item("two", guid="a")), "their links tell its items apart"),
    ((Item("one", guid="a", link="https://x.example/"),
      Item("two", guid="a", link="https://x.example/")), "their words tell some items apart"),
])
def test_doubled_ids_are_told(items: tuple[Item, ...], words: str, editor: Visitor,
                              feed_server: FeedServer) -> None:
    assert words in look(editor, feed_server.serve(rss(*items))).words


def test_an_empty_feed_can_be_looked_at(editor: Visitor, feed_server: FeedServer) -> None:
    page = look(editor, feed_server.serve(rss()))
    assert "The feed is empty at the moment." in page.words
    assert "We cannot tell how often; 0 items in the feed." in page.words


def test_nobody_waits_while_a_slow_site_is_looked_at(editor: Visitor, feed_server: FeedServer,
                                                     make: Maker) -> None:
    asking = editor.app.extensions["asking"]
    editor.app.extensions["asking"] = replace(asking, limits=Limits(total=60))
    page: list[str] = []

    def run() -> None:
        page.append(editor.post("/desk/feeds/previews", {"url": feed_server.hang()}, 422).text)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        while not feed_server.count("/hang"):
            thread.join(0.01)
            assert thread.is_alive()
        make.post("Meanwhile")
        assert page == [], "all of this happened while the site was still at it"
    finally:
        feed_server.finished.set()
        thread.join()
        editor.app.extensions["asking"] = asking
    assert "Please look at this once more" in page[0]


def test_an_address_that_only_leads_to_a_feed_of_ours_is_no_new_one(
        editor: Visitor, source: Source) -> None:
    source.says(Item("one"))
    there = source.server.redirect(source.feed.url, "/short", status=302)
    assert "We have this feed already" in look(editor, there).words


def test_where_a_feed_of_ours_leads_is_no_new_one(editor: Visitor, source: Source) -> None:
    source.server.redirect(source.server.url("/real.xml"), "/feed.xml", status=302)
    source.server.serve(rss(Item("one")), "/real.xml")
    source.visit()
    assert "We have this feed already" in look(editor, source.server.url("/real.xml")).words
