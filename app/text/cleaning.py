"""HTML from anyone, held against the one allow-list of the site."""

import html
import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

import nh3

from app.text.words import CONTROL, one_line

CLEANINGS = 5
OUTSIDE_REL = "ugc nofollow noopener noreferrer"
HOUSE_REL = "noopener"

# No class, id, style or data-*: with data-* allowed, data-hx-get would reach htmx.
ALLOWED_TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dfn", "dl", "dt",
    "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins",
    "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "small", "strong", "sub", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul",
})
ALLOWED_ATTRIBUTES = {
    "a": {"href", "title", "hreflang"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start", "reversed"},
    "q": {"cite"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "*": {"lang", "dir"},
}
# Their text is not prose: the tag goes and so does what stands in it.
DROPPED_WITH_CONTENT = {"script", "style", "template", "noscript", "iframe", "object", "svg",
                        "math", "textarea", "select", "title", "head"}
ALLOWED_SCHEMES = {"http", "https", "mailto"}
MEDIA_PREFIX = "/media/"

_BLOCK_END = re.compile(r"</(?:p|h[1-6]|li|blockquote|figcaption|tr|dd|dt|pre)>|<(?:br|hr)[^>]*>")
_EMPTY_IMAGE = re.compile(r"<img(?![^>]*\ssrc=)[^>]*>")
_H1 = re.compile(r"(</?)h1\b", re.IGNORECASE)


def clean_html(markup: str, *, base: str | None = None, rel: str = OUTSIDE_REL) -> str:
    """HTML from anyone as HTML that is safe in our pages.

    `base` makes relative links absolute (without it, links within this site stay as they are). A
    picture stays only if it is one of our own media files: no page asks a third party for
    anything. A page has one h1, its title, so an h1 inside the text becomes an h2. Cleaning twice
    gives the same as once.
    """
    sanitiser, cleaned = cleaner(base, rel), _H1.sub(r"\1h2", CONTROL.sub("", markup))
    # What a removed tag leaves behind may nest in ways that the next parser reads differently.
    for _ in range(CLEANINGS):
        before, cleaned = cleaned, _EMPTY_IMAGE.sub("", sanitiser.clean(cleaned))
        if cleaned == before:
            break
    return cleaned


@lru_cache(maxsize=64)
def cleaner(base: str | None, rel: str) -> nh3.Cleaner:
    """The sanitiser behind `clean_html`, for HTML that needs no more than one pass of it."""
    return nh3.Cleaner(
        tags=set(ALLOWED_TAGS),
        attributes={tag: set(names) for tag, names in ALLOWED_ATTRIBUTES.items()},
        clean_content_tags=DROPPED_WITH_CONTENT,
        attribute_filter=_sound,
        url_schemes=ALLOWED_SCHEMES,
        url_relative=(lambda url: _absolute(url, base)) if base else None,
        link_rel=rel,
    )


def _sound(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src" and not value.startswith(MEDIA_PREFIX):
        return None
    # nh3 holds only href and src against the schemes.
    if attribute == "cite" and not value.startswith(("https://", "http://")):
        return None
    return value


@lru_cache(maxsize=64)
def _site(base: str) -> str:
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}"


def _absolute(url: str, base: str | None) -> str | None:
    if url.startswith(MEDIA_PREFIX):
        return url
    if url.startswith("/") and base and not url.startswith("//") and "/." not in url:
        # What urljoin would say, which takes its time over it.
        return _site(base) + url
    try:
        return urljoin(base or "", url)
    except ValueError:
        return None


def plain(markup: str) -> str:
    """The words of a piece of HTML, with a space where a block ended."""
    spaced = _BLOCK_END.sub(lambda match: match.group() + " ", markup)
    bare = nh3.clean(spaced, tags=set(), clean_content_tags=DROPPED_WITH_CONTENT)
    return one_line(html.unescape(bare))
