"""A guest blogger's piece: written, sent in, sent back, sent in again, published."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import Tab, fill_in_sign_in
from tests.browser.running import Backstage, Site, until, word
from tests.browser.watching import expecting


def send_in(guest: Page, javascript: bool, text: str, body: str) -> str:
    """Begins a piece, saves it, sends it in; returns its address."""
    guest.goto("/write/")
    guest.get_by_role("button", name="Begin a new piece").click()
    guest.get_by_label("Title").fill(f"What {text} taught me")
    guest.get_by_label("Standfirst").fill("In two sentences.")
    guest.get_by_label("Text", exact=False).last.fill(body)
    guest.get_by_role("button", name="Save").click()
    expect(guest.locator(".flashes")).to_contain_text("Saved")
    expect(guest.locator("#preview")).to_contain_text("ward at night")
    guest.locator("details.reasons summary").click()
    guest.get_by_label("A word to the editors").fill("It is about last winter.")
    guest.get_by_role("button", name="Send in").click()
    expect(guest.locator(".flashes")).to_contain_text("Sent in")
    expect(guest.locator("#piece-status")).to_contain_text("With the editors")
    return guest.url


def decide(editor: Page, text: str, button: str, *, reason: str = "",
           message: str = "", at: datetime | None = None) -> None:
    """Decides the card with this word, with a reason, a message, a date."""
    editor.goto(f"/desk/?q={text}")
    card = editor.locator(".desk-item", has_text=text)
    if reason or message or at:
        card.locator("details.reasons summary").click()
    if reason:
        card.get_by_label("Reason", exact=True).select_option(reason)
    if message:
        card.get_by_label("Message").fill(message)
    if at:
        # The form offers whole minutes, as people think; a test has no minute to lose.
        card.get_by_label("Publish on").evaluate("field => { field.step = 1 }")
        card.get_by_label("Publish on").fill(f"{at:%Y-%m-%dT%H:%M:%S}")
    card.get_by_role("button", name=button).click()
    said = editor.get_by_role("region", name="What just happened")
    expect(said).to_contain_text(text)


def test_a_guests_piece_comes_back_with_a_reason_and_is_published_in_the_end(
        site: Site, tab: Tab, javascript: bool) -> None:
    text = word()
    guest = tab("guest", javascript=javascript)
    address = send_in(guest, javascript, text, "On the ward at night, nobody claps.")
    editor = tab("editor", javascript=javascript)
    editor.goto(f"/desk/?q={text}")
    expect(editor.locator(".desk-item")).to_contain_text("It is about last winter.")
    decide(editor, text, "Send back", reason="Facts that need a source",
           message="Who counted the nights?")
    guest.goto("/write/")
    row = guest.locator("#pieces > li", has_text=text)
    expect(row).to_contain_text("Sent back to you")
    row.get_by_role("link").click()
    expect(guest.locator("#answer")).to_contain_text("Facts that need a source")
    expect(guest.locator("#answer")).to_contain_text("Who counted the nights?")
    field = guest.locator("#source")
    expect(field).to_have_value("On the ward at night, nobody claps.")
    field.fill("On the ward at night, nobody claps. I counted forty.")
    guest.get_by_role("button", name="Send in").click()
    expect(guest.locator("#piece-status")).to_contain_text("With the editors")
    decide(editor, text, "Publish")
    guest.goto(address)
    guest.get_by_role("link", name="See it on its page").click()
    expect(guest.locator(".entry-body")).to_contain_text("I counted forty.")
    reader = tab(javascript=javascript)
    reader.goto("/")
    reader.get_by_role("link", name=text).first.click()
    expect(reader.locator(".entry-head .byline")).to_contain_text("By Amara Okonjo")
    assert "Who counted" not in reader.content()


def test_an_accepted_piece_goes_out_at_the_time_that_was_set(
        site: Site, tab: Tab, backstage: Backstage, javascript: bool) -> None:
    held = backstage.submission()
    editor = tab("editor", javascript=javascript)
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=6)
    decide(editor, held.word, "Publish", at=at)
    if datetime.now(UTC) < at - timedelta(seconds=1):
        assert site.stranger.get(held.path).status == 404
    guest = tab("guest", javascript=javascript)
    guest.goto("/write/")
    expect(guest.locator("#pieces > li", has_text=held.word)).to_be_visible()
    until(lambda: site.stranger.get(held.path).status == 200, 75, "the worker publishes it")
    assert datetime.now(UTC) >= at
    # A kept page of another process is a second old at most.
    until(lambda: held.word in site.stranger.get("/feed.xml").text, 20, "the feed has it")
    guest.reload()
    expect(guest.locator("#pieces > li", has_text=held.word)).to_contain_text("Published")


def test_a_piece_without_a_text_is_not_sent_in_and_keeps_its_title(
        tab: Tab, javascript: bool) -> None:
    text = word()
    guest = tab("guest", javascript=javascript)
    guest.goto("/write/")
    guest.get_by_role("button", name="Begin a new piece").click()
    guest.get_by_label("Title").fill(text)
    with expecting(guest, 422):
        guest.get_by_role("button", name="Send in").click()
        expect(guest.locator(".error-summary")).to_contain_text("needs a title and a text")
    expect(guest.get_by_label("Title")).to_have_value(text)
    guest.locator("#source").fill("Now there is one.")
    guest.get_by_role("button", name="Send in").click()
    expect(guest.locator("#piece-status")).to_contain_text("With the editors")


def test_two_versions_of_a_piece_are_both_shown(tab: Tab, backstage: Backstage,
                                                javascript: bool) -> None:
    text = word()
    address = backstage.piece(text, "As it began.")
    here, there = tab("guest", javascript=javascript), tab("guest", javascript=javascript)
    for guest in (here, there):
        guest.goto(address)
    for guest, words in ((there, "Changed over there."), (here, "Changed over here.")):
        guest.locator("#source").fill(words)
    there.get_by_role("button", name="Save").click()
    expect(there.locator(".flashes")).to_contain_text("Saved")
    with expecting(here, 409):
        here.get_by_role("button", name="Save").click()
        expect(here.locator("h1")).to_contain_text("two versions")
    expect(here.locator("#source")).to_have_value("Changed over here.")
    expect(here.locator("#saved")).to_have_value("Changed over there.")
    here.get_by_role("button", name="Keep this one").click()
    expect(here.locator("#source")).to_have_value("Changed over here.")
    expect(here.locator(".flashes")).to_contain_text("Saved")


def test_a_browser_keeps_words_that_were_never_saved(tab: Tab, backstage: Backstage) -> None:
    text = word()
    guest = tab("guest")
    guest.goto(backstage.piece(text, "As it began."))
    guest.locator("#source").press_sequentially("Never saved. ")
    typed = guest.locator("#source").input_value()
    expect(guest.locator("#save-status")).to_contain_text("Not saved yet")
    guest.goto("/write/")
    guest.get_by_role("link", name=text).click()
    expect(guest.locator("#source")).to_have_value(typed)
    expect(guest.locator("#save-status")).to_contain_text("not saved")
    guest.get_by_role("button", name="Save").click()
    expect(guest.locator(".flashes")).to_contain_text("Saved")
    guest.reload()
    expect(guest.locator("#save-status")).not_to_contain_text("not saved")


def test_signing_in_leads_to_where_one_wanted_to_go_and_signing_out_ends_it(
        tab: Tab, javascript: bool) -> None:
    guest = tab(javascript=javascript)
    guest.goto("/write/")
    expect(guest).to_have_url(re.compile(r"/account/sign-in\?next="))
    guest.get_by_label("E-mail").fill("guest@lectern.example")
    guest.get_by_label("Password").fill("not the password")
    with expecting(guest, 422):
        guest.get_by_role("button", name="Sign in").click()
        expect(guest.get_by_role("alert")).to_contain_text("do not go together")
    expect(guest.get_by_label("E-mail")).to_have_value("guest@lectern.example")
    guest.get_by_label("Password").fill("lectern-demo")
    guest.get_by_role("button", name="Sign in").click()
    expect(guest.locator("h1")).to_have_text("Your pieces")
    guest.goto("/account/")
    guest.get_by_role("button", name="Sign out").click()
    guest.goto("/account/")
    expect(guest.locator("h1")).to_have_text("Sign in")


def test_everybody_with_an_account_signs_in_by_the_form(tab: Tab) -> None:
    for role, home in (("guest", "Your pieces"), ("editor", "What waits"),
                       ("admin", "What waits")):
        page = tab()
        fill_in_sign_in(page, f"{role}@lectern.example")
        expect(page.locator("h1")).to_have_text(home)
