"""The keyboard: keys at the desk, and where the focus is for whoever has no mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tab
from tests.browser.running import Backstage, address, word
from tests.browser.watching import expecting

FOCUS_IS_SEEN = """() => {
  const on = document.activeElement, style = getComputedStyle(on);
  return on !== document.body && on.matches(':focus-visible')
    && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
}"""


@pytest.fixture
def three(tab: Tab, backstage: Backstage) -> Page:
    """An editor before three comments under one post."""
    path = backstage.post(f"Three remarks {word()}")
    for _ in range(3):
        backstage.comment(path)
    editor = tab("editor")
    editor.goto(f"/desk/?q={path.rsplit('-', 1)[1]}")
    expect(editor.locator(".desk-item")).to_have_count(3)
    return editor


def selected(editor: Page) -> int:
    """Which of the cards is selected."""
    return int(editor.evaluate(
        "[...document.querySelectorAll('.desk-item')].findIndex(c => c.ariaCurrent === 'true')"))


def focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate(f"document.activeElement.matches({selector!r})"))


def expect_focus(page: Page, selector: str) -> None:
    """Waits until the focus is on `selector`: it moves just after an answer is swapped in."""
    expect(page.locator(selector)).to_be_focused()


def test_j_and_k_move_and_stop_at_the_ends(three: Page) -> None:
    expect(three.locator(".desk-item").first).to_have_attribute("aria-current", "true")
    expect(three.locator("#desk-empty")).to_be_hidden()
    for key, wanted in zip("kjjjkkk", (0, 1, 2, 2, 1, 0, 0), strict=True):
        three.keyboard.press(key)
        assert selected(three) == wanted
        expect_focus(three, ".desk-item[aria-current=true]")


@pytest.mark.parametrize(("keys", "said"), [
    ("a", "Approved"), ("rr", "Rejected"), ("r1", "Rejected"), ("s", "Spam")])
def test_a_key_decides_the_selected_card(three: Page, keys: str, said: str) -> None:
    three.keyboard.press("j")
    second = three.locator(".desk-item").nth(1).get_attribute("id")
    third = str(three.locator(".desk-item").nth(2).get_attribute("id"))
    for key in keys:
        three.keyboard.press(key)
    expect(three.locator(f"#{second}")).to_have_count(0)
    expect(three.locator("#toasts")).to_contain_text(f"{said}: ")
    expect(three.locator(".desk-item[aria-current=true]")).to_have_id(third)
    expect_focus(three, f"#{third}")


CURRENT = ".desk-item[aria-current=true]"
PRESS_WHEN_ONE_LEAVES = """key => new MutationObserver((_changes, watching) => {
  if (document.querySelectorAll('.desk-item').length === 3) return;
  watching.disconnect();
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
}).observe(document.getElementById('queue'), {childList: true, subtree: true})"""


def test_a_key_pressed_the_moment_a_card_leaves_is_for_the_next(three: Page) -> None:
    third = str(three.locator(".desk-item").nth(2).get_attribute("id"))
    three.evaluate(PRESS_WHEN_ONE_LEAVES, "s")
    three.keyboard.press("a")
    expect(three.locator(".desk-item")).to_have_count(1)
    expect(three.locator("#toasts")).to_contain_text("Spam: ")
    expect(three.locator(CURRENT)).to_have_id(third)
    expect_focus(three, f"#{third}")


def test_r_asks_for_a_reason_and_a_digit_gives_it(three: Page) -> None:
    item = str(three.locator(CURRENT).get_attribute("id")).removeprefix("item-")
    three.keyboard.press("3")
    three.keyboard.press("r")
    expect(three.locator(f"{CURRENT} .because")).to_have_attribute("open", "")
    expect(three.locator(".desk-item")).to_have_count(3)
    reason = three.locator(f"{CURRENT} [data-digit='3']")
    expect(reason).to_be_visible()
    words = reason.inner_text().splitlines()[0].strip()
    three.keyboard.press("3")
    expect(three.locator(".desk-item")).to_have_count(2)
    three.goto(f"/desk/items/{item}")
    expect(three.locator("#log tbody tr").first).to_contain_text("Rejected")
    expect(three.locator("#log tbody tr").first).to_contain_text(words)


def test_enter_rejects_without_a_reason_and_escape_thinks_better_of_it(three: Page) -> None:
    three.keyboard.press("r")
    three.keyboard.press("Escape")
    expect(three.locator(".because[open]")).to_have_count(0)
    expect_focus(three, CURRENT)
    three.keyboard.press("7")
    three.keyboard.press("r")
    expect(three.locator(f"{CURRENT} .because button").first).to_be_focused()
    expect(three.locator(".desk-item")).to_have_count(3)
    three.keyboard.press("Enter")
    expect(three.locator(".desk-item")).to_have_count(2)
    expect(three.locator("#toasts")).to_contain_text("Rejected: ")


def test_b_asks_what_is_wished_and_sends_it_back(tab: Tab, backstage: Backstage) -> None:
    held, editor = backstage.submission(), tab("editor")
    editor.goto(f"/desk/?q={held.word}")
    editor.keyboard.press("b")
    expect_focus(editor, f"{CURRENT} .item-actions textarea")
    editor.keyboard.type("Please say more about barges.")
    editor.keyboard.press("Escape")
    expect_focus(editor, CURRENT)
    expect(editor.locator("#toasts")).to_be_empty()
    editor.keyboard.press("b")
    expect(editor.locator("#toasts")).to_contain_text("Sent back: ")
    editor.goto(f"/desk/items/{held.item}")
    expect(editor.locator("#log tbody tr").first).to_contain_text("more about barges")


def test_b_does_nothing_where_nothing_can_be_sent_back(three: Page) -> None:
    three.keyboard.press("b")
    three.keyboard.press("b")
    expect(three.locator(".item-actions details[open]")).to_have_count(0)
    expect(three.locator(".desk-item")).to_have_count(3)


def test_a_key_held_down_decides_one_card(three: Page) -> None:
    three.keyboard.down("a")
    for _ in range(5):
        three.keyboard.down("a")
    three.keyboard.up("a")
    expect(three.locator(".desk-item")).to_have_count(2)
    three.wait_for_load_state("networkidle")
    expect(three.locator(".desk-item")).to_have_count(2)


def test_keys_are_only_letters_while_one_types(three: Page) -> None:
    three.keyboard.press("/")
    expect_focus(three, "#q")
    three.locator("#q").fill("")
    three.keyboard.type("arsbjkz?/")
    expect(three.locator("#q")).to_have_value("arsbjkz?/")
    three.keyboard.press("Escape")
    three.keyboard.press("m")
    expect_focus(three, ".desk-item[aria-current=true] select")
    three.keyboard.press("Tab")
    three.keyboard.type("as a rule")
    message = three.locator(".desk-item[aria-current=true] .item-actions textarea")
    expect(message).to_have_value("as a rule")
    expect(three.locator(".desk-item")).to_have_count(3)
    expect(three.locator("#toasts")).to_be_empty()


def test_selecting_text_or_a_modifier_decides_nothing(three: Page) -> None:
    asked: list[str] = []
    three.on("request", lambda request: asked.append(request.url))
    three.locator(".desk-item .item-text").first.dblclick()
    for keys in ("Control+a", "Meta+a", "Alt+a", "Control+Shift+a", "Control+s", "Control+z",
                 "Shift+a", "Shift+s"):
        three.keyboard.press(keys)
    three.locator(".desk-item .item-text").nth(1).click(click_count=3)
    assert three.evaluate("getSelection().toString().length") > 3
    expect(three.locator(".desk-item")).to_have_count(3)
    assert [url for url in asked if not url.endswith("/claim") and "/_/" not in url] == []


def test_a_question_mark_opens_the_help_and_keys_rest_behind_it(three: Page) -> None:
    three.keyboard.press("?")
    dialog = three.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    three.keyboard.press("a")
    three.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(three.locator(".desk-item")).to_have_count(3)
    three.get_by_role("button", name="Keys").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Good").click()
    expect(dialog).to_be_hidden()


def test_c_shows_the_others_who_has_it(three: Page, tab: Tab) -> None:
    three.keyboard.press("c")
    item = three.locator(".desk-item[aria-current=true]")
    expect(item.locator(".claimed")).to_contain_text("You have this open")
    other = tab("admin", javascript=False)
    other.goto(three.url)
    claimed = other.locator(f"#{item.get_attribute('id')} .claimed")
    expect(claimed).to_contain_text("Helen Marsh")
    three.keyboard.press("c")
    expect(item.locator(".claimed")).to_be_hidden()
    other.reload()
    expect(claimed).to_be_hidden()


def test_the_last_card_leaves_the_focus_somewhere_sensible(tab: Tab, backstage: Backstage) -> None:
    held, editor = backstage.comment(), tab("editor")
    editor.goto(f"/desk/?q={held.word}")
    editor.keyboard.press("a")
    expect(editor.locator(".desk-item")).to_have_count(0)
    expect(editor.locator("#desk-empty")).to_be_visible()
    expect_focus(editor, "#main")
    editor.keyboard.press("z")
    expect(editor.locator(f"#item-{held.item}")).to_have_attribute("aria-current", "true")
    expect_focus(editor, f"#item-{held.item}")


def test_what_was_taken_back_is_selected(three: Page) -> None:
    first = str(three.locator(".desk-item").first.get_attribute("id"))
    three.keyboard.press("s")
    expect(three.locator(".desk-item")).to_have_count(2)
    three.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(three.locator(".desk-item[aria-current=true]")).to_have_id(first)
    expect_focus(three, f"#{first}")
    expect(three.locator(".desk-item")).to_have_count(3)


def test_z_takes_back_one_decision_after_the_other(three: Page) -> None:
    first, second = (str(three.locator(".desk-item").nth(each).get_attribute("id"))
                     for each in range(2))
    for key, left in (("a", 2), ("s", 1)):
        three.keyboard.press(key)
        expect(three.locator(".desk-item")).to_have_count(left)
    three.reload()
    for item, there in ((second, 2), (first, 3)):
        expect(three.locator("#last-decision").get_by_role("button", name="Undo")).to_be_visible()
        three.keyboard.press("z")
        expect(three.locator(CURRENT)).to_have_id(item)
        expect_focus(three, f"#{item}")
        expect(three.locator(".desk-item")).to_have_count(there)
    expect(three.locator("#toasts button")).to_have_count(0)


def test_after_the_last_card_of_a_page_come_the_others(tab: Tab, backstage: Backstage) -> None:
    path = backstage.post(f"Much said {word()}")
    for _ in range(51):
        backstage.comment(path)
    editor = tab("editor")
    editor.goto(f"/desk/?q={path.rsplit('-', 1)[1]}")
    expect(editor.locator(".desk-item")).to_have_count(50)
    editor.evaluate("document.querySelectorAll('#queue li:not(:first-child)')"
                    ".forEach(li => li.remove())")
    editor.keyboard.press("a")
    expect(editor.locator(".desk-item")).to_have_count(50)
    expect(editor.locator(".desk-item").first).to_have_attribute("aria-current", "true")


def tab_to(page: Page, selector: str, presses: int = 90) -> None:
    """Goes on with the Tab key until the focus is there; it must be seen on every stop."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        where = page.evaluate("document.activeElement.outerHTML.slice(0, 160)")
        assert focused(page, "audio") or page.evaluate(FOCUS_IS_SEEN), f"unseen focus on {where}"
        if focused(page, selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


@pytest.mark.parametrize("kind", ["post", "episode"])
def test_a_reader_comments_by_keyboard_alone(tab: Tab, backstage: Backstage, javascript: bool,
                                             kind: str) -> None:
    text = word()
    reader = tab(javascript=javascript)
    reader.goto(getattr(backstage, kind)())
    reader.keyboard.press("Tab")
    expect_focus(reader, ".skip-link")
    expect(reader.locator(".skip-link")).to_be_in_viewport()
    reader.keyboard.press("Enter")
    tab_to(reader, "#author_name")
    for typed in ("Rita Reader", address(), "Baker", "",
                  f"Thoughts on {text}."):
        reader.keyboard.type(typed)
        reader.keyboard.press("Tab")
        assert reader.evaluate(FOCUS_IS_SEEN)
    tab_to(reader, "#comment-form button.primary", 3)
    reader.keyboard.press("Enter")
    expect(reader.get_by_text("waiting for review").first).to_be_visible()
    assert backstage.item(text)


def test_after_sending_the_focus_is_on_the_answer(tab: Tab, backstage: Backstage) -> None:
    reader = tab()
    reader.goto(backstage.post())
    with expecting(reader, 422):
        reader.get_by_role("button", name="Send comment").click()
        expect(reader.locator(".error-summary")).to_be_visible()
    expect(reader.locator(".error-summary")).to_be_focused()
    reader.keyboard.press("Tab")
    reader.keyboard.press("Enter")
    expect(reader.locator("#author_name")).to_be_focused()
    for name, value in (("author_name", "Rita"), ("author_email", address()),
                        ("body", word())):
        reader.locator(f"#{name}").fill(value)
    reader.get_by_role("button", name="Send comment").click()
    expect(reader.locator("#leave-a-comment")).to_contain_text("waiting for review")
    expect(reader.locator("#leave-a-comment")).to_be_focused()
    expect(reader.locator("#leave-a-comment")).to_be_in_viewport()


def test_reply_brings_the_form_and_the_focus(tab: Tab, backstage: Backstage) -> None:
    held, reader = backstage.comment(approved=True), tab()
    reader.goto(held.path)
    reader.get_by_role("link", name=re.compile("^Reply")).press("Enter")
    expect(reader.locator("#leave-a-comment-title")).to_have_text("Reply to Rita Reader")
    expect(reader.locator("#leave-a-comment")).to_be_in_viewport()
    assert reader.evaluate("document.getElementById('leave-a-comment')"
                           ".contains(document.activeElement)")
