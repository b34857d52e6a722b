"""The desk in motion: many at once, who has what open, what is new, one card at a time."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tab
from tests.browser.running import Backstage, Held, word

Desk = Callable[..., tuple[Page, str, list[Held]]]
CURRENT = ".desk-item[aria-current=true]"
ASK = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def desk(tab: Tab, backstage: Backstage) -> Desk:
    """An editor before some comments under one post: the page, the post's path, the comments."""
    def opened(number: int, **options: bool) -> tuple[Page, str, list[Held]]:
        path = backstage.post(f"Much said {word()}")
        held = [backstage.comment(path) for _ in range(number)]
        editor = tab("editor", **options)
        editor.goto(queue(path))
        return editor, path, held
    return opened


def queue(path: str) -> str:
    return f"/desk/?q={path.rsplit('-', 1)[1]}"


def test_x_selects_and_one_decision_clears_the_lot_and_z_brings_it_back(desk: Desk) -> None:
    editor, _path, _held = desk(4)
    approve = editor.get_by_role("button", name="Approve them")
    expect(approve).to_be_hidden()
    for key in "xjx":
        editor.keyboard.press(key)
    expect(editor.locator(".bulk-ticked")).to_have_text("(2)")
    approve.click()
    expect(editor.locator("#toasts")).to_contain_text("2 approved.")
    expect(editor.locator(".desk-item")).to_have_count(2)
    expect(editor.locator("#status")).to_contain_text("2 approved.")
    expect(editor.locator(CURRENT)).to_be_focused()
    editor.keyboard.press("z")
    expect(editor.locator("#toasts")).to_contain_text("2 taken back.")
    expect(editor.locator(".desk-item")).to_have_count(4)
    expect(editor.locator(CURRENT)).to_be_focused()


def test_shift_selects_a_range_and_select_all_decides_nothing(desk: Desk) -> None:
    editor, _path, _held = desk(4)
    boxes = editor.locator(".item-select")
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(editor.locator(".item-select:checked")).to_have_count(3)
    editor.locator("h1").click()
    editor.keyboard.press("Control+a")
    expect(editor.locator(".desk-item")).to_have_count(4)
    editor.get_by_label("All 4 on this page").check()
    expect(editor.locator(".item-select:checked")).to_have_count(4)
    boxes.nth(1).uncheck()
    expect(editor.get_by_label("What I tick")).to_be_checked()
    editor.get_by_role("button", name="Spam, all").click()
    expect(editor.locator("#toasts")).to_contain_text("3 spam.")
    expect(editor.locator(".desk-item")).to_have_count(1)


def test_all_that_match_with_javascript_or_without(desk: Desk, javascript: bool) -> None:
    editor, _path, _held = desk(51, javascript=javascript)
    expect(editor.locator(".desk-item")).to_have_count(50)
    editor.get_by_label("All 51 that match this filter").check()
    editor.get_by_role("button", name="Reject them").click()
    expect(editor.locator("#toasts")).to_contain_text("51 rejected.")
    expect(editor.locator(".desk-item")).to_have_count(0)
    editor.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(editor.locator("#toasts")).to_contain_text("51 taken back.")
    if not javascript:
        return
    expect(editor.locator(".desk-item")).to_have_count(50)
    expect(editor.locator("a[rel=next]")).to_be_visible()


def test_the_slower_of_two_lots_is_told_what_was_decided_before(desk: Desk, tab: Tab) -> None:
    first, path, _held = desk(3)
    second = tab("admin")
    second.goto(queue(path))
    first.keyboard.press("a")
    expect(first.locator(".desk-item")).to_have_count(2)
    second.get_by_label("All 3 on this page").check()
    second.get_by_role("button", name="Spam, all").click()
    expect(second.locator("#toasts")).to_contain_text(
        "2 spam. 1 had been decided or changed already.")


def test_what_comes_in_is_announced_and_comes_in_at_the_top_in_its_time(
        desk: Desk, backstage: Backstage) -> None:
    editor, path, held = desk(6)
    for _ in range(3):
        editor.keyboard.press("j")
    current = str(editor.locator(CURRENT).get_attribute("id"))
    at = editor.locator(CURRENT).bounding_box()
    new = backstage.comment(path)
    editor.evaluate(ASK)
    link = editor.get_by_role("link", name="1 new. Show it")
    expect(link).to_be_visible()
    expect(editor.locator(".desk-item")).to_have_count(len(held))
    editor.keyboard.press("k")
    editor.keyboard.press("j")
    at = editor.locator(CURRENT).bounding_box()
    link.evaluate("link => link.click()")
    expect(editor.locator(".desk-item").first).to_have_id(f"item-{new.item}")
    expect(editor.locator(CURRENT)).to_have_id(current)
    expect(editor.locator(CURRENT)).to_be_focused()
    expect(link).to_have_count(0)
    there = editor.locator(CURRENT).bounding_box()
    assert at is not None
    assert there is not None
    assert abs(at["y"] - there["y"]) < 60, "the reader's place has not moved away"


def test_others_see_who_has_a_card_and_that_it_is_decided(desk: Desk, tab: Tab) -> None:
    first, path, _held = desk(2)
    second = tab("admin")
    second.goto(queue(path))
    with first.expect_response("**/claim"):
        first.keyboard.press("r")
    card = str(first.locator(CURRENT).get_attribute("id"))
    second.evaluate(ASK)
    expect(second.locator(f"#{card} .claimed")).to_contain_text("Helen Marsh has this open")
    first.keyboard.press("1")
    expect(first.locator(".desk-item")).to_have_count(1)
    second.evaluate(ASK)
    expect(second.locator(f"#{card}")).to_contain_text("Somebody else has just decided it")
    second.keyboard.press("j")
    expect(second.locator(f"#{card}")).to_have_count(0)
    expect(second.locator(".desk-item")).to_have_count(1)


def test_moving_on_lets_a_card_go(desk: Desk, tab: Tab) -> None:
    editor, path, _held = desk(2)
    with editor.expect_response("**/claim"):
        editor.keyboard.press("m")
    editor.keyboard.press("Escape")
    with editor.expect_response("**/claim"):
        editor.keyboard.press("j")
    other = tab("admin")
    other.goto(queue(path))
    expect(other.locator(".claimed:visible")).to_have_count(0)


def test_after_a_sign_out_it_says_so_and_asks_no_more(desk: Desk) -> None:
    editor, _path, _held = desk(1)
    editor.route("**/_/desk/news?*", lambda route: route.fulfill(status=204))
    # While one question is open no second is asked, so its answer is waited for.
    with editor.expect_response("**/_/desk/news?*"):
        editor.evaluate(ASK)
    editor.unroute("**/_/desk/news?*")
    editor.evaluate("window.fetch = () => Promise.resolve(new Response('', {status: 403}))")
    editor.evaluate(ASK)
    expect(editor.locator("#news")).to_contain_text("You are signed out")
    expect(editor.get_by_role("link", name="Sign in again")).to_be_visible()


def test_zen_brings_one_card_after_the_other_to_a_thumb(desk: Desk, tab: Tab,
                                                        javascript: bool) -> None:
    _editor, path, held = desk(3)
    phone = tab("editor", javascript=javascript, width=390, has_touch=True)
    phone.goto(queue(path))
    phone.get_by_role("link", name="One by one").tap()
    expect(phone.locator(".zen-left")).to_have_text("3 left")
    for each, left in ((held[2], "2 left"), (held[1], "1 left")):
        card = phone.locator(f"#item-{each.item}")
        approve = card.get_by_role("button", name="Approve")
        expect(approve).to_be_in_viewport()
        approve.tap()
        expect(phone.locator(".zen-left")).to_have_text(left)
    expect(phone.locator("#toasts")).to_contain_text("Approved: Rita Reader.")
    thumb = phone.locator(".zen-moves")
    undo = thumb.get_by_role("button", name="Undo")
    for button in (undo, thumb.get_by_role("link", name="Skip")):
        expect(button).to_be_in_viewport(ratio=1)
        button.tap()
        expect(phone.locator(".zen-left")).to_have_text("2 left")
    expect(phone.locator(f"#item-{held[0].item}")).to_be_visible()


def test_zen_by_keys_ends_with_a_word(desk: Desk) -> None:
    editor, path, _held = desk(2)
    editor.goto(queue(path).replace("/desk/", "/desk/zen"))
    for key, left in (("j", 2), ("k", 2), ("s", 1), ("z", 2), ("a", 1)):
        editor.keyboard.press(key)
        expect(editor.locator(".zen-left")).to_have_text(f"{left} left")
        expect(editor.locator(CURRENT)).to_be_visible()
    expect(editor.locator(CURRENT)).to_be_focused()
    editor.keyboard.press("r")
    editor.keyboard.press("9")
    expect(editor.get_by_role("heading", name="All done.")).to_be_visible()
    expect(editor.locator("#main")).to_be_focused()


def test_the_next_piece_in_zen_is_read_from_its_beginning(tab: Tab, backstage: Backstage) -> None:
    pieces = [backstage.submission() for _ in range(2)]
    phone = tab("editor", width=390)
    phone.set_viewport_size({"width": 390, "height": 480})
    phone.goto("/desk/zen?kind=submission")
    expect(phone.locator(f"#item-{pieces[1].item}")).to_be_visible()
    phone.keyboard.press("m")
    phone.keyboard.press("Escape")
    phone.evaluate("scrollTo(0, document.body.scrollHeight)")
    phone.keyboard.press("s")
    card = phone.locator(f"#item-{pieces[0].item}")
    expect(card).to_be_focused()
    expect(card.get_by_text("Guest post")).to_be_in_viewport()
