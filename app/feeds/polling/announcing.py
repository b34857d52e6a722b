"""What a web page says about feeds: read from its tags alone, in linear time."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

# What a page declares stands in its head; links in the text are only a second guess.
LONGEST_PAGE = 400_000

_TAG = re.compile(r"<(link|base|a)(?=[\s/])([^<>]{1,1500})>", re.I)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_TYPES = frozenset({
    "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json",
    "application/json", "application/xml", "text/xml", "application/x.atom+xml",
})
# `application/json` and plain XML stand for many things, so these must also look like a feed.
_VAGUE = frozenset({"application/json", "application/xml", "text/xml"})
_LOOKS_LIKE_A_FEED = re.compile(
    r"(?:^|[/._?=&-])(?:rss2?|atom|rdf|feeds?)(?:$|[/._?=&-])|index\.xml$", re.I)
_COMMENTS = re.compile(r"comment|kommentar|replies", re.I)

Tag = tuple[str, dict[str, str]]


def declared(page: str, url: str) -> tuple[str, ...]:
    """The absolute addresses that a page at `url` declares as its feeds, comments feeds last."""
    tags = list(_tags(page))
    base = _base(tags, url)
    found = [(_absolute(base, each["href"]), each.get("title", "")) for name, each in tags
             if name == "link" and "href" in each and _declares_a_feed(each)]
    return _ranked([(address, title) for address, title in found if address])


def linked(page: str, url: str) -> tuple[str, ...]:
    """The addresses a page at `url` links to that look like feeds, those of its own host first."""
    tags = list(_tags(page))
    base, host = _base(tags, url), urlsplit(url).hostname
    found = [_absolute(base, each["href"]) for name, each in tags if name == "a" and "href" in each]
    fitting = [(address, "") for address in found if address and looks_like_a_feed(address)]
    return _ranked(sorted(fitting, key=lambda each: urlsplit(each[0]).hostname != host))


def looks_like_a_feed(address: str) -> bool:
    """Whether path or query of an address sound like a feed's."""
    parts = urlsplit(address)
    return bool(_LOOKS_LIKE_A_FEED.search(parts.path) or _LOOKS_LIKE_A_FEED.search(parts.query))


def is_about_comments(address: str, title: str = "") -> bool:
    """Whether a feed is one of comments, by its address or the title it was given."""
    return bool(_COMMENTS.search(urlsplit(address).path) or _COMMENTS.search(title))


def _declares_a_feed(link: dict[str, str]) -> bool:
    relations, kind = link.get("rel", "").lower().split(), link.get("type", "").lower()
    kind = kind.partition(";")[0].strip()
    if "feed" in relations:
        return True
    if "alternate" not in relations or kind not in _TYPES:
        return False
    return kind not in _VAGUE or looks_like_a_feed(link["href"])


def _ranked(found: list[tuple[str, str]]) -> tuple[str, ...]:
    ordered = sorted(found, key=lambda each: is_about_comments(*each))
    return tuple(dict.fromkeys(address for address, _title in ordered))


def _tags(page: str) -> Iterator[Tag]:
    page = _without(page[:LONGEST_PAGE], "<!--", "-->")
    for match in _TAG.finditer(_without(page, "<script", "</script")):
        attributes = {name.lower(): unescape(a or b or c).strip()
                      for name, a, b, c in _ATTRIBUTE.findall(match[2])}
        yield match[1].lower(), attributes


def _without(text: str, start: str, end: str) -> str:
    # By hand: a pattern would look for the end again at every start there is.
    lowered, kept, here = text.lower(), [], 0
    while (opening := lowered.find(start, here)) >= 0:
        kept.append(text[here:opening])
        closing = lowered.find(end, opening)
        if closing < 0:
            return "".join(kept)
        here = closing + len(end)
    return "".join([*kept, text[here:]])


def _base(tags: list[Tag], url: str) -> str:
    bases = (each["href"] for name, each in tags if name == "base" and each.get("href"))
    return _absolute(url, next(bases, "")) or url


def _absolute(base: str, address: str) -> str | None:
    # `feed:` is how old pages asked a feed reader to open itself.
    address = re.sub(r"^feed:(//)?(?=https?:)", "", address, flags=re.I)
    address = re.sub(r"^feed:(?=//)", "http:", address, flags=re.I)
    try:
        absolute = urljoin(base, address)
        parts = urlsplit(absolute)
    except ValueError:
        return None
    is_web = parts.scheme in {"http", "https"} and bool(parts.netloc)
    return absolute.partition("#")[0] if is_web else None
