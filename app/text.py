"""Text that people wrote, made safe and readable: the allow-list, Markdown, plain text, slugs."""

import html
import re
import unicodedata
from functools import cache, lru_cache
from urllib.parse import urljoin, urlsplit

import nh3
from anyascii import anyascii
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, smartquotes
from markdown_it.token import Token

WORDS_PER_MINUTE = 230
QUOTED_PARAGRAPH = 4_000
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

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff"
                        r"\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_BLOCK_END = re.compile(r"</(?:p|h[1-6]|li|blockquote|figcaption|tr|dd|dt|pre)>|<(?:br|hr)[^>]*>")
_EMPTY_IMAGE = re.compile(r"<img(?![^>]*\ssrc=)[^>]*>")
_IDEOGRAPH = re.compile("[\u3040-\u9fff\uac00-\ud7af]")
_H1 = re.compile(r"(</?)h1\b", re.IGNORECASE)


def clean_html(markup: str, *, base: str | None = None, rel: str = OUTSIDE_REL) -> str:
    """HTML from anyone as HTML that is safe in our pages.

    `base` makes relative links absolute (without it, links within this site stay as they are). A
    picture stays only if it is one of our own media files: no page asks a third party for
    anything. A page has one h1, its title, so an h1 inside the text becomes an h2. Cleaning twice
    gives the same as once.
    """
    sanitiser, cleaned = cleaner(base, rel), _H1.sub(r"\1h2", _CONTROL.sub("", markup))
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


def one_line(value: str) -> str:
    """White space folded to single blanks; control characters and what turns text around gone."""
    return " ".join(_UNPRINTED.sub("", value).split())


def tidy(value: str) -> str:
    """Typed text as it is kept: Unix line ends, no control characters, NFC, trimmed."""
    unix = value.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROL.sub("", unix)).strip()


def whole_number(typed: str) -> int | None:
    """The whole number that somebody typed, or that an address names; None for anything else.

    It has nine digits at most, as the columns of a database that it is looked for in.
    """
    is_one = typed.isascii() and typed.isdecimal() and len(typed) < 10
    return int(typed) if is_one else None


def fold(value: str) -> str:
    """Text as searches compare it: without differences of case or of compatible signs."""
    return unicodedata.normalize("NFKC", value).casefold()


def shorten(value: str, length: int) -> str:
    """The first `length` characters, cut at a word, with an ellipsis if anything was cut."""
    if len(value) <= length:
        return value
    head = value[:length].rsplit(" ", 1)[0].rstrip(" ,;:–—-")
    return (head or value[:length]) + "…"


def reading_minutes(markup: str) -> int:
    """Minutes an adult needs for this HTML, at least one (230 words a minute, CJK 500 signs)."""
    return minutes_of(plain(markup))


def minutes_of(words: str) -> int:
    """Minutes an adult needs for this plain text, at least one."""
    ideographs = 0 if words.isascii() else len(_IDEOGRAPH.findall(words))
    return max(1, round(len(words.split()) / WORDS_PER_MINUTE + ideographs / 500))


def slugify(value: str, *, length: int = 80) -> str:
    """An address part from a title in any script: lower-case ASCII words joined by hyphens.

    Empty when the title has no letter or digit at all; callers choose a stand-in.
    """
    words = re.findall(r"[a-z0-9]+", anyascii(value).lower().replace("'", ""))
    return "-".join(words)[:length].rstrip("-")


def markdown(source: str, *, rel: str = OUTSIDE_REL) -> str:
    """CommonMark with tables as clean HTML.

    A quotation whose last paragraph begins with a dash becomes a figure with that line as its
    caption, so that a quote always stands with its speaker.
    """
    return clean_html(_article().render(source), rel=rel)


def remark(source: str) -> str:
    """What a reader typed as clean HTML: paragraphs, `> quotes`, code and bare links only."""
    return clean_html(_conversation().render(source))


@cache
def _article() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": True})
    parser.enable(["table", "replacements", "smartquotes"])
    parser.core.ruler.at("smartquotes", _short_smartquotes)
    parser.core.ruler.push("attributed_quotes", _attribute_quotes)
    return parser


@cache
def _conversation() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "linkify": True})
    return parser.enable(["blockquote", "fence", "backticks", "newline", "linkify"])


def _short_smartquotes(state: StateCore) -> None:
    # The rule takes time that grows with the square of a paragraph full of quotation marks.
    whole = state.tokens
    state.tokens = [token for token in whole if len(token.content) <= QUOTED_PARAGRAPH]
    smartquotes(state)
    state.tokens = whole


def _attribute_quotes(state: StateCore) -> None:
    tokens = state.tokens
    for close in reversed(range(len(tokens))):
        if tokens[close].type == "blockquote_close" and _is_attribution(tokens[close - 3:close]):
            _make_figure(tokens, close)


def _is_attribution(last: list[Token]) -> bool:
    return (
        [token.type for token in last] == ["paragraph_open", "inline", "paragraph_close"]
        and last[1].content.startswith(("— ", "– ", "-- "))
    )


def _make_figure(tokens: list[Token], close: int) -> None:
    opening = next(
        index for index in reversed(range(close))
        if tokens[index].type == "blockquote_open" and tokens[index].level == tokens[close].level
    )
    if close - 3 == opening + 1:
        return
    words = tokens[close - 2]
    words.content = words.content.lstrip("—–- ")
    if words.children:
        words.children[0].content = words.children[0].content.lstrip("—–- ")
    caption = [Token("figcaption_open", "figcaption", 1), words,
               Token("figcaption_close", "figcaption", -1)]
    tokens[close - 3:close + 1] = [tokens[close], *caption, Token("figure_close", "figure", -1)]
    tokens.insert(opening, Token("figure_open", "figure", 1))
