"""What a feed asks of its readers, which base its links have, and every script."""

import pytest

from app.feeds.parsing import ParsedFeed, parse

URL = "https://blog.example/feeds/main.xml"
LINK = "&lt;a href='x'&gt;x&lt;/a&gt;"


def read(inside: str, around: str = "") -> ParsedFeed:
    """An RSS feed with this in its channel."""
    body = (f"<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom' {around}><channel>"
            f"{inside}</channel></rss>")
    return parse(body.encode(), content_type="application/xml", url=URL)


def test_hours_and_days_of_rest_are_read() -> None:
    feed = read("<skipHours><hour>0</hour><hour> 5 </hour><hour>24</hour><hour>77</hour>"
                "</skipHours><skipDays><day>Sunday</day><day>monday</day><day>Funday</day></skipDays>")
    assert (feed.skip_hours, feed.skip_days) == ((0, 5), (0, 6))


def test_a_feed_that_never_wants_to_be_asked_is_asked_all_the_same() -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    assert read(f"<skipHours>{hours}</skipHours>").skip_hours == ()


def test_what_an_item_says_about_rest_is_no_wish_of_the_feed() -> None:
    feed = read("<item><description><![CDATA[<skipHours><hour>3</hour></skipHours>]]></description>"
                "</item>")
    assert feed.skip_hours == ()


@pytest.mark.parametrize("element", ["atom:link", "link"])
def test_the_hub_and_the_address_it_knows_are_found(element: str) -> None:
    links = (f"<{element} rel='hub' href='https://hub.example/'/>"
             f"<{element} rel='self' href='/feed'/>")
    if element == "link":
        body = f"<feed xmlns='http://www.w3.org/2005/Atom'>{links}<title>t</title></feed>"
        feed = parse(body.encode(), content_type="", url=URL)
    else:
        feed = read(links)
    assert (feed.hub_url, feed.self_url) == ("https://hub.example/", "https://blog.example/feed")


def test_a_hub_that_is_no_web_address_is_none() -> None:
    assert read("<atom:link rel='hub' href='javascript:alert(1)'/>").hub_url is None


@pytest.mark.parametrize(("channel", "item", "around", "base"), [
    ("", "", "", URL),
    ("<link>https://site.example/</link>", "", "", "https://site.example/"),
    ("<link>https://site.example/</link>", "<link>https://site.example/a/b</link>", "",
     "https://site.example/a/b"),
    ("<link>https://site.example/</link>", "<link>https://site.example/a/b</link>",
     "xml:base='https://base.example/c/'", "https://base.example/c/"),
])
def test_links_are_relative_to_the_nearest_address_that_is_given(
        channel: str, item: str, around: str, base: str) -> None:
    feed = read(f"{channel}<item>{item}<description>{LINK}</description></item>", around)
    assert feed.items[0].base == base


def test_bases_inside_one_another_add_up() -> None:
    body = ("<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://base.example/'>"
            f"<entry xml:base='2024/'><content type='html' xml:base='may/'>{LINK}</content></entry>"
            "</feed>")
    feed = parse(body.encode(), content_type="", url=URL)
    assert feed.items[0].base == "https://base.example/2024/may/"


def test_of_ten_thousand_items_the_newest_five_hundred_are_taken() -> None:
    items = "".join(f"<item><guid>{number}</guid><pubDate>1 Jan {2000 + number // 500} 00:00 GMT"
                    "</pubDate></item>" for number in range(10_000))
    feed = read(items)
    assert [item.guid for item in feed.items] == [str(number) for number in range(9_500, 10_000)]


@pytest.mark.parametrize("words", ["مرحبا بكم في المدونة", "领导力与信任", "リーダー", "שלום"])
def test_every_script_arrives_as_it_was_written(words: str) -> None:
    item = read(f"<item><title>{words}</title><description>&lt;p dir='rtl'&gt;{words}&lt;/p&gt;"
                f"</description><author>{words}</author></item>").items[0]
    assert (item.title, item.author) == (words, words)
    assert item.content_html == f"<p dir='rtl'>{words}</p>"


def test_a_title_keeps_its_last_character_though_its_last_byte_looks_like_a_blank() -> None:
    assert read("<item><title>Le chef est là, voilà</title></item>").items[0].title[-1] == "à"
