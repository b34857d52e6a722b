"""Bytes to items: what feedparser found, made plain, bounded and typed."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import urljoin, urlsplit

from app.feeds.parsing.charset import settle
from app.feeds.parsing.parser_child import CPU_SECONDS, ChildDied
from app.feeds.parsing.parser_pool import ParserPool
from app.feeds.parsing.refusing import ParseFailed, refuse_what_is_no_feed, refuse_without_items
from app.feeds.parsing.wording import HTML, people, titled, topics, without_unseen

LONGEST_GUID = 1000
LONGEST_LINK = 4000
# No feed is older than the Web; later years are typing errors. What of the rest is believable
# depends on the day and is for `deciding`.
YEARS = range(1970, 2100)
MINUTES = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")

__all__ = ["ParseFailed", "ParsedFeed", "ParsedItem", "parse"]


@dataclass(frozen=True)
class ParsedItem:
    """One item. Title, author and topics are plain text; HTML is as received, at most 1 MB.

    `link` is absolute http(s) or None. `published` falls back to `updated`, which in Atom is the
    only date an item must have. `base` is what relative links in the HTML are relative to.
    """

    guid: str = ""
    link: str | None = None
    title: str = ""
    author: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    summary_html: str = ""
    content_html: str = ""
    language: str = ""
    topics: tuple[str, ...] = ()
    base: str = ""


@dataclass(frozen=True)
class ParsedFeed:
    """A feed as it describes itself, with its items in document order.

    Of more than 500 items the 500 newest are kept; an item without a date counts as new.
    `skip_hours` (0-23, UTC) and `skip_days` (0 is Monday) are RSS's; `hub_url` and `self_url` are
    those that a hub wants to hear (WebSub).
    """

    title: str = ""
    site_url: str | None = None
    description: str = ""
    author: str = ""
    language: str = ""
    items: tuple[ParsedItem, ...] = ()
    ttl_minutes: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    hub_url: str | None = None
    self_url: str | None = None


_children = ParserPool()


def parse(
    body: bytes, *, content_type: str, url: str, cpu_seconds: float = CPU_SECONDS
) -> ParsedFeed:
    """The feed in `body`, which came from `url`. Nothing is fetched, no entity is expanded.

    Broken XML is used as far as items can be made out. feedparser strips titles before it mends
    doubly encoded ones and so may eat a last byte of 0xA0 ("à" at the end); with the encoding
    settled before, only titles encoded twice at the source lose it. Raises ParseFailed if this
    is no feed, or takes more than `cpu_seconds` of processor time or 1 GB to read.
    """
    refuse_what_is_no_feed(body)
    document = settle(body, content_type)
    try:
        found = _children.ask(document.body, document.content_type, cpu_seconds)
    except ChildDied as death:
        raise ParseFailed(str(death)) from death
    refuse_without_items(found, body)
    return _feed(found, url)


def _feed(found: dict[str, Any], url: str) -> ParsedFeed:
    about, is_atom = found["feed"], found["version"].startswith("atom")
    return ParsedFeed(
        title=titled(about["title"], is_atom),
        site_url=_link(about["link"], url),
        description=titled(about["subtitle"], is_atom),
        author=people(about["author"]),
        language=_language(about["language"]),
        items=tuple(_item(item, url, is_atom) for item in found["items"]),
        ttl_minutes=_ttl(about),
    )


def _item(found: dict[str, Any], url: str, is_atom: bool) -> ParsedItem:
    link = _item_link(found, url)
    content = _richest([*found["contents"], found["summary"]])
    updated = _moment(found["updated"])
    return ParsedItem(
        guid=without_unseen(found["guid"]).strip()[:LONGEST_GUID],
        link=link,
        title=titled(found["title"], is_atom),
        author=people(found["author"]),
        published=_moment(found["published"]) or updated,
        updated=updated,
        summary_html=_html(found["summary"]),
        content_html=_html(content),
        language=_language(content["language"]),
        topics=topics(found["topics"]),
        base=_link(content["base"], url) or link or url,
    )


def _item_link(found: dict[str, Any], url: str) -> str | None:
    # A guid that merely counts as a permalink by default ("17") is no address of anything.
    if found["link"] == found["guid"] and "://" not in found["link"]:
        return None
    return _link(found["link"], url)


def _link(address: str, base: str) -> str | None:
    try:
        absolute = urljoin(base, without_unseen(address).strip())
        parts = urlsplit(absolute)
    except ValueError:
        return None
    is_web = bool(address) and parts.scheme in ("http", "https") and bool(parts.hostname)
    return absolute if is_web and len(absolute) <= LONGEST_LINK else None


def _richest(parts: list[dict[str, str]]) -> dict[str, str]:
    texts = [part for part in parts if part["type"] in HTML or part["type"] == "text/plain"]
    return max(texts, key=lambda part: len(part["text"]), default=parts[-1])


def _html(part: dict[str, str]) -> str:
    text = without_unseen(part["text"])
    if part["type"] != "text/plain":
        return text
    return "".join(f"<p>{escape(lines)}</p>" for lines in re.split(r"\n\s*\n", text) if lines)


def _moment(stamp: int | None) -> datetime | None:
    try:
        moment = None if stamp is None else datetime.fromtimestamp(stamp, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment and moment.year in YEARS else None


def _language(tag: str) -> str:
    tag = tag.strip().replace("_", "-")
    return tag if len(tag) <= 35 and _LANGUAGE.fullmatch(tag) else ""


def _ttl(about: dict[str, Any]) -> int | None:
    if re.fullmatch(r"[1-9][0-9]{0,6}", about["ttl"]):
        return int(about["ttl"])
    period = MINUTES.get(about["sy_updateperiod"].strip().lower())
    often = about["sy_updatefrequency"].strip()
    times = int(often) if re.fullmatch(r"[1-9][0-9]{0,3}", often) else 1
    return max(1, period // times) if period else None
