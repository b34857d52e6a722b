"""Whether two texts say the same: what matters of an item, as a digest. Pure.

Words, links, pictures and the order of blocks matter. White space, attributes, comments in the
markup, emphasis, tracking parameters, pixels and the counts of share buttons do not: they change
at every visit without anybody having written a word.
"""

import hashlib
import re
import unicodedata

import nh3

from app.feeds.deciding.links import without_tracking
from app.feeds.parsing import ParsedItem
from app.text import DROPPED_WITH_CONTENT

TELLING = 200
_WORDS = ("share", "like", "comment", "view", "clap", "tweet", "pin", "reaction", "response",
          "repost")
_COUNTED = rf"(?:{'|'.join(_WORDS)})s?"

_bare = nh3.Cleaner(
    tags={"a", "img", "p", "li", "blockquote", "pre", "table", "tr", "td", "th", "figure",
          "h1", "h2", "h3", "h4", "h5", "h6"},
    attributes={"a": {"href"}, "img": {"src", "width", "height"}},
    clean_content_tags=DROPPED_WITH_CONTENT, link_rel=None,
)
# Each begins with something literal or is asked only where it may find something: texts are long.
_PIXEL = re.compile(r'<img[^>]*(?:width|height)="[01](?:px)?"[^>]*>')
_HOW_MANY = r"\d[\d.,]{0,12}[km]?"
_COUNT = re.compile(rf"\b{_HOW_MANY}\s?{_COUNTED}\b|\b{_COUNTED}\s?\({_HOW_MANY}\)", re.IGNORECASE)
# Where this finds nothing that one need not look, which takes it far longer.
_MAYBE_COUNT = re.compile(rf"[\d.,][km]?\s?(?:{'|'.join(_WORDS)})")
_NUMBER_IN_BRACKETS = re.compile(r"\(\d")
_LONE_NUMBER = re.compile(r">\s*\d[\d.,]*[km]?\s*</a>", re.IGNORECASE)
_SIZE = re.compile(r' (?:width|height)="[^"]*"')
# A picture's parameters tell its size or the day; the picture is the same.
_PICTURE_QUERY = re.compile(r'src="([^"?]*)\?[^"]*"')
_TRACKED = re.compile(r'href="([^"?#]*[?#][^"]*)"')
_EMPTY_LINK = re.compile(r"<a(?: [^>]*)?></a>")


def content_hash(item: ParsedItem) -> str:
    """A digest of title and content exactly as received; link and dates are no part of it."""
    return _digest(f"{item.title}\x00{item.content_html}")


def meaning(item: ParsedItem) -> str:
    """A digest of what matters in title and content; the same for two texts that say the same."""
    title = " ".join(unicodedata.normalize("NFC", item.title).split())
    return _digest(f"{title}\x00{_essence(item.content_html)}")[:32]


def is_telling(item: ParsedItem) -> bool:
    """Whether a text is long enough that nobody else writes the same by chance."""
    return len(item.content_html) >= TELLING


def _essence(markup: str) -> str:
    text = _bare.clean(markup) if "<" in markup or "&" in markup else markup
    if "<img" in text:
        text = _SIZE.sub("", _PICTURE_QUERY.sub(r'src="\1"', _PIXEL.sub("", text)))
    if "<a " in text:
        text = _LONE_NUMBER.sub("></a>", _TRACKED.sub(_untracked, text))
    small = text.lower()
    if _MAYBE_COUNT.search(small) or _NUMBER_IN_BRACKETS.search(small):
        text = _COUNT.sub("", text)
    text = " ".join(text.replace("&nbsp;", " ").split()).replace(" <", "<").replace("> ", ">")
    return _EMPTY_LINK.sub("", text).replace("<p></p>", "").replace("<li></li>", "")


def _untracked(match: re.Match[str]) -> str:
    return f'href="{without_tracking(match[1].replace("&amp;", "&"))}"'


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
