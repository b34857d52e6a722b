"""An episode from an editor's form to a listener's ear."""

import re
import xml.etree.ElementTree as Xml

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Tab
from tests.browser.running import ROOT, Backstage, Site, until, word
from tests.browser.watching import expecting

CONTENT = ROOT / "app/demo/content"
RECORDING = CONTENT / "audio/a-depot-at-four-in-the-morning.mp3"
TRANSCRIPT = (CONTENT / "transcripts/a-depot-at-four-in-the-morning.vtt").read_text()


def position(reader: Page) -> float:
    """The second at which the player stands."""
    return float(reader.locator("#player audio").evaluate("audio => audio.currentTime"))


def make(editor: Page, text: str, number: int) -> str:
    """Makes and publishes an episode by the form; returns where readers find it."""
    editor.goto("/desk/entries/")
    editor.get_by_role("link", name="New episode").click()
    editor.get_by_label("Title", exact=False).first.fill(f"The depot {text}")
    editor.locator("#standfirst").fill("Before the first train.")
    editor.locator("#source").fill("Joseph runs a *depot*.")
    editor.locator("#transcript").fill(TRANSCRIPT)
    editor.locator("#chapters").fill("0:00 Cold, mostly\n0:20 The whiteboard")
    editor.locator("#number").fill(str(number))
    editor.locator("#host").fill("Dilys Prosser")
    editor.locator("#guests").fill("Joseph Tamihana | Depot manager | Harbour Rail")
    editor.locator("#audio").set_input_files(RECORDING)
    editor.get_by_role("button", name="Publish").click()
    expect(editor.locator(".flashes")).to_contain_text("is published as saved")
    return str(editor.get_by_role("link", name="See it").get_attribute("href"))


def test_an_episode_made_by_the_form_is_heard_read_and_fed(
        site: Site, tab: Tab, javascript: bool) -> None:
    text = word()
    path = make(tab("editor", javascript=javascript), text, 700 + javascript)
    reader = tab(javascript=javascript)
    reader.goto("/episodes/")
    reader.get_by_role("link", name=text).first.click()
    expect(reader).to_have_url(re.compile(f"{path}$"))
    expect(reader.locator(".entry-head")).to_contain_text("Host: Dilys Prosser")
    expect(reader.locator("#guests")).to_contain_text("Depot manager, Harbour Rail")
    expect(reader.locator(".entry-body em")).to_have_text("depot")
    expect(reader.locator("#chapters")).to_contain_text("The whiteboard")
    expect(reader.locator("#transcript")).to_contain_text("Every train has a magnet")
    audio = reader.locator("#player audio")
    audio.evaluate("audio => audio.play()")
    until(lambda: position(reader) > 0.3, 10, "the recording plays")
    audio.evaluate("audio => audio.pause()")
    assert_enclosure(site, path, text)


def assert_enclosure(site: Site, path: str, text: str) -> None:
    """The podcast feed has it, and its recording answers as players ask."""
    feed = Xml.fromstring(site.stranger.get("/episodes/feed.xml").text)
    item = next(each for each in feed.iter("item") if text in each.findtext("title", ""))
    assert item.findtext("link") == site.base + path
    enclosure = item.find("enclosure")
    assert enclosure is not None
    size = RECORDING.stat().st_size
    assert enclosure.attrib["type"] == "audio/mpeg"
    assert int(enclosure.attrib["length"]) == size
    file = enclosure.attrib["url"].removeprefix(site.base)
    whole = site.stranger.ask("GET", file, Range="bytes=0-")
    assert whole.status == 206
    assert whole.headers["Content-Range"] == f"bytes 0-{size - 1}/{size}"
    part = site.stranger.ask("GET", file, Range="bytes=100-199")
    assert (part.status, part.headers["Content-Length"]) == (206, "100")
    head = site.stranger.ask("HEAD", file)
    assert (head.status, head.headers["Content-Length"]) == (200, str(size))
    assert site.stranger.ask("GET", file, Range=f"bytes={size}-").status == 416


def test_a_time_in_the_transcript_plays_that_second(tab: Tab) -> None:
    reader = tab()
    reader.goto("/episodes/a-depot-at-four-in-the-morning")
    link = reader.locator("#transcript a.timestamp").nth(6)
    second = float(str(link.get_attribute("data-second")))
    assert second > 10
    link.click()
    until(lambda: second < position(reader) < second + 8, 10, "it plays from there")
    assert re.search(r"#t=\d+(\.\d+)?$", reader.url)
    said = reader.locator("#transcript p[aria-current]")
    expect(said).to_have_count(1)
    assert float(str(said.locator("a").get_attribute("data-second"))) >= second
    reader.locator("#chapters a").last.click()
    chapter = float(str(reader.locator("#chapters a").last.get_attribute("data-second")))
    until(lambda: position(reader) >= chapter, 10, "it plays the last chapter")


def test_an_address_with_a_second_opens_there(tab: Tab) -> None:
    reader = tab()
    reader.goto("/episodes/a-depot-at-four-in-the-morning#t=12")
    until(lambda: abs(position(reader) - 12) < 0.5, 10, "it stands at the second 12")


@pytest.mark.parametrize("name", ["chapters", "audio"])
def test_a_mistake_in_the_form_keeps_everything_and_says_where(
        tab: Tab, backstage: Backstage, javascript: bool, name: str) -> None:
    text = word()
    editor = tab("editor", javascript=javascript)
    editor.goto("/desk/episodes/new")
    editor.locator("#title").fill(text)
    editor.locator("#source").fill("Notes that took an hour.")
    if name == "chapters":
        editor.locator("#chapters").fill("in the middle: a thought")
    else:
        editor.locator("#audio").set_input_files(
            {"name": "a.mp3", "mimeType": "audio/mpeg", "buffer": b"no sound at all"})
    with expecting(editor, 422):
        editor.get_by_role("button", name="Publish").click()
        expect(editor.locator(f"#{name}-error")).to_be_visible()
    expect(editor.locator("#source")).to_have_value("Notes that took an hour.")
    editor.goto(f"/desk/entries/?q={text}")
    expect(editor.locator(".desk-empty")).to_be_visible()
