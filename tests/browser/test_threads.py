"""A reader goes through a long discussion, previews, is nudged, and gives thanks."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tab
from tests.browser.running import ROOT, Backstage, Site, address, word
from tests.browser.watching import expecting

EXAMPLES = json.loads((ROOT / "tests/comments/nudges.json").read_text())


@pytest.fixture(scope="module")
def long_discussion(backstage: Backstage) -> str:
    """The path of a post with one thread more than a page shows."""
    path = backstage.post()
    for _ in range(21):
        backstage.comment(path, approved=True)
    return path


def write(reader: Page, body: str) -> None:
    form = reader.locator("#comment-form")
    form.get_by_label("Name").fill("Rita Reader")
    form.get_by_label("E-mail").fill(address())
    form.get_by_label("Comment").fill(body)


def test_more_comments_come_where_one_is_and_the_focus_goes_to_them(
        tab: Tab, long_discussion: str, javascript: bool) -> None:
    reader = tab(javascript=javascript)
    reader.goto(long_discussion)
    expect(reader.locator("article.comment")).to_have_count(20)
    write(reader, "Half a thought")
    title = reader.title()
    reader.get_by_role("link", name="Show more comments").click()
    if not javascript:
        expect(reader).to_have_url(re.compile(r"\?page=2#comments$"))
        expect(reader).to_have_title(re.compile("Comments, page 2"))
        expect(reader.locator("article.comment")).to_have_count(1)
        reader.get_by_role("link", name="Comments before these").click()
        expect(reader.locator("article.comment")).to_have_count(20)
        return
    expect(reader.locator("article.comment")).to_have_count(21)
    expect(reader.locator("article.comment").last).to_be_focused()
    expect(reader.locator("#status")).to_have_text("One more comment is shown.")
    expect(reader.get_by_role("link", name="Show more comments")).to_have_count(0)
    expect(reader.locator("#body")).to_have_value("Half a thought")
    assert (reader.title(), "page=2" in reader.url) == (title, False)


def test_another_order_keeps_what_is_being_typed(tab: Tab, long_discussion: str,
                                                 javascript: bool) -> None:
    reader = tab(javascript=javascript)
    reader.goto(long_discussion)
    last = reader.locator("article.comment").first.get_attribute("id")
    write(reader, "Half a thought")
    reader.get_by_role("link", name="Newest first").click()
    order = reader.get_by_role("link", name="Newest first")
    expect(order).to_have_attribute("aria-current", "true")
    expect(reader.locator(f"#{last}")).to_have_count(0)
    expect(reader.locator("article.comment")).to_have_count(20)
    if javascript:
        expect(order).to_be_focused()
        expect(reader.locator("#body")).to_have_value("Half a thought")


def test_a_permalink_opens_the_page_that_shows_the_comment(tab: Tab, long_discussion: str,
                                                           javascript: bool) -> None:
    reader = tab(javascript=javascript)
    reader.goto(f"{long_discussion}?page=2")
    comment = str(reader.locator("article.comment").get_attribute("id"))
    reader.goto(f"/comments/{comment.removeprefix('comment-')}")
    expect(reader).to_have_url(re.compile(rf"\?page=2#{comment}$"))
    expect(reader.locator(f"#{comment}")).to_be_in_viewport()


def test_a_preview_shows_the_comment_and_keeps_the_form(tab: Tab, site: Site,
                                                        backstage: Backstage,
                                                        javascript: bool) -> None:
    path, text = backstage.post(), word()
    reader = tab(javascript=javascript, width=390)
    reader.goto(path)
    write(reader, f"> said before\n\nCode: `{text}`, https://example.org/")
    reader.get_by_role("button", name="Preview").click()
    preview = reader.locator("#comment-preview")
    expect(preview.locator("blockquote")).to_have_text("said before")
    expect(preview.locator("code")).to_have_text(text)
    expect(preview.get_by_role("link")).to_have_attribute("rel", re.compile("ugc nofollow"))
    expect(preview).to_be_in_viewport()
    expect(reader.get_by_label("Name")).to_have_value("Rita Reader")
    desk = backstage.messenger("editor").get(f"/desk/?q={text}").text
    assert 'class="desk-item"' not in desk
    reader.get_by_role("button", name="Send comment").click()
    expect(reader.locator("main").get_by_text("waiting for review")).to_be_visible()
    assert backstage.item(text)


def test_a_preview_needs_a_comment_and_nothing_else(tab: Tab, backstage: Backstage,
                                                    javascript: bool) -> None:
    reader = tab(javascript=javascript)
    reader.goto(backstage.post())
    with expecting(reader, 422):
        reader.get_by_role("button", name="Preview").click()
        expect(reader.locator("#comment-preview")).to_contain_text("There is nothing in it yet")
    reader.locator("#body").fill("A thought or two.")
    reader.get_by_role("button", name="Preview").click()
    expect(reader.locator("#comment-preview .comment-body")).to_have_text("A thought or two.")


def test_a_shout_is_nudged_and_sent_all_the_same(tab: Tab, backstage: Backstage,
                                                 javascript: bool) -> None:
    text = word()
    reader = tab(javascript=javascript)
    reader.goto(backstage.post())
    write(reader, f"NO WAY!!! {text}")
    if not javascript:
        reader.get_by_role("button", name="Preview").click()
    nudge = reader.locator(".nudge:not(:empty)")
    expect(nudge).to_contain_text("read as shouting")
    if javascript:
        reader.locator("#body").fill(f"No way, {text}, not in our yard.")
        expect(nudge).to_have_count(0)
    reader.get_by_role("button", name="Send comment").click()
    expect(reader.locator("main").get_by_text("waiting for review")).to_be_visible()


def test_the_script_and_the_server_nudge_alike(page: Page, backstage: Backstage) -> None:
    page.goto(backstage.post())
    found = page.evaluate("""async texts => {
        const comment = document.querySelector('script[src$="js/comment.js"]').src;
        const {nudge} = await import(new URL("nudging.js", comment));
        return texts.map(text => nudge(text) || null);
    }""", [text for text, _kind in EXAMPLES])
    assert list(zip([text for text, _kind in EXAMPLES], found, strict=True)) == [
        (text, kind) for text, kind in EXAMPLES]


def test_thanks_are_given_and_taken_back(tab: Tab, backstage: Backstage,
                                         javascript: bool) -> None:
    held = backstage.comment(approved=True)
    reader = tab(javascript=javascript)
    reader.goto(held.path)
    reader.get_by_role("button", name="Thank Rita Reader").click()
    if not javascript:
        expect(reader.locator("h1")).to_have_text("Thank you")
        reader.get_by_role("link", name="Back to the comment").click()
        expect(reader).to_have_url(re.compile(r"#comment-\w+$"))
        return
    expect(reader.locator(".thanks")).to_contain_text("Thanked")
    back = reader.get_by_role("button", name="Take back")
    expect(back).to_be_focused()
    back.click()
    expect(reader.get_by_role("button", name="Thank Rita Reader")).to_be_visible()
