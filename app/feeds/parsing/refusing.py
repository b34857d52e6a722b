"""What is no feed, and what we say about it. No word of a sentence comes from the document."""

import re
from typing import Any

_NO_FEED = "This address answers with something that is not a feed."
_WEB_PAGE = "This address answers with a web page, not a feed."

_DOCTYPE = "The feed defines entities of its own, which is refused for safety."

_COMMENT = re.compile(rb"<!--.*?-->", re.S)
_HTML_DOCTYPE = re.compile(rb"<!doctype\s+html\b", re.I)
_ROOT = re.compile(rb"<([A-Za-z][\w.:-]*)")
_FEED_ROOTS = frozenset({b"rss", b"rdf:rdf", b"feed", b"channel"})
# A broken feed that reaches its end may just have no items; one that does not is cut off.
_END = re.compile(rb"</\s*(?:\w+:)?(?:rss|rdf|feed|channel)\s*>", re.I)

_ITEM_END = re.compile(rb"</\s*(?:item|entry)\s*>", re.I)

_BEFORE_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff|\s|<\?.*?\?>|<!--.*?-->)*+", re.S)
_ENTITY = rb"""<!ENTITY\s+[\w.-]{1,32}\s+(?:"(?:&\#x?\w{1,8};|[^"&%<]{0,32})"
    |'(?:&\#x?\w{1,8};|[^'&%<]{0,32})')\s*>"""
# All that may stand in a document type: a name, an address nobody visits, entities for a short
# text. A list of what is harmless, because a list of what is not would be read around.
_HARMLESS_DOCTYPE = re.compile(
    rb"""<!DOCTYPE(?:[^\[\]<>"']|"[^"<>]*"|'[^'<>]*')*+
    (?:\[(?:\s|<!--[^<>]*-->|%s)*+\]\s*)?>""" % _ENTITY, re.I | re.X
)


class ParseFailed(Exception):
    """The document cannot be used as a feed; `str()` is one plain sentence, not escaped."""


def refuse_what_is_no_feed(body: bytes) -> None:
    """Raise ParseFailed for what needs no parser to be told from a feed, and for entities.

    Entities that stand for a short text pass; what could grow or reach outside does not.
    """
    head = _ascii(body[:4096])
    if not body.strip():
        raise ParseFailed("This address answers with nothing at all.")
    if _is_web_page(head):
        raise ParseFailed(_WEB_PAGE)
    if b"<" not in head:
        raise ParseFailed(_NO_FEED)
    _refuse_entities(body)


def is_json(body: bytes) -> bool:
    """Whether a document begins as JSON does, whatever its label says."""
    return _ascii(body[:4096]).lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] in (b"{", b"[")


def refuse_without_items(found: dict[str, Any]) -> None:
    """Raise ParseFailed if the parser found neither items nor a feed that merely has none."""
    if "error" in found:
        raise ParseFailed("The feed is too broken to be read.")
    if found["items"]:
        return
    if not found["version"]:
        raise ParseFailed(_NO_FEED)
    if found["cut_line"] is not None:
        raise ParseFailed(cut_off(found["cut_line"]))


def cut_off(line: int) -> str:
    """What is said of a document that ends too soon."""
    return f"The feed is cut off or broken: it cannot be read past line {line}."


def is_cut(body: bytes) -> bool:
    """Whether a document never comes to its end."""
    return not _END.search(body[-2000:])


def ends_in_an_item(body: bytes) -> bool:
    """Whether the last item of a document that was cut is not whole."""
    last = max(body.rfind(b"<item"), body.rfind(b"<entry"))
    return last >= 0 and not _ITEM_END.search(body, last)


def _is_web_page(head: bytes) -> bool:
    head = _COMMENT.sub(b"", head)
    root = _ROOT.search(head)
    name = root.group(1).lower() if root else b""
    return name == b"html" or (bool(_HTML_DOCTYPE.search(head)) and name not in _FEED_ROOTS)


def _refuse_entities(body: bytes) -> None:
    text = _ascii(body)
    start = _BEFORE_DOCTYPE.match(text)
    rest = text[start.end():] if start else text
    if rest[:9].upper() == b"<!DOCTYPE":
        doctype = _HARMLESS_DOCTYPE.match(rest)
        if doctype is None:
            raise ParseFailed(_DOCTYPE)
        rest = rest[doctype.end():]
    # Elsewhere XML knows no declarations, but the parser for broken XML believes them.
    root = _ROOT.search(rest)
    if b"<!entity" in (rest[:root.start()] if root else rest).lower():
        raise ParseFailed(_DOCTYPE)


def _ascii(body: bytes) -> bytes:
    # Without their NULs UTF-16 and UTF-32 read like ASCII where it matters here.
    return body.replace(b"\x00", b"")
