"""Two editors at one desk, and the desk without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tab
from tests.browser.running import Backstage, Site, address, until, word
from tests.browser.watching import expecting


def decide(editor: Page, item: int, button: str) -> None:
    editor.locator(f"#item-{item}").get_by_role("button", name=button).click()


def test_the_second_editor_is_told_and_nothing_happens_twice(
        site: Site, tab: Tab, backstage: Backstage, javascript: bool) -> None:
    held = backstage.comment()
    first, second = (tab(role, javascript=javascript) for role in ("editor", "admin"))
    for editor in (first, second):
        editor.goto(f"/desk/?q={held.word}")
    decide(first, held.item, "Approve")
    until(lambda: site.shows(held.path, held.word), 20, "the first decision is done")
    with expecting(second, 409):
        decide(second, held.item, "Reject")
        said = second.locator("#toasts" if javascript else "main")
        expect(said).to_contain_text("Somebody was faster")
        expect(said).to_contain_text("Helen Marsh has decided it already: approved")
    if javascript:
        expect(second.locator(f"#item-{held.item}")).to_have_count(0)
    assert site.shows(held.path, held.word)
    first.goto(f"/desk/items/{held.item}")
    expect(first.locator("#log tbody tr")).to_have_count(1)


def test_a_decision_is_taken_back_once(tab: Tab, backstage: Backstage, javascript: bool) -> None:
    held = backstage.comment()
    backstage.decide(held, "rejection")
    first, second = (tab(role, javascript=javascript) for role in ("editor", "admin"))
    for editor in (first, second):
        editor.goto("/desk/log")
    undo = [editor.locator("tbody tr").first.get_by_role("button", name="Undo")
            for editor in (first, second)]
    undo[0].click()
    expect(first.locator("#toasts")).to_contain_text("waits again")
    with expecting(second, 409):
        undo[1].click()
        expect(second.locator("main")).to_contain_text("taken back before")
    assert backstage.item(held.word) == held.item


def test_a_card_of_a_withdrawn_comment_says_so(tab: Tab, backstage: Backstage,
                                               javascript: bool) -> None:
    reader = tab(javascript=False)
    reader.goto(backstage.post())
    for name, value in (("author_name", "Rita"), ("author_email", address()),
                        ("body", f"About {(text := 'w' + reader.url[-9:])}.")):
        reader.locator(f"#{name}").fill(value)
    reader.get_by_role("button", name="Send comment").click()
    editor = tab("editor", javascript=javascript)
    editor.goto(f"/desk/?q={text}")
    reader.get_by_role("button", name="Withdraw it").click()
    with expecting(editor, 409):
        editor.locator(".desk-item").get_by_role("button", name="Approve").click()
        expect(editor.locator("#toasts" if javascript else "main")).to_contain_text("withdrawn")


def test_a_card_that_was_changed_meanwhile_is_read_anew_and_stays_in_hand(
        site: Site, tab: Tab, backstage: Backstage) -> None:
    path, text = backstage.post(), word()
    follow = site.stranger.post(f"{path}/comments", author_name="Rita", author_email=address(),
                                body=f"Before: {text}.")
    other, editor = backstage.comment(path), tab("editor")
    editor.goto(f"/desk/?q={path.rsplit('-', 1)[1]}&order=urgent")
    card = editor.locator(f"#item-{backstage.item(text)}")
    site.stranger.post(f"{follow}/text", body=f"After: {text}.")
    with expecting(editor, 409):
        editor.keyboard.press("a")
        expect(card).to_contain_text(f"After: {text}.")
    expect(editor.locator("#toasts")).to_contain_text("The sender has changed it")
    expect(card).to_be_focused()
    editor.keyboard.press("a")
    expect(card).to_have_count(0)
    expect(editor.locator(f"#item-{other.item}")).to_be_focused()


def test_the_whole_desk_works_without_javascript(site: Site, tab: Tab,
                                                 backstage: Backstage) -> None:
    path = backstage.post()
    held = [backstage.comment(path) for _ in range(3)]
    editor = tab("editor", javascript=False)
    editor.goto("/desk/")
    editor.get_by_label("Search what waits").fill(held[0].word)
    editor.get_by_role("button", name="Search").click()
    card = editor.locator(".desk-item")
    expect(card).to_have_id(f"item-{held[0].item}")
    card.get_by_role("button", name="I take it").click()
    editor.goto(f"/desk/items/{held[0].item}")
    expect(editor.locator(".claimed")).to_contain_text("You have this open")
    editor.locator("details.reasons summary").click()
    editor.get_by_label("Reason", exact=True).select_option("Off topic")
    editor.get_by_label("Message").fill("Ask it under the other post.")
    editor.get_by_role("button", name="Reject").click()
    editor.goto("/desk/log")
    row = editor.locator("tbody tr").first
    expect(row).to_contain_text("Off topic Ask it under the other post.")
    editor.goto("/desk/?kind=comment")
    expect(editor.locator(".desk-filters [aria-current=page]")).to_contain_text("Comments")
    decide(editor, held[1].item, "Spam")
    editor.goto(f"/desk/?q={held[2].word}")
    decide(editor, held[2].item, "Approve")
    assert site.shows(path, held[2].word)
    assert not site.shows(path, held[0].word)
    assert not site.shows(path, held[1].word)
    expect(editor.locator("#show-keys")).to_be_hidden()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_card_is_decided_at_any_width(tab: Tab, backstage: Backstage, width: int) -> None:
    held = backstage.comment()
    editor = tab("editor", width=width, has_touch=width < 600)
    editor.goto(f"/desk/?q={held.word}")
    button = editor.locator(".desk-item").get_by_role("button", name="Approve")
    button.tap() if width < 600 else button.click()
    expect(editor.locator(".desk-item")).to_have_count(0)
    undo = editor.locator("#toasts").get_by_role("button", name="Undo")
    expect(undo).to_be_in_viewport()
    undo.tap() if width < 600 else undo.click()
    expect(editor.locator(f"#item-{held.item}")).to_be_visible()


def test_a_guest_and_a_stranger_find_the_desk_closed(tab: Tab, javascript: bool) -> None:
    stranger = tab(javascript=javascript)
    stranger.goto("/desk/")
    expect(stranger.locator("h1")).to_have_text("Sign in")
    guest = tab("guest", javascript=javascript)
    with expecting(guest, 403):
        guest.goto("/desk/")
        expect(guest.locator("h1")).to_have_text("This door is closed")
