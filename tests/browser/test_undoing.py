"""Every decision can be taken back: by the toast, by the key z, from the log."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tab
from tests.browser.running import Backstage, Held, Site, until
from tests.feeds.feed_server import FeedServer

KINDS = {
    "comment": ("Approve", "Reject", "Spam"),
    "submission": ("Publish", "Reject", "Send back", "Spam"),
    "feed_item": ("Publish", "Reject", "Spam"),
}
DECISIONS = [(kind, button) for kind, buttons in KINDS.items() for button in buttons]


@pytest.fixture
def held(kind: str, backstage: Backstage, feed_server: FeedServer) -> Held:
    """Something of each kind that waits at the desk."""
    make: Callable[..., Held] = getattr(backstage, kind)
    return make(feed_server) if kind == "feed_item" else make()


def is_public(site: Site, held: Held) -> bool:
    answer = site.stranger.get(held.path)
    return answer.status == 200 and held.word in answer.text


def decide(editor: Page, held: Held, button: str, javascript: bool = True) -> None:
    editor.goto(f"/desk/?q={held.word}")
    card = editor.locator(f"#item-{held.item}")
    card.get_by_role("button", name=button).click()
    if javascript:
        expect(card).to_have_count(0)
    else:
        expect(editor.locator("#toasts").get_by_role("button", name="Undo")).to_be_visible()


def undo_in_the_log(editor: Page, held: Held) -> None:
    editor.goto("/desk/log")
    row = editor.locator("tbody tr").first
    expect(row.get_by_role("link")).to_have_attribute("href", f"/desk/items/{held.item}")
    row.get_by_role("button", name="Undo").click()
    expect(editor).to_have_url(re.compile("/desk/log$"))
    expect(editor.locator("#toasts")).to_contain_text("waits again")


def assert_waits_again(site: Site, editor: Page, held: Held) -> None:
    """Readers see nothing of it within a second, and no mail has left."""
    until(lambda: not is_public(site, held), 1, "it is gone for readers")
    assert not site.mails(held.word)
    editor.goto(f"/desk/?q={held.word}")
    expect(editor.locator(".desk-item")).to_have_id(f"item-{held.item}")


@pytest.mark.parametrize(("kind", "button"), DECISIONS)
def test_a_decision_is_taken_back_by_toast_by_key_and_from_the_log(
        site: Site, tab: Tab, held: Held, button: str) -> None:
    editor = tab("editor")
    publishes = button in {"Approve", "Publish"}
    for undo in (lambda: editor.locator("#toasts").get_by_role("button", name="Undo").click(),
                 lambda: editor.keyboard.press("z"), None):
        decide(editor, held, button)
        until(lambda: is_public(site, held) is publishes, 1, "readers see what was decided")
        if undo:
            undo()
            card = editor.locator(f"#item-{held.item}")
            expect(card).to_be_visible()
            expect(card.get_by_role("button", name=button)).to_be_visible()
            expect(editor.locator("#toasts button")).to_have_count(0)
            expect(editor.locator("#status")).to_contain_text("waits again")
        else:
            undo_in_the_log(editor, held)
        assert_waits_again(site, editor, held)


@pytest.mark.parametrize(("kind", "button"), DECISIONS)
def test_a_decision_is_taken_back_without_javascript(site: Site, tab: Tab, held: Held,
                                                     button: str) -> None:
    editor = tab("editor", javascript=False)
    decide(editor, held, button, javascript=False)
    assert is_public(site, held) is (button in {"Approve", "Publish"})
    undo_in_the_log(editor, held)
    assert_waits_again(site, editor, held)


def test_a_publication_that_came_back_goes_out_again_at_the_same_address(
        site: Site, tab: Tab, backstage: Backstage) -> None:
    held, editor = backstage.submission(), tab("editor")
    decide(editor, held, "Publish")
    editor.keyboard.press("z")
    card = editor.locator(f"#item-{held.item}")
    expect(card).to_be_visible()
    card.get_by_role("button", name="Publish").click()
    expect(card).to_have_count(0)
    until(lambda: is_public(site, held), 1, "it is public again")


def test_replies_go_and_come_with_what_they_answer(site: Site, tab: Tab,
                                                   backstage: Backstage) -> None:
    first = backstage.comment()
    editor = tab("editor")
    decide(editor, first, "Approve")
    reply = backstage.comment(first.path, parent=backstage.comment_id(first), approved=True)
    editor.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(editor.locator(f"#item-{first.item}")).to_be_visible()
    until(lambda: not is_public(site, reply), 1, "the reply is hidden with it")
    decide(editor, first, "Approve")
    until(lambda: is_public(site, reply), 1, "the reply is back with it")


def test_mail_leaves_after_half_a_minute_and_none_about_what_was_taken_back(
        site: Site, backstage: Backstage, told_early: tuple[Held, Held]) -> None:
    undone, stands = told_early
    log = backstage.messenger("editor").get(f"/desk/items/{stands.item}").text
    decided = re.findall(r'<time datetime="([^"]+)"', log[log.index('id="log"'):])[0]
    mail = until(lambda: site.mails(stands.word), 45, "the mail about the approval leaves")
    assert "guest@lectern.example" in mail[0]
    assert len(mail) == 1
    left = site.left_at(stands.word)
    assert left - datetime.fromisoformat(decided).timestamp() >= 30
    assert not site.mails(undone.word)


def test_a_decision_can_be_taken_back_on_its_own_page(tab: Tab, backstage: Backstage) -> None:
    held, editor = backstage.comment(), tab("editor")
    editor.goto(f"/desk/items/{held.item}")
    editor.locator(".desk-item").get_by_role("button", name="Approve").click()
    expect(editor.locator(".desk-item")).to_have_count(0)
    editor.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(editor.locator(f"#item-{held.item}")).to_be_visible()
    editor.reload()
    expect(editor.locator("#log tbody tr")).to_contain_text(re.compile("taken back by"))
