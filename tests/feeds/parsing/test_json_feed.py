"""JSON Feed becomes the same items as RSS and Atom, and odd JSON a sentence."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.feeds.parsing import ParsedFeed, ParsedItem, ParseFailed, parse

URL = "https://blog.example/feed.json"


def read(about: dict[str, Any] | None = None, *items: Any) -> ParsedFeed:
    """A feed of version 1.1 with these items."""
    document = {"version": "https://jsonfeed.org/version/1.1", "items": list(items)}
    body = json.dumps(document | (about or {})).encode()
    return parse(body, content_type="application/feed+json", url=URL)


def item(**members: Any) -> ParsedItem:
    """The only item of a feed."""
    return read({}, members).items[0]


def refusal(body: bytes) -> str:
    """The sentence a document is refused with."""
    with pytest.raises(ParseFailed) as failure:
        parse(body, content_type="application/json", url=URL)
    return str(failure.value)


def test_a_full_item_is_read_whole() -> None:
    feed = read(
        {"title": "T", "home_page_url": "/", "description": "About", "language": "en_GB",
         "feed_url": URL, "authors": [{"name": "Ada"}],
         "hubs": [{"type": "rssCloud", "url": "https://no.example/"},
                  {"type": "WebSub", "url": "https://hub.example/"}],
         "next_url": "https://blog.example/older.json"},
        {"id": "17", "url": "/one", "title": "One", "summary": "Short.",
         "content_html": "<p>Long enough.</p>", "date_published": "2024-03-01T10:30:00+01:00",
         "date_modified": "2024-03-02T10:30:00Z", "authors": [{"name": "Ada"}, {"name": "Ben"}],
         "tags": ["Trust", "Trust", "Two"], "language": "de", "attachments": [{"url": "x"}]})
    assert (feed.title, feed.site_url, feed.description, feed.language, feed.author) == (
        "T", "https://blog.example/", "About", "en-GB", "Ada")
    assert (feed.hub_url, feed.self_url) == ("https://hub.example/", URL)
    assert feed.items == (ParsedItem(
        guid="17", link="https://blog.example/one", title="One", author="Ada, Ben",
        published=datetime(2024, 3, 1, 9, 30, tzinfo=UTC),
        updated=datetime(2024, 3, 2, 10, 30, tzinfo=UTC), summary_html="<p>Short.</p>",
        content_html="<p>Long enough.</p>", language="de", topics=("Trust", "Two"),
        base="https://blog.example/one"),)


def test_version_1_0_names_one_author() -> None:
    feed = read({"version": "http://jsonfeed.org/version/1", "author": {"name": "Ada"}},
                {"id": 17, "author": {"name": "Ben"}, "content_text": "1 < 2\n\nTwo"})
    assert (feed.author, feed.items[0].author, feed.items[0].guid) == ("Ada", "Ben", "17")
    assert feed.items[0].content_html == "<p>1 &lt; 2</p><p>Two</p>"


def test_a_link_of_another_site_stands_in_for_a_missing_one() -> None:
    assert item(external_url="https://far.example/x").link == "https://far.example/x"
    assert item(url="javascript:alert(1)").link is None


@pytest.mark.parametrize("odd", [None, True, 1.5, [], {}, [[]], {"name": 3}, "\x00\ud800x", [None]])
def test_an_odd_type_is_as_good_as_nothing(odd: Any) -> None:
    names = ("id", "url", "title", "content_html", "content_text", "summary", "date_published",
             "authors", "author", "tags", "language")
    feed = read({"title": odd, "authors": odd, "hubs": odd, "feed_url": odd, "language": odd},
                dict.fromkeys(names, odd), odd)
    assert len(feed.items) <= 2
    assert "\x00" not in feed.items[0].content_html


def test_sizes_are_bounded() -> None:
    big = item(id="x" * 10**5, title="y" * 10**5, content_html="z" * (10**6 + 5),
               tags=["t" * 500] * 100)
    assert (len(big.guid), len(big.title), len(big.content_html)) == (1000, 300, 10**6)


def test_of_too_many_items_the_newest_stay_in_their_order() -> None:
    items = [{"id": str(number), "date_published": f"{2000 + number // 12}-{number % 12 + 1:02}-01"}
             for number in range(600)]
    taken = read({}, *items[300:], *items[:300]).items
    assert [int(each.guid) for each in taken] == [*range(300, 600), *range(100, 300)]


def test_a_date_nobody_can_read_is_none() -> None:
    assert item(date_published="yesterday").published is None
    assert item(date_published="9999-12-31T23:59:59-14:00").published is None
    assert item(date_published="2024-03-01").published == datetime(2024, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(("body", "sentence"), [
    (b'{"error": "not found"}', "This address answers with JSON that is not a JSON Feed."),
    (b'[{"version": "https://jsonfeed.org/version/1"}]',
     "This address answers with JSON that is not a JSON Feed."),
    (b'{"version": "https://jsonfeed.org/version/1", "items": [{"id',
     "The feed is cut off or broken: its JSON cannot be read."),
    (b"[" * 200_000, "The feed is cut off or broken: its JSON cannot be read."),
    (b'{"version": ' + b"9" * 10_000 + b"}",
     "The feed is cut off or broken: its JSON cannot be read."),
])
def test_what_is_no_feed_is_told_in_a_sentence(body: bytes, sentence: str) -> None:
    assert refusal(body) == sentence


def test_a_wrong_label_and_a_byte_order_mark_change_nothing() -> None:
    body = b'\xef\xbb\xbf {"version": "https://jsonfeed.org/version/1", "title": "voil\xc3\xa0"}'
    assert parse(body, content_type="text/html; charset=latin-1", url=URL).title == "voilà"
