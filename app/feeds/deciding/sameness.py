"""Whether two texts say the same: what matters of an item, as a digest. Pure.

Words, links, pictures and the order of blocks matter. White space, attributes, comments in the
markup, emphasis, tracking parameters, pixels and the counts of share buttons do not: they change
at every visit without anybody having written a word.
"""

import hashlib
import re
import unicodedata

import nh3

from app.feeds.deciding.links import TRACKING
from app.feeds.parsing import ParsedItem
from app.text import DROPPED_WITH_CONTENT

TELLING = 200
_COUNTED = r"shares?|likes?|comments?|views?|claps?|tweets?|pins?|reactions?|responses?|reposts?"

_bare = nh3.Cleaner(
    tags={"a", "img", "p", "li", "blockquote", "pre", "table", "tr", "td", "th", "figure",
          "h1", "h2", "h3", "h4", "h5", "h6"},
    attributes={"a": {"href"}, "img": {"src", "width", "height"}},
    clean_content_tags=DROPPED_WITH_CONTENT, link_rel=None,
)
_NOISE = re.compile(
    # A pixel, whatever its address.
    r'<img[^>]*(?:width|height)="[01](?:px)?"[^>]*>'
    # How often something was shared: "12 shares", "Share (12)", and a lone number in a button.
    rf"|\b\d[\d.,]*\s?[km]?\s*(?:{_COUNTED})\b|\b(?:{_COUNTED})\s*\(\d[\d.,]*[km]?\)"
    r"|(?<=>)\s*\d[\d.,]*[km]?\s*(?=</a>)", re.IGNORECASE)
_SIZE = re.compile(r' (?:width|height)="[^"]*"')
# A picture's parameters tell its size or the day; the picture is the same.
_PICTURE_QUERY = re.compile(r'(<img[^>]*src="[^"?]*)\?[^"]*')
_TRACKED = re.compile(rf'(?<=[?&;])(?:{TRACKING})(?:=[^&;#"]*)?(?:&amp;|&|;)?', re.IGNORECASE)
_LOOSE_END = re.compile(r'(?:[?&;]|&amp;)+(?=["#])')
_SPACE = re.compile(r"\s*(<[^>]*>)\s*")
_EMPTY = re.compile(r"<p></p>|<li></li>|<a[^>]*></a>")


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
    text = _NOISE.sub("", _bare.clean(markup)) if "<" in markup or "&" in markup else markup
    if "<img" in text:
        text = _SIZE.sub("", _PICTURE_QUERY.sub(r"\1", text))
    if "?" in text:
        text = _LOOSE_END.sub("", _TRACKED.sub("", text))
    text = " ".join(_SPACE.sub(r" \1 ", text.replace("&nbsp;", " ")).split())
    return _EMPTY.sub("", _SPACE.sub(r"\1", text))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
