"""How fast a real browser clears the desk by keys, waiting for each answer."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import chromium, fill_in_sign_in
from tests.browser.running import Backstage, Site, word

__all__ = ["chromium"]

NUMBER, WANTED = 100, 60
# The answer is there, the card is gone, and the next one, or the page, has the focus.
NEXT = """id => !document.getElementById(id)
  && document.activeElement.matches(".desk-item[aria-current=true], #main")"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The site as it is served, with the demo in it."""
    running = Site(tmp_path / "data")
    running.prepare()
    running.start()
    try:
        running.wait()
        yield running
    finally:
        running.stop()


def test_a_hundred_items_by_keys(site: Site, chromium: Browser) -> None:
    backstage = Backstage(site)
    path = backstage.post(f"Much said {word()}")
    for _ in range(NUMBER):
        site.stranger.post(f"{path}/comments", author_name="Rita Reader", body=word(),
                           author_email=f"{word()}@reader.example")
    backstage.close()
    with chromium.new_context(base_url=site.base) as context:
        page = context.new_page()
        fill_in_sign_in(page, "editor@lectern.example")
        page.goto(f"/desk/?q={path.rsplit('-', 1)[1]}")
        start = monotonic()
        for _number, keys in zip(range(NUMBER), cycle(("a", "r1", "s", "rr")), strict=False):
            card = page.locator(".desk-item[aria-current=true]")
            item = card.get_attribute("id")
            for key in keys:
                page.keyboard.press(key)
            page.wait_for_function(NEXT, arg=item)
        spent = monotonic() - start
        expect(page.locator(".desk-item")).to_have_count(0)
    rate = NUMBER / spent * 60
    print(f"\n{NUMBER} items by keys in {spent:.1f} s: {rate:.0f} decisions a minute,"
          f" {rate / WANTED:.1f} times the {WANTED} asked for")
    assert rate >= WANTED
