"""From the address of a blog to a feed of ours."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Tab
from tests.browser.running import feed, word
from tests.feeds.feed_server import FeedServer


def blog(server: FeedServer, *titles: str) -> str:
    """A site that names its feed."""
    address = server.serve(feed(server.url("/"), list(titles)), f"/{word()}.xml")
    return server.serve(
        f"<html><head><link rel='alternate' type='application/rss+xml' href='{address}'></head>"
        "<body>Good morning</body></html>", f"/{word()}/", content_type="text/html")


def look(editor: Page, address: str) -> None:
    editor.goto("/desk/feeds/")
    editor.get_by_label("Address of a feed or a site").fill(address)
    editor.get_by_role("button", name="Look at it").click()
    expect(editor.get_by_role("heading", level=1)).to_have_text("Morning shift")


def test_a_blog_is_looked_at_and_then_added(tab: Tab, feed_server: FeedServer,
                                            javascript: bool) -> None:
    titles = [f"Bread {word()}", f"Salt {word()}"]
    editor = tab("editor", javascript=javascript, width=390 if javascript else 1280)
    look(editor, blog(feed_server, *titles))
    expect(editor.locator(".feed-sample .way-excerpt")).to_have_count(2)
    expect(editor.locator(".way-excerpt").first).to_be_visible()
    expect(editor.locator(".way-link").first).to_be_hidden()
    editor.get_by_label("A link").check()
    expect(editor.locator(".way-excerpt").first).to_be_hidden()
    expect(editor.locator(".way-link").first).to_be_visible()
    editor.get_by_label("Topics").fill(f"Ovens {word()}")
    editor.get_by_role("button", name="Add it").click()
    expect(editor.locator(".flashes")).to_contain_text("Morning shift: 2 new")
    expect(editor.locator("#items")).to_contain_text(titles[1])
    expect(editor.get_by_label("A link")).to_be_checked()


def test_a_feed_is_asked_in_its_place(tab: Tab, feed_server: FeedServer) -> None:
    editor = tab("editor")
    look(editor, blog(feed_server, f"Bread {word()}"))
    editor.get_by_role("button", name="Add it").click()
    address = editor.locator("p.address").inner_text().split(" ")[0]
    editor.goto("/desk/feeds/")
    editor.evaluate("window.sameDocument = true")
    line = editor.locator("#feeds > li", has_text=address)
    line.get_by_role("button", name="Ask now").click()
    expect(line.locator(".health")).to_contain_text("0 new, 0 updated, 1 unchanged")
    expect(editor.locator("#status")).to_contain_text("Morning shift: 0 new")
    expect(line.get_by_role("button", name="Ask now")).to_be_focused()
    assert editor.evaluate("window.sameDocument") is True
