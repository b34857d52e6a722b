"""From somebody's feed, over the desk, to wherever readers look."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Tab
from tests.browser.running import Site, feed, word
from tests.feeds.feed_server import FeedServer


def add(site: Site, feed_server: FeedServer, *titles: str, author: str = "Odile Marchetti") -> str:
    """Adds a feed by the command line, as whoever runs the site does."""
    url = feed_server.serve(feed(feed_server.url("/"), list(titles), author))
    assert f"{len(titles)} new" in site.lectern("feed", "add", url)
    return url


def assert_published(reader: Page, site: Site, title: str, author: str, source: str) -> None:
    """The piece is on the home page, in the feed, on its author's page, and complete."""
    reader.goto("/")
    reader.get_by_role("link", name=title).first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(title)
    expect(reader.locator(".entry-body")).to_contain_text("What the ovens taught us")
    expect(reader.locator(".entry-head .byline")).to_contain_text(f"By {author}")
    expect(reader.locator(".person-card")).to_contain_text("runs a bakery and writes")
    expect(reader.locator(".source-line")).to_contain_text("First published at Morning shift on ")
    expect(reader.locator("link[rel=canonical]")).to_have_attribute("href", source)
    assert f"<title>{title}</title>" in site.stranger.get("/feed.xml").text
    reader.locator(".person-card").get_by_role("link", name=author).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(author)
    expect(reader.get_by_role("link", name=title)).to_be_visible()


def test_an_approved_feed_item_is_wherever_readers_look(
        site: Site, tab: Tab, feed_server: FeedServer, javascript: bool) -> None:
    text = word()
    titles = [f"Bread {text}", f"Salt {text}", f"Crumbs {text}"]
    author = f"Odile {text}"
    add(site, feed_server, *titles, author=author)
    editor = tab("editor", javascript=javascript)
    editor.goto(f"/desk/?q={text}")
    expect(editor.locator(".desk-item")).to_have_count(3)
    card = editor.locator(".desk-item", has_text=titles[0])
    expect(card.locator(".item-why")).to_contain_text("New in the feed of Morning shift")
    expect(card).to_have_attribute("aria-current", "true")
    card.get_by_role("button", name="Publish").click()
    if javascript:
        expect(editor.locator(".desk-item")).to_have_count(2)
        editor.keyboard.press("a")
        expect(editor.locator(".desk-item")).to_have_count(1)
    else:
        expect(editor.get_by_role("region", name="What just happened")).to_contain_text(
            f"Approved: {author}, {titles[0]}")
        editor.goto(f"/desk/?q={text}")
        editor.locator(".desk-item", has_text=titles[1]).get_by_role(
            "button", name="Publish").click()
    reader = tab(javascript=javascript)
    for number, title in enumerate(titles[:2]):
        assert_published(reader, site, title, author, feed_server.url(f"/{number}"))
    assert titles[2] not in site.stranger.get("/feed.xml").text


def test_an_approved_card_goes_without_a_reload_and_the_next_is_selected(
        site: Site, tab: Tab, feed_server: FeedServer) -> None:
    text = word()
    titles = [f"Bread {text}", f"Salt {text}", f"Crumbs {text}"]
    add(site, feed_server, *titles)
    editor = tab("editor")
    editor.goto(f"/desk/?q={text}")
    editor.evaluate("window.sameDocument = true")
    waiting = editor.locator(".desk-filters [aria-current] .count")
    before = int(waiting.inner_text())
    for number, decide in enumerate((
            lambda: editor.locator(".desk-item[aria-current]").get_by_role(
                "button", name="Publish").click(),
            lambda: editor.keyboard.press("a"))):
        expect(editor.locator(".desk-item[aria-current]")).to_contain_text(titles[number])
        decide()
        expect(editor.locator(".desk-item", has_text=titles[number])).to_have_count(0)
        expect(editor.locator(".desk-item[aria-current]")).to_contain_text(titles[number + 1])
        expect(editor.locator("#toasts")).to_contain_text(
            re.compile(f"^Approved: .*{titles[number]}"))
        expect(editor.locator("#toasts").get_by_role("button", name="Undo")).to_be_visible()
        expect(editor.locator("#status")).to_contain_text("Approved")
        expect(waiting).to_have_text(str(before - number - 1))
    assert editor.evaluate("window.sameDocument") is True


def test_a_feed_that_cannot_be_read_is_added_and_says_so(site: Site, tab: Tab,
                                                         feed_server: FeedServer) -> None:
    url = feed_server.url(f"/{word()}.xml")
    assert "failed: " in site.lectern("feed", "add", url)
    editor = tab("editor", javascript=False)
    editor.goto("/desk/feeds/")
    row = editor.locator("#feeds > li", has_text=url)
    expect(row.locator(".health")).to_have_class(re.compile("failing"))
    expect(row.get_by_role("button", name="Ask now")).to_be_visible()
