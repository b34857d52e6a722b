"""What of an RSS or Atom document is worth passing on: what feedparser finds in it, bounded.

The parser's child runs this file: feedparser may take minutes, or all memory.
"""

import calendar
import io
import xml.sax
from typing import Any

import feedparser

from app.feeds.parsing.bounding import LONGEST_TEXT, LONGEST_WORDS, newest
from app.feeds.parsing.charset import Decoded
from app.feeds.parsing.refusing import ends_in_an_item, is_cut
from app.feeds.parsing.resting import days_to_skip, hours_to_skip
from app.feeds.parsing.unseen import without_unseen

MOST_LINKS = 50
SCALARS = ("ttl", "sy_updateperiod", "sy_updatefrequency", "link", "language", "subtitle")


def read(document: Decoded) -> dict[str, Any]:
    """`feed` and `items` of a document, and where it is cut off; raises whatever goes wrong."""
    body = document.body
    # A stream and never a string: feedparser would open a string as an address or a file.
    # No content-location: a guid like "17" would be resolved against it and change with it.
    result = feedparser.parse(
        io.BytesIO(body), response_headers={"content-type": document.content_type},
        sanitize_html=False, resolve_relative_uris=False,
    )
    line = _broken_line(result.get("bozo_exception"), body)
    cut = line is not None and is_cut(body)
    # What the document breaks off in would be stored as half a post.
    whole = result.entries[:-1] if cut and ends_in_an_item(body) else result.entries
    return {
        "version": result.get("version") or "",
        "cut_line": line if cut else None,
        "feed": _feed(result.feed),
        "skip_hours": hours_to_skip(body),
        "skip_days": days_to_skip(body),
        "items": [_item(entry) for entry in newest(whole, _date)],
    }


def _broken_line(error: object, body: bytes) -> int | None:
    if not isinstance(error, xml.sax.SAXParseException):
        return None
    # feedparser puts a line of its own before a document without a declaration.
    return (error.getLineNumber() or 1) - (not body.startswith(b"<?xml"))


def _feed(feed: Any) -> dict[str, Any]:
    return {
        **{name: _words(dict.get(feed, name)) for name in SCALARS},
        "title": _typed(feed, "title"),
        "subtitle": _typed(feed, "subtitle"),
        "author": _author(feed),
        "links": [(_words(link.get("rel")), _words(link.get("href")))
                  for link in dict.get(feed, "links", [])[:MOST_LINKS]],
    }


def _item(entry: Any) -> dict[str, Any]:
    return {
        "guid": _words(dict.get(entry, "id")),
        "link": _words(dict.get(entry, "feedburner_origlink") or dict.get(entry, "link")),
        "title": _typed(entry, "title"),
        "author": _author(entry),
        "published": _stamp(dict.get(entry, "published_parsed")),
        "updated": _stamp(dict.get(entry, "updated_parsed")),
        "summary": _part(dict.get(entry, "summary"), dict.get(entry, "summary_detail")),
        "contents": [_part(part.get("value"), part) for part in dict.get(entry, "content", [])],
        "topics": [_words(tag.get("term")) for tag in dict.get(entry, "tags", [])],
    }


def _typed(of: Any, name: str) -> dict[str, str]:
    detail = dict.get(of, name + "_detail") or {}
    return {"text": _words(dict.get(of, name)), "type": detail.get("type") or ""}


def _part(value: Any, detail: Any) -> dict[str, str]:
    detail = detail if isinstance(detail, dict) else {}
    return {
        "text": _text(value, LONGEST_TEXT),
        "type": detail.get("type") or "text/html",
        "base": _words(detail.get("base")),
        "language": _words(detail.get("language")),
    }


def _author(of: Any) -> list[str]:
    # Of a single author feedparser cuts name and address apart, and cuts ".example" to pieces.
    names = [_words(author.get("name")) for author in dict.get(of, "authors", [])]
    return names if len(names) > 1 else [_words(dict.get(of, "author"))]


def _date(entry: Any) -> int | None:
    return _stamp(dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed"))


def _stamp(date: Any) -> int | None:
    try:
        return calendar.timegm(date) if date else None
    except (ValueError, OverflowError, TypeError):
        return None


def _words(value: Any) -> str:
    return _text(value, LONGEST_WORDS)


def _text(value: Any, length: int) -> str:
    return without_unseen(value[:length]) if isinstance(value, str) else ""
