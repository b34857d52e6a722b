"""The whole text of an item whose feed cuts it short, taken from its page."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from app import text
from app.feeds.mending.cleaning import Cleaned, clean
from app.feeds.parsing import ParsedFeed, ParsedItem
from app.feeds.parsing.parser_child import ChildDied, ParserChild
from app.feeds.polling.asking import Asking
from app.fetch import FetchFailed, Kind, get

CPU_SECONDS = 6.0
SHORT = 120
ENOUGH = 1.3

_CUT = re.compile(r"(?:\[\s*(?:…|\.\.\.)\s*\]|…|\.\.\."
                  r"|(?:(?:continue|keep) reading|read (?:more|on|the rest|the full)|weiterlesen)"
                  r"\b.{0,200})"
                  r"(?:\s*the post .{1,400} (?:appeared first|first appeared) on .{1,200})?\W*$",
                  re.I)
_child = ParserChild(program=Path(__file__).with_name("page_process.py"))


@dataclass(frozen=True)
class Preview:
    """An item's title and its text as the feed gives it and as its page has it; or why not."""

    title: str
    before: str
    after: str
    failure: str = ""


def is_cut(item: ParsedItem) -> bool:
    """Whether an item reads like the beginning of a longer text."""
    words = text.plain((item.content_html or item.summary_html)[-3000:])
    return bool(_CUT.search(words[-900:])) or 0 < len(words.split()) < SHORT


def seems_cut(feed: ParsedFeed) -> bool:
    """Whether most of a feed's items that have a text and a link read as if they were cut."""
    judged = [is_cut(item) for item in feed.items[:20]
              if item.link and (item.content_html or item.summary_html)]
    return len(judged) > 1 and sum(judged) > 0.6 * len(judged)


def from_page(page: bytes, url: str, *, cpu_seconds: float = CPU_SECONDS) -> str | None:
    """The article in a page as HTML, not cleaned; None if none can be made out in that time."""
    try:
        answer = _child.ask(page, url, cpu_seconds)
    except ChildDied:
        return None
    html = answer.get("html") or ""
    return html if text.plain(html) else None


def fetch_page(url: str, asking: Asking) -> str | FetchFailed:
    """The article at an address, or what is told instead. Call it with no transaction open."""
    try:
        answer = get(url, headers={"User-Agent": asking.agent, "Accept": "text/html"},
                     allow=asking.allow, limits=asking.limits, resolve=asking.resolve)
    except FetchFailed as failure:
        return failure
    html = from_page(answer.body, answer.url) if answer.status == 200 else None
    return html or FetchFailed(Kind.ENCODING, f"The page answers with the error {answer.status}."
                               if answer.status != 200 else "No article was found in the page.")


def preview(item: ParsedItem, asking: Asking) -> Preview:
    """What taking the text from the page would make of an item; nothing is stored."""
    before = clean(item)
    if not item.link:
        return Preview(before.title, before.html, "", "This item has no link to a page.")
    got = fetch_page(item.link, asking)
    if isinstance(got, FetchFailed):
        return Preview(before.title, before.html, "", str(got))
    after = lengthened(item, got)
    return Preview(before.title, before.html, after.html if after else "",
                   "" if after else "The page has no more text than the feed.")


def lengthened(item: ParsedItem, page: str) -> Cleaned | None:
    """The item with its page's article for a text, or None if that is not clearly longer."""
    had, has = clean(item), clean(replace(item, content_html=page, base=item.link or item.base))
    return has if len(has.plain) > ENOUGH * len(had.plain) else None
