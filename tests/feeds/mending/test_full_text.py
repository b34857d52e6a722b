"""Feeds that cut their texts short: told as such, and filled from the page without risk."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.feeds.mending import full_text, lengthening
from app.feeds.models import Show
from app.feeds.parsing import ParsedFeed, ParsedItem
from app.feeds.polling.asking import Asking
from tests.feeds.asking import Source
from tests.feeds.documents import Item
from tests.visiting import Visitor

SENTENCE = "A night shift knows things that no report will ever say, and says them at five. "
PARAGRAPHS = "".join(f"<p>{number}. {SENTENCE * 4}</p>" for number in range(8))
PAGE = f"""<!doctype html><html><head><title>One</title></head><body>
<nav><a href="/">Home</a> <a href="/about">About</a></nav>
<article><h1>One</h1>{PARAGRAPHS}<p><a href="more">A link</a> <b>in bold</b>.</p></article>
<script>alert(1)</script><footer>© The Second Shelf. All rights reserved.</footer></body></html>"""
SHORT = "<p>A night shift knows things […]</p>"


@pytest.mark.parametrize("ending", [
    "and so […]", "and so [...]", "and so…", "and so [&#8230;]", "<a>Continue reading</a>",
    "<a>Read more →</a>", "[…] <p>The post <a>X</a> appeared first on <a>Y</a>.</p>",
])
def test_an_item_that_ends_in_the_middle_is_cut(ending: str) -> None:
    assert full_text.is_cut(ParsedItem(content_html=f"<p>{SENTENCE * 20} {ending}"))


def test_a_whole_text_is_not_cut_and_a_very_short_one_may_be() -> None:
    assert not full_text.is_cut(ParsedItem(content_html=PARAGRAPHS))
    assert full_text.is_cut(ParsedItem(summary_html="<p>Just this.</p>"))
    assert not full_text.is_cut(ParsedItem())


def test_a_feed_is_cut_if_most_of_its_items_are() -> None:
    cut = ParsedItem(link="https://x.example/", content_html=SHORT)
    whole = ParsedItem(link="https://x.example/", content_html=PARAGRAPHS)
    assert full_text.seems_cut(ParsedFeed(items=(cut, cut, whole)))
    assert not full_text.seems_cut(ParsedFeed(items=(cut, whole)))
    assert not full_text.seems_cut(ParsedFeed())


def test_the_article_is_found_in_its_page() -> None:
    html = full_text.from_page(PAGE.encode(), "https://x.example/one") or ""
    assert html.count(SENTENCE.strip()) >= 8
    assert "All rights reserved" not in html
    assert "alert" not in html


@pytest.mark.parametrize("page", [b"", b"\x00\xff" * 50, b"<html></html>", b"{}", b"<p>" * 50])
def test_what_is_no_article_is_none(page: bytes) -> None:
    assert full_text.from_page(page, "https://x.example/") is None


def test_a_page_that_takes_too_long_is_given_up() -> None:
    page = b"<div><p>word " * 20_000
    assert full_text.from_page(page, "https://x.example/", cpu_seconds=0.05) is None
    assert full_text.from_page(PAGE.encode(), "https://x.example/one")


def bring(source: Source, **page: Any) -> None:
    """A feed that cuts, whose items' pages are on the same server, and a round of the worker."""
    source.feed.from_page, source.feed.show = True, Show.FULL
    source.session.commit()
    url = source.server.serve(page.pop("body", PAGE), "/one", content_type="text/html", **page)
    source.says(Item("one", link=url, text=SHORT))
    source.app.extensions["jobs"].run(lengthening.JOB)


def test_a_new_item_gets_the_text_of_its_page(source: Source, editor: Visitor) -> None:
    bring(source)
    [entry], [item] = source.entries(), source.stored()
    assert entry.html.count(SENTENCE.strip()) >= 8
    assert f'href="{source.server.url("/more")}"' in entry.html
    assert (item.taken_from_page, item.imported_html) == (True, entry.source)
    assert item.original == SHORT
    assert "says them at five" in source.card().text
    source.app.extensions["jobs"].run(lengthening.JOB)
    assert source.visit() == "0 new, 0 updated, 1 unchanged"
    assert source.server.count("/one") == 1


@pytest.mark.parametrize("page", [
    {"status": 404}, {"status": 503}, {"body": "<p>Subscribe to read on.</p>"}, {"body": b"\x00"},
])
def test_where_the_page_gives_nothing_the_feeds_own_text_stays(
        page: dict[str, Any], source: Source) -> None:
    bring(source, **page)
    source.app.extensions["jobs"].run(lengthening.JOB)
    [entry], [item] = source.entries(), source.stored()
    assert entry.html == SHORT
    assert not item.taken_from_page
    assert source.server.count("/one") == 1


def test_a_feed_that_was_not_asked_for_it_is_left_alone(source: Source) -> None:
    url = source.server.serve(PAGE, "/one", content_type="text/html")
    source.says(Item("one", link=url, text=SHORT))
    source.app.extensions["jobs"].run(lengthening.JOB)
    assert source.server.count("/one") == 0


def test_a_preview_shows_both_texts_and_stores_nothing(source: Source) -> None:
    url = source.server.serve(PAGE, "/one", content_type="text/html")
    item = ParsedItem(title="One", link=url, content_html=SHORT)
    seen = full_text.preview(item, source.app.extensions["asking"])
    assert (seen.title, seen.before, seen.failure) == ("One", SHORT, "")
    assert seen.after.count(SENTENCE.strip()) >= 8
    assert not source.stored()
    gone = full_text.preview(ParsedItem(title="One", link=source.server.url("/no")),
                             source.app.extensions["asking"])
    assert gone.failure == "The page answers with the error 404."


def by_name(source: Source, *hosts: str) -> Asking:
    """Two cut items a host, whose names lead to the test's server; how to ask for their pages."""
    source.feed.from_page, source.feed.show = True, Show.FULL
    source.session.commit()
    source.server.serve(PAGE, "/one", content_type="text/html")
    source.server.serve(PAGE, "/two", content_type="text/html")
    source.says(*(Item(f"{host}{path[1:]}", text=f"{SHORT}<p>{host}{path}</p>",
                       link=f"http://{host}:{source.server.port}{path}")
                  for host in hosts for path in ("/one", "/two")))
    return replace(source.app.extensions["asking"], resolve=lambda host, port: ["127.0.0.1"])


def test_a_host_rests_between_two_of_its_pages_and_others_do_not_wait_for_it(
        source: Source) -> None:
    asking = by_name(source, "blog.example", "other.example")
    assert lengthening.take_due(source.session, asking, source.time.now) == 2
    assert (source.server.count("/one"), source.server.count("/two")) == (2, 0)
    assert lengthening.take_due(source.session, asking, source.time.now) == 0
    source.time.forward(seconds=2)
    assert lengthening.take_due(source.session, asking, source.time.now) == 2


def test_a_page_that_another_worker_is_asking_for_is_not_asked_for_again(source: Source) -> None:
    asking = by_name(source, "blog.example")
    with Session(source.session.get_bind()) as other:
        def meanwhile(host: str, port: int) -> list[str]:
            assert lengthening.take_due(other, asking, source.time.now) == 0
            return ["127.0.0.1"]

        both = replace(asking, resolve=meanwhile)
        assert lengthening.take_due(source.session, both, source.time.now) == 1
    assert source.server.count("/one") == 1
