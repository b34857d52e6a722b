"""What an editor types and ticks: reasons bring their messages, nothing typed is lost or glued."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tab
from tests.browser.running import Backstage

OFF_TOPIC, ATTACK = "Thank you for writing.", "Please disagree with what was said"


@pytest.fixture
def card(tab: Tab, backstage: Backstage) -> Page:
    """An editor before one card, with its message open."""
    held, editor = backstage.comment(), tab("editor")
    editor.goto(f"/desk/?q={held.word}")
    editor.keyboard.press("m")
    return editor


def beginning(words: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(words)}")


def test_another_reason_takes_its_message_along_and_leaves_what_was_typed(card: Page) -> None:
    reason = card.get_by_label("Reason", exact=True)
    message = card.locator(".desk-item [name=message]")
    reason.select_option("Off topic")
    expect(message).to_have_value(beginning(OFF_TOPIC))
    message.press("Control+End")
    message.press_sequentially(" Yours, Helen.")
    reason.select_option("Personal attack")
    expect(message).to_have_value(beginning(ATTACK))
    assert message.input_value().endswith(" Yours, Helen.")
    assert OFF_TOPIC not in message.input_value()
    message.press("Control+z")
    expect(message).to_have_value(beginning(OFF_TOPIC))
    message.fill("In my own words.")
    reason.select_option("Hard to understand")
    expect(message).to_have_value("In my own words.")


def test_sending_back_is_offered_where_something_ticked_can_be_sent_back(
        tab: Tab, backstage: Backstage, javascript: bool) -> None:
    piece, comment = backstage.submission(), backstage.comment()
    editor = tab("editor", javascript=javascript)
    editor.goto("/desk/")
    back = editor.get_by_role("button", name="Send them back")
    approve = editor.get_by_role("button", name="Approve them")
    editor.locator(f"#item-{comment.item}-select").check()
    expect(approve).to_be_visible()
    expect(back).to_be_hidden()
    editor.locator(f"#item-{piece.item}-select").check()
    expect(back).to_be_visible()
    back.click()
    expect(editor.locator("#toasts")).to_contain_text("1 sent back. 1 left")
    expect(editor.locator(".item-select:checked")).to_have_id(f"item-{comment.item}-select")
    expect(back).to_be_hidden()


def test_zen_with_nothing_left_shows_what_comes_in(tab: Tab, backstage: Backstage) -> None:
    path = backstage.post()
    phone = tab("editor", width=390, has_touch=True)
    phone.goto(f"/desk/zen?q={path.rsplit('-', 1)[1]}")
    expect(phone.get_by_role("heading", name="All done.")).to_be_visible()
    held = backstage.comment(path)
    phone.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(phone.locator(f"#item-{held.item}")).to_be_focused()
    expect(phone.locator(".zen-left")).to_have_text("1 left")
