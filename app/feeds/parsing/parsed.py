"""What parsing gives: a feed and its items, plain, bounded and typed."""

from dataclasses import dataclass
from datetime import datetime

LONGEST_GUID = 1000


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
    those that a hub wants to hear (WebSub). `cut` says in a sentence where the document breaks off,
    if it does.
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
    cut: str = ""
