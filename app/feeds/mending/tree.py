"""Foreign HTML as a tree that can be mended, and back. nh3 has the last word on what comes out."""

import re
from collections import Counter
from functools import cache
from typing import Any

import nh3

from app import text
from app.later import Later

etree: Any = Later("lxml.etree")
# One of lxml's, which does not say of what type it is.
Element = Any

# libxml2 compares each attribute of a tag with all before it: 100,000 of them would take a minute.
# nh3, which is far quicker at that, goes first over what is large enough to hold so many.
LARGE = 60_000
# Both parsers look through all that is open for some tags; no text is nested like that.
DEEPEST = 1000
SELF_CLOSING = frozenset({"p", "br", "hr", "img", "li", "dt", "dd", "td", "th", "tr", "input",
                          "source", "meta", "link", "option", "col", "wbr", "embed"})
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,12})")

STRUCTURE = text.ALLOWED_TAGS | {
    "address", "article", "aside", "center", "div", "figure", "font", "footer", "form", "h1",
    "header", "iframe", "main", "nav", "noscript", "picture", "section", "source", "span", "audio",
    "video",
}
HINTS = {
    "*": {"class", "id", "style", "hidden", "aria-hidden", "role", "lang", "dir"},
    "img": text.ALLOWED_ATTRIBUTES["img"] | {
        "srcset", "data-src", "data-lazy-src", "data-original", "data-srcset"},
    "iframe": {"src", "title"}, "audio": {"src", "title"}, "video": {"src", "title"},
    "source": {"src", "srcset"},
}


def is_bottomless(html: str) -> bool:
    """Whether tags are nested past all reason, so that no parser should be given them."""
    if len(html) < 4 * DEEPEST:
        return False
    opened: Counter[str] = Counter()
    depth = 0
    for close, name in _TAG.findall(html):
        name = name.lower()
        if name in SELF_CLOSING:
            continue
        step = -1 if close else 1
        if opened[name] + step >= 0:
            opened[name] += step
            depth += step
        if depth > DEEPEST:
            return True
    return False


def grow(html: str) -> Element | None:
    """The body of this HTML; None if no tree can be made of it or it nests past all reason."""
    if len(html) > LARGE:
        html = _slimmer().clean(html)
    # 256 levels is all that libxml2 allows without `huge_tree`.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(f"<html><body>{html}".encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return None
    if root is None or len(parser.error_log.filter_from_fatals()):
        return None
    return root.find("body")


@cache
def _slimmer() -> nh3.Cleaner:
    names = text.ALLOWED_ATTRIBUTES.keys() | HINTS.keys()
    return nh3.Cleaner(
        tags=set(STRUCTURE), url_schemes=set(text.ALLOWED_SCHEMES), link_rel=None,
        clean_content_tags={"script", "style", "template", "svg", "math"},
        attributes={name: set(text.ALLOWED_ATTRIBUTES.get(name, ())) | set(HINTS.get(name, ()))
                    for name in names})


def serialise(element: Element) -> str:
    """The HTML inside an element."""
    whole = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return whole[whole.find(">") + 1:whole.rfind("</")]


def outer(element: Element) -> str:
    """The HTML of an element itself."""
    return etree.tostring(element, encoding="unicode", method="html", with_tail=False)


def words(element: Element) -> str:
    """The text in an element, on one line."""
    return " ".join("".join(element.itertext()).split())


def spaced(element: Element) -> str:
    """The text in an element with a blank wherever an element begins or ends."""
    return " ".join(" ".join(element.itertext()).split())


def remove(element: Element) -> None:
    """Takes an element out with all that is in it, but not the text behind it."""
    _leave(element, element.tail)
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def unwrap(element: Element) -> None:
    """Takes an element out and leaves in its place what was in it."""
    parent = element.getparent()
    if parent is None:
        return
    _leave(element, element.text)
    for child in list(element):
        element.addprevious(child)
    element.text = None
    remove(element)


def last(element: Element) -> Element | None:
    """The last child; counting the others would take its time."""
    return next(element.iterchildren(reversed=True), None)


def replace_with_text(element: Element, text: str) -> None:
    """Puts text where an element was."""
    element.tail = text + (element.tail or "")
    remove(element)


def _leave(element: Element, text: str | None) -> None:
    parent = element.getparent()
    if parent is None or not text:
        return
    before = element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + text
    else:
        before.tail = (before.tail or "") + text
