"""The rulebook with JavaScript: rules move by buttons, a rehearsal appears beside the form.

Nothing is saved here: other tests need the rules as they came.
"""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Tab
from tests.browser.watching import expecting


@pytest.fixture
def book(tab: Tab) -> Page:
    """An editor before the rulebook."""
    editor = tab("editor")
    editor.goto("/desk/rules")
    expect(move(editor, "links", "up")).to_be_visible()
    return editor


def move(page: Page, rule: str, way: str) -> Locator:
    return page.locator(f"#rule-{rule} .rule-move", has_text=way)


def order(page: Page) -> list[str]:
    return [str(each) for each in page.evaluate(
        "[...document.querySelectorAll('.rule')].map(rule => rule.id.slice(5))")]


def test_a_rule_moves_by_keyboard_keeps_the_focus_and_says_where_it_is(book: Page) -> None:
    before = order(book)
    place = before.index("links")
    move(book, "links", "up").focus()
    book.keyboard.press("Enter")
    expect(book.locator("#status")).to_have_text(f"Links is now number {place} of {len(before)}.")
    expect(move(book, "links", "up")).to_be_focused()
    book.keyboard.press("Enter")
    assert order(book).index("links") == place - 2
    for number, name in enumerate(order(book), 1):
        expect(book.locator(f"#rule-{name} .rule-place input")).to_have_value(str(number))
    move(book, "links", "down").click()
    move(book, "links", "down").click()
    assert order(book) == before


def test_the_first_does_not_go_up_and_the_last_not_down(book: Page) -> None:
    before = order(book)
    for name, way in ((before[0], "up"), (before[-1], "down")):
        expect(move(book, name, way)).to_have_attribute("aria-disabled", "true")
        move(book, name, way).dispatch_event("click")
    assert order(book) == before


def test_a_typed_number_moves_its_rule_there(book: Page) -> None:
    before = order(book)
    number = book.locator("#rule-links .rule-place input")
    number.fill("2")
    number.press("Tab")
    assert order(book).index("links") == 1
    book.locator("#rule-links .rule-place input").fill("99")
    book.keyboard.press("Tab")
    assert order(book).index("links") == 1
    assert sorted(order(book)) == sorted(before)


def test_a_rehearsal_appears_beside_the_form_which_stays_as_it_was(book: Page) -> None:
    most = book.locator("[name='links-set_most']")
    most.fill("0")
    book.get_by_role("button", name="Rehearse").click()
    expect(book.locator("#told-hold")).to_contain_text("Would have held")
    expect(book.locator("#status")).to_contain_text("Rehearsed. Would have held")
    expect(book.locator("#rehearsal-title")).to_be_focused()
    expect(most).to_have_value("0")
    with expecting(book, 422):
        most.fill("lots")
        book.get_by_role("button", name="Rehearse").click()
        expect(book.locator(".error-summary")).to_contain_text("A whole number from 0 to 100")
    expect(book.locator(".error-summary")).to_be_focused()
    expect(most).to_have_value("lots")
    move(book, "links", "up").click()
    expect(book.locator("#status")).to_contain_text("Links is now number")
    most.fill("0")
    book.get_by_role("button", name="Rehearse").click()
    expect(book.locator(".error-summary, .field-error, [aria-invalid]")).to_have_count(0)
    expect(book.locator("#rehearsal-title")).to_be_focused()
