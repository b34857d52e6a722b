"""The whole text of an item whose feed cuts it short, taken from its page."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import text
from app.entries import wording
from app.entries.models import Entry, EntryState
from app.feeds.actions import Asking
from app.feeds.mending import pictures
from app.feeds.mending.cleaning import Cleaned, clean
from app.feeds.mending.findings import TEXT, Finding, finding
from app.feeds.models import Feed, FeedItem, Show
from app.feeds.parsing import ParsedFeed, ParsedItem
from app.feeds.parsing.parser_child import ChildDied, ParserChild
from app.fetch import FetchFailed, Kind, get

JOB = "take-full-texts"
CPU_SECONDS = 6.0
MOST_AT_ONCE = 20
NEW_FOR = timedelta(days=1)
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
                     allow=asking.allow, limits=asking.limits)
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


def take_due(session: Session, asking: Asking, now: Callable[[], datetime]) -> int:
    """Takes the texts of new items from their pages, 20 at a time; says of how many. Commits.

    Each page is asked for once. Where that gives nothing better, the feed's own text stays. What
    an editor has touched is left alone.
    """
    due = _due(session, now())
    session.commit()
    taken = 0
    for item in due:
        got = fetch_page(item.link or "", asking)
        taken += _take(session, item, got, now())
        session.commit()
    return taken


def _due(session: Session, now: datetime) -> Sequence[FeedItem]:
    return session.scalars(
        sa.select(FeedItem).join(FeedItem.feed).join(FeedItem.entry)
        .where(Feed.from_page, Feed.show == Show.FULL, FeedItem.changed_at > now - NEW_FOR,
               FeedItem.link.is_not(None), Entry.source == FeedItem.imported_html,
               Entry.state != EntryState.REMOVED,
               sa.cast(FeedItem.findings, sa.Text).not_like('%"name": "page"%'))
        .order_by(FeedItem.id).limit(MOST_AT_ONCE)).unique().all()


def _was_asked(item: FeedItem) -> bool:
    return any(each["name"] == "page" for each in item.findings)


def _take(session: Session, item: FeedItem, got: str | FetchFailed, now: datetime) -> bool:
    session.refresh(item, with_for_update={"of": FeedItem})
    entry = item.entry
    if entry is None or entry.source != item.imported_html or _was_asked(item):
        return False
    has = None if isinstance(got, FetchFailed) else lengthened(_as_received(item), got)
    why = str(got) if isinstance(got, FetchFailed) else "The page has no more text than the feed."
    if has is None:
        item.findings = [*item.findings, _page(why)]
        return False
    html = pictures.settle_known(session, has.html)
    wording.replace(entry, wording.Words(entry.title, entry.standfirst, html), now=now)
    item.imported_html, item.taken_from_page = html, True
    titled = [each for each in item.findings if each["where"] == "title"]
    item.findings = [*titled, *(each for each in has.findings if each["where"] != "title"),
                     _page("The text was taken from its page.")]
    pictures.expect(session, {item.id: html}, now=now)
    return True


def _page(said: str) -> Finding:
    # A change at the source brings findings of its own without this one, so the page is asked anew.
    return finding("page", TEXT, "", said, sure=True)


def _as_received(item: FeedItem) -> ParsedItem:
    return ParsedItem(title=item.title, author=item.author, link=item.link,
                      content_html=item.original, base=item.link or "")

