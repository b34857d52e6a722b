"""What shows that a feed is somebody's. Pure: pages and feeds come in as bytes.

Only what a site's owner can write is believed: a tag in the head, a link with rel="me" that no
comment software has marked as a stranger's, words of the feed about itself. What a page merely
says somewhere could be a reader's comment.
"""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

META_NAME = "lectern-claim"
LOOKED_AT = 1_000_000
# What those who keep a blog beside their site put before its name.
SUBDOMAINS = frozenset({"www", "blog", "blogs", "news", "journal", "feeds", "feed", "podcast"})
# A site that stands deeper than this shares its host, and the host's mail is not the author's.
FIRST_FOLDERS = frozenset({"", "blog", "news", "journal", "articles", "posts", "en", "index.html"})
STRANGERS = frozenset({"ugc", "nofollow", "sponsored"})

_TAG = re.compile(rb"<(meta|link|a)\s([^<>]{1,2000})>", re.I)
_ATTRIBUTE = re.compile(r"""([a-z-]{1,30})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_BODY = re.compile(rb"<body[\s>]", re.I)
_FIRST_ITEM = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>/]|\"items\"\s*:", re.I)


def domains(site_url: str | None) -> frozenset[str]:
    """The mail domains that stand for a site: its host, and the name that its host extends.

    Empty for a site in a folder of a host that others share.
    """
    parts = urlsplit(site_url or "")
    host = (parts.hostname or "").rstrip(".")
    folder = parts.path.strip("/").partition("/")[0].lower()
    if "." not in host or folder not in FIRST_FOLDERS or host.replace(".", "").isdigit():
        return frozenset()
    first, _dot, rest = host.partition(".")
    return frozenset({host, rest} if first in SUBDOMAINS and "." in rest else {host})


def is_mailbox_of(email: str, site_url: str | None) -> bool:
    """Whether this address is one at the site's own domain."""
    return email.rpartition("@")[2].lower() in domains(site_url)


def head_names(page: bytes, token: str) -> bool:
    """Whether the head of a page carries `<meta name="lectern-claim" content="token">`."""
    page = _without_comments(page[:LOOKED_AT])
    body = _BODY.search(page)
    return any(tag == "meta" and each.get("name", "").lower() == META_NAME
               and each.get("content", "").strip() == token
               for tag, each in _tags(page[:body.start()] if body else page))


def links_back(page: bytes, address: str) -> bool:
    """Whether a page links to an address with rel="me", as its owner's word."""
    return any(_is_owners(each.get("rel", ""))
               and each.get("href", "").strip().rstrip("/") == address.rstrip("/")
               for tag, each in _tags(_without_comments(page[:LOOKED_AT])) if tag != "meta")


def _is_owners(rel: str) -> bool:
    words = set(rel.lower().split())
    return "me" in words and not words & STRANGERS


def feed_names(feed: bytes, token: str) -> bool:
    """Whether a feed says the token about itself, before its first item."""
    first = _FIRST_ITEM.search(feed)
    return token.encode() in (feed[:first.start()] if first else feed[:LOOKED_AT])


def _without_comments(page: bytes) -> bytes:
    # An expression would begin anew at each of a million openings that nobody closes.
    kept, rest = [], page
    while rest:
        before, _open, hidden = rest.partition(b"<!--")
        kept.append(before)
        _comment, _close, rest = hidden.partition(b"-->")
    return b"".join(kept)


def _tags(page: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    for found in _TAG.finditer(page):
        attributes = _ATTRIBUTE.finditer(found.group(2).decode("utf-8", "replace"))
        yield found.group(1).decode().lower(), {
            each.group(1).lower(): unescape(each.group(2) or each.group(3) or each.group(4) or "")
            for each in attributes}
