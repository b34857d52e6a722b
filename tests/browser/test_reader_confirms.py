"""A reader confirms an address by mail, finds their comments, and ends the mail with one press."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tab
from tests.browser.running import Backstage, Site, until, word
from tests.browser.test_axe import AXE, assert_faultless


def write(page: Page, path: str, email: str, body: str) -> None:
    """Sends a comment under the entry at a path."""
    page.goto(path)
    form = page.locator("#comment-form")
    form.get_by_label("Name").fill("Rita Reader")
    form.get_by_label("E-mail").fill(email)
    form.get_by_label("Comment").fill(body)
    form.get_by_role("button", name="Send comment").click()


def link_to(site: Site, email: str, kind: str, seconds: float) -> str:
    """The path of this kind in the newest mail to an address."""
    mail = until(lambda: [each for each in site.mails(email) if f"/reader/{kind}/" in each],
                 seconds, f"a mail with a {kind} link leaves")[-1]
    return re.search(rf"/reader/{kind}/[\w-]+", mail).group()  # type: ignore[union-attr]


def test_a_confirmed_reader_finds_what_they_sent(
        site: Site, backstage: Backstage, tab: Tab, javascript: bool) -> None:
    text, page = word(), tab(javascript=javascript)
    email = f"{text}@reader.example"
    write(page, backstage.post(), email, f"About the {text}.")
    page.get_by_role("button", name="Confirm my address").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    # It is no decision: nobody waits half a minute for it.
    page.goto(link_to(site, email, "confirm", 20))
    page.get_by_role("button", name="Yes, it is mine").click()
    expect(page.locator("#own-comments li")).to_contain_text(text)
    expect(page.locator("#own-comments li")).to_contain_text("Waiting")
    page.get_by_role("link", name=re.compile(text)).click()
    expect(page.locator("h1")).to_have_text("Your comment is waiting")
    expect(page.get_by_role("button", name="Confirm my address")).to_have_count(0)
    page.goto("/reader/")
    page.get_by_role("button", name="Sign out here").click()
    expect(page.get_by_role("button", name="Send me a link")).to_be_visible()


def test_every_page_of_a_reader_is_faultless(site: Site, backstage: Backstage, tab: Tab) -> None:
    text, page = word(), tab()
    page.add_init_script(path=AXE)
    email = f"{text}@reader.example"
    page.goto("/reader/")
    assert_faultless(page)
    write(page, backstage.post(), email, f"About the {text}.")
    page.get_by_role("button", name="Confirm my address").click()
    expect(page.locator("#confirm", has_text="Look into your mail")).to_be_focused()
    assert_faultless(page)
    page.goto(link_to(site, email, "confirm", 20))
    assert_faultless(page)
    page.get_by_role("button", name="Yes, it is mine").click()
    page.get_by_text("Forget me").first.click()
    assert_faultless(page)
    page.get_by_role("button", name="Stop this mail").click()
    expect(page.get_by_role("button", name="Mail me again")).to_be_visible()
    page.get_by_text("Forget me").first.click()
    page.get_by_role("button", name="Forget me").click()
    expect(page.locator("h1")).to_have_text("You are forgotten")
    assert_faultless(page)


@pytest.mark.parametrize("path", ["/reader/asked", "/reader/forgotten"])
def test_what_is_told_to_everybody_is_faultless(tab: Tab, path: str) -> None:
    page = tab()
    page.add_init_script(path=AXE)
    page.goto(path)
    assert_faultless(page)
