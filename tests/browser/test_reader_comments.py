"""A reader without an account says something, and everybody sees it once an editor agrees."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Tab
from tests.browser.running import Backstage, Site, until, word
from tests.browser.watching import expecting

FOLLOW = re.compile(r"/follow/[\w-]{20,}$")


@pytest.fixture(params=["post", "episode"])
def path(request: pytest.FixtureRequest, backstage: Backstage) -> str:
    """A post of its own, and then an episode."""
    make: Callable[[], str] = getattr(backstage, request.param)
    return make()


def write(reader: Page, body: str, name: str = "Rita Reader") -> Locator:
    """Fills in the comment form; returns its button."""
    form = reader.locator("#comment-form")
    form.get_by_label("Name").fill(name)
    form.get_by_label("E-mail").fill("rita@reader.example")
    form.get_by_label("What you do").fill("Baker")
    form.get_by_label("Comment").fill(body)
    return form.get_by_role("button", name="Send comment")


def send(reader: Page, body: str, javascript: bool) -> None:
    """Sends a comment and goes to the page that says where it stands."""
    write(reader, body).click()
    if javascript:
        reader.get_by_role("link", name="See where it stands").click()
    expect(reader).to_have_url(FOLLOW)


def approve(editor: Page, text: str, javascript: bool) -> float:
    """Approves the card with this word; returns the moment at which the desk answered."""
    editor.goto(f"/desk/?q={text}")
    card = editor.locator(".desk-item", has_text=text)
    with editor.expect_response(re.compile("/approval$")) as answer:
        card.get_by_role("button", name="Approve").click()
    moment = time.monotonic()
    assert answer.value.status == (200 if javascript else 303)
    return moment


def test_a_comment_waits_for_review_and_is_seen_within_a_second_of_its_approval(
        site: Site, tab: Tab, path: str, javascript: bool) -> None:
    text = word()
    reader = tab(javascript=javascript)
    reader.goto(path)
    write(reader, f"About the {text}.").click()
    if javascript:
        notice = reader.locator("#leave-a-comment")
        expect(notice).to_contain_text("waiting for review")
        expect(reader.locator("#comment-form")).to_have_count(0)
        expect(notice.get_by_role("link")).to_have_attribute("href", FOLLOW)
        notice.get_by_role("link").click()
    expect(reader).to_have_url(FOLLOW)
    expect(reader.locator(".page-head")).to_contain_text("waiting for review")
    expect(reader.locator(".what-you-wrote")).to_contain_text(text)
    assert not site.shows(path, text)
    approved = approve(tab("editor", javascript=javascript), text, javascript)
    until(lambda: site.shows(path, text), approved + 1 - time.monotonic(), "everybody sees it")
    fresh = tab(javascript=javascript)
    fresh.goto(path)
    comment = fresh.locator("article.comment", has_text=text)
    expect(comment).to_contain_text("Rita Reader")
    expect(comment).to_contain_text("Baker")
    assert "rita@reader.example" not in fresh.content()
    reader.reload()
    expect(reader.locator("h1")).to_have_text("Your comment is published")
    reader.get_by_role("link", name="See it on its page").click()
    expect(reader.locator("article.comment", has_text=text)).to_be_in_viewport()


def test_a_reply_stands_under_what_it_answers(tab: Tab, backstage: Backstage, path: str,
                                              javascript: bool) -> None:
    first, text = backstage.comment(path, approved=True), word()
    reader = tab(javascript=javascript)
    reader.goto(path)
    reader.evaluate("window.sameDocument = true")
    comment = reader.locator("article.comment", has_text=first.word)
    comment.get_by_role("link", name="Reply").click()
    form = reader.locator("#leave-a-comment")
    expect(form.get_by_role("heading")).to_have_text("Reply to Rita Reader")
    expect(form).to_contain_text(first.word)
    assert reader.evaluate("window.sameDocument") is (True if javascript else None)
    send(reader, f"In answer, {text}.", javascript)
    editor = tab("editor", javascript=javascript)
    editor.goto(f"/desk/?q={text}")
    expect(editor.locator(".item-context")).to_contain_text(first.word)
    approve(editor, text, javascript)
    reader.goto(path)
    thread = reader.locator(".comment-list > li", has_text=first.word)
    expect(thread.locator(".comment-replies article.comment")).to_contain_text(text)


def test_an_error_keeps_what_was_typed(tab: Tab, backstage: Backstage, javascript: bool) -> None:
    text = word()
    reader = tab(javascript=javascript)
    reader.goto(backstage.post())
    button = write(reader, f"A long thought about {text}.", name="...")
    with expecting(reader, 422):
        button.click()
        expect(reader.locator(".error-summary")).to_contain_text("Please say who you are")
    form = reader.locator("#comment-form")
    expect(form.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("Name")).to_have_value("...")
    expect(form.get_by_label("E-mail")).to_have_value("rita@reader.example")
    expect(form.get_by_label("What you do")).to_have_value("Baker")
    expect(form.get_by_label("Comment")).to_have_value(f"A long thought about {text}.")
    form.get_by_label("Name").fill("Rita")
    form.get_by_role("button", name="Send comment").click()
    expect(reader.locator("main").get_by_text("waiting for review")).to_be_visible()


def test_an_error_in_a_reply_still_answers_the_same_comment(tab: Tab, backstage: Backstage,
                                                            javascript: bool) -> None:
    first, text = backstage.comment(approved=True), word()
    reader = tab(javascript=javascript)
    reader.goto(first.path)
    reader.locator("article.comment").get_by_role("link", name="Reply").click()
    expect(reader.locator("#leave-a-comment-title")).to_have_text("Reply to Rita Reader")
    with expecting(reader, 422):
        write(reader, f"Indeed {text}.", name="").click()
        expect(reader.locator(".error-summary")).to_be_visible()
    expect(reader.locator("#leave-a-comment-title")).to_have_text("Reply to Rita Reader")
    send(reader, f"Indeed {text}.", javascript)
    expect(reader.locator(".what-you-wrote")).to_contain_text(text)
    editor = tab("editor", javascript=False)
    editor.goto(f"/desk/?q={text}")
    expect(editor.locator(".item-context")).to_contain_text(first.word)


def test_the_same_comment_sent_twice_is_one(tab: Tab, backstage: Backstage,
                                            javascript: bool) -> None:
    path, text = backstage.post(), word()
    reader = tab(javascript=javascript)
    reader.goto(path)
    send(reader, f"Once about {text}.", javascript)
    reader.goto(path)
    with expecting(reader, 422):
        write(reader, f"Once about {text}.").click()
        expect(reader.locator(".error-summary")).to_contain_text("before")
    assert backstage.item(text)


def test_a_waiting_comment_can_be_withdrawn_by_its_sender(tab: Tab, backstage: Backstage,
                                                          javascript: bool) -> None:
    text = word()
    reader = tab(javascript=javascript)
    reader.goto(backstage.post())
    send(reader, f"Never mind the {text}.", javascript)
    reader.get_by_role("button", name="Withdraw it").click()
    expect(reader.locator("h1")).to_have_text("You have withdrawn your comment")
    editor = tab("editor", javascript=javascript)
    editor.goto(f"/desk/?q={text}")
    expect(editor.locator(".desk-item")).to_have_count(0)
    expect(editor.locator("#desk-empty")).to_be_visible()
