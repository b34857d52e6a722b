"""Foreign HTML as a tree that can be mended, and back. nh3 has the last word on what comes out."""

import re

from lxml import etree

Element = etree._Element

# One deep document must not cost more than a wide one; what is cut off here falls to nh3 alone.
DEEPEST = 200
_TAG = re.compile(r"<(?=[a-zA-Z/!?])")
_BLANKS = re.compile(r"\s+")


def grow(html: str) -> Element | None:
    """The body of this HTML; None if no tree can be made of it or it nests past all reason."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    data = f"<html><body>{html}".encode("utf-8", "replace")
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return None
    body = None if root is None else root.find("body")
    too_deep = any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT or "depth" in error.message
                   for error in parser.error_log.filter_from_fatals())
    return None if too_deep else body


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
    place = parent.index(element)
    children = list(element)
    if children:
        children[-1].tail = (children[-1].tail or "") + (element.tail or "")
        _leave(element, element.text)
    else:
        _leave(element, (element.text or "") + (element.tail or ""))
    parent[place:place + 1] = children


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
