"""What of a JSON document is worth passing on: what JSON Feed knows, of the newest items.

The parser's child runs this file: ten megabytes of JSON hold up all threads of whoever reads them.
"""

import json
from datetime import UTC, datetime
from typing import Any

MOST_ITEMS = 500
MOST_OF_A_LIST = 100
LONGEST_TEXT = 1_000_000
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
    return {"feed": _kept(found, FEED), "items": [_kept(each, ITEM) for each in _newest(items)]}


def _kept(found: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: _bounded(found[name]) for name in names if name in found}


def _bounded(value: Any) -> Any:
    if isinstance(value, list):
        return value[:MOST_OF_A_LIST]
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


def _newest(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if len(items) <= MOST_ITEMS:
        return items
    # What has no date counts as new: dropping it for good would be worse than reading it again.
    ages = [_age(each.get("date_published") or each.get("date_modified")) for each in items]
    order = sorted(range(len(items)), key=lambda index: ages[index], reverse=True)
    return [items[index] for index in sorted(order[:MOST_ITEMS])]


def _age(written: Any) -> float:
    try:
        date = datetime.fromisoformat(written.strip())
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (AttributeError, ValueError, OverflowError):
        return float("inf")
