"""What of a JSON document is worth passing on: what JSON Feed knows, of the newest items.

The parser's child runs this file: ten megabytes of JSON hold up all threads of whoever reads them.
"""

import json
from datetime import UTC, datetime
from typing import Any

from app.feeds.parsing.bounding import LONGEST_TEXT, newest

MOST_OF_A_LIST = 100
FEED = frozenset({"version", "title", "home_page_url", "feed_url", "description", "language",
                  "author", "authors", "hubs"})
ITEM = frozenset({"id", "url", "external_url", "title", "summary", "content_html", "content_text",
                  "date_published", "date_modified", "language", "tags", "author", "authors"})


def read(document: bytes) -> dict[str, Any]:
    """`feed` and `items` of a document; `feed` is None if it is no object. Raises ValueError."""
    found = json.loads(document)
    if not isinstance(found, dict):
        return {"feed": None, "items": []}
    listed = found.get("items")
    items = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return {"feed": _kept(found, FEED),
            "items": [_kept(each, ITEM) for each in newest(items, _date)]}


def _kept(found: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: _bounded(found[name]) for name in names if name in found}


def _bounded(value: Any) -> Any:
    if isinstance(value, list):
        return value[:MOST_OF_A_LIST]
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


def _date(item: dict[str, Any]) -> float | None:
    written: Any = item.get("date_published") or item.get("date_modified")
    try:
        date = datetime.fromisoformat(written.strip())
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (AttributeError, ValueError, OverflowError):
        return None
