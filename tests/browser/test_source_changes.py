"""A post was edited here and changed at its source: an editor merges the two, block by block."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Tab
from tests.browser.running import Backstage, Site, word
from tests.feeds.documents import Item, rss
from tests.feeds.feed_server import FeedServer

FIRST = "<p>Opening.</p><p>The middle.</p><p>The end.</p>"
OURS = "<p>Opening.</p><p>The middle, edited.</p><p>The end.</p>"
THEIRS = "<p>Opening.</p><p>The middle, changed there.</p><h2>New there</h2><p>The end.</p>"


def edited_and_changed(site: Site, backstage: Backstage, feed_server: FeedServer) -> str:
    """A published post of a feed that both sides have changed since; its title's word."""
    text, editor = word(), backstage.messenger("editor")
    one = {"name": text, "title": f"One {text}", "link": feed_server.url(f"/{text}")}
    url = feed_server.serve(rss(Item(**one, text=FIRST), site=feed_server.url("/")))
    site.lectern("feed", "add", url, "--show", "full")
    item = backstage.item(text)
    editor.post(f"/desk/items/{item}/approval")
    found = re.search(r"/desk/posts/(\d+)", editor.get(f"/desk/items/{item}").text)
    assert found
    editor.post(found[0], title=f"Ours {text}", source=OURS, version="1", discussion="auto")
    one["title"] = f"Theirs {text}"
    feed_server.serve(rss(Item(**one, text=THEIRS), site=feed_server.url("/")))
    assert "1 updated" in site.lectern("feed", "fetch", url)
    return text


def test_a_change_at_the_source_is_merged_block_by_block(
        site: Site, backstage: Backstage, tab: Tab, feed_server: FeedServer,
        javascript: bool) -> None:
    text = edited_and_changed(site, backstage, feed_server)
    editor = tab("editor", javascript=javascript, width=390)
    editor.goto(f"/desk/?kind=feed-change&q={text}")
    card = editor.locator(".desk-item")
    expect(card).to_contain_text("As we edited it")
    card.get_by_role("link", name="Choose block by block").click()
    expect(editor.get_by_role("heading", level=1)).to_contain_text(text)
    editor.locator("#title-0").get_by_label("Ours").check()
    middle = editor.locator("fieldset", has_text="The middle, edited.")
    middle.get_by_label("Both, ours first").check()
    editor.get_by_role("button", name="Show the result").click()
    preview = editor.locator("#preview")
    expect(preview).to_contain_text(f"Ours {text}")
    expect(preview).to_contain_text("The middle, edited.")
    expect(preview).to_contain_text("The middle, changed there.")
    editor.get_by_role("button", name="Take this").click()
    expect(editor.locator(".flashes")).to_contain_text("Merged")
    reader = tab()
    reader.goto(f"/posts/one-{text}")
    expect(reader.get_by_role("heading", level=1)).to_have_text(f"Ours {text}")
    expect(reader.locator(".entry-body")).to_contain_text("The middle, edited.")
    expect(reader.locator(".entry-body")).to_contain_text("New there")
