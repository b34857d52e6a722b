"""Bytes to items: what feedparser found, made plain, bounded and typed."""

import re
from typing import Any

from app.feeds.parsing.json_feed import parse_json
from app.feeds.parsing.parsed import LONGEST_GUID, ParsedFeed, ParsedItem
from app.feeds.parsing.parser_child import CPU_SECONDS, ChildDied
from app.feeds.parsing.parser_pool import ParserPool
from app.feeds.parsing.refusing import (
    ParseFailed,
    cut_off,
    is_json,
    refuse_what_is_no_feed,
    refuse_without_items,
)
from app.feeds.parsing.values import language, link, moment, paragraphs
from app.feeds.parsing.wording import HTML, people, titled, topics

MINUTES = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}

__all__ = ["ParseFailed", "ParsedFeed", "ParsedItem", "parse"]

_children = ParserPool()


def parse(
    body: bytes, *, content_type: str, url: str, cpu_seconds: float = CPU_SECONDS
) -> ParsedFeed:
    """The feed in `body`, which came from `url`. Nothing is fetched, no entity is expanded.

    Broken XML is used as far as items can be made out. feedparser strips titles before it mends
    doubly encoded ones and so may eat a last byte of 0xA0 ("à" at the end); with the encoding
    settled before, only titles encoded twice at the source lose it. Raises ParseFailed if this
    is no feed, or takes more than `cpu_seconds` of processor time or 1 GB to read.
    """
    looks_like_json = is_json(body)
    if not looks_like_json:
        refuse_what_is_no_feed(body)
    try:
        found = _children.ask(body, content_type, cpu_seconds)
    except ChildDied as death:
        raise ParseFailed(str(death)) from death
    if looks_like_json:
        return parse_json(found, url=url)
    refuse_without_items(found)
    return _feed(found, url)


def _feed(found: dict[str, Any], url: str) -> ParsedFeed:
    about, is_atom = found["feed"], found["version"].startswith("atom")
    site = link(about["link"], url)
    return ParsedFeed(
        title=titled(about["title"], is_atom),
        site_url=site,
        description=titled(about["subtitle"], is_atom),
        author=people(about["author"]),
        language=language(about["language"]),
        items=tuple(_item(item, url, site, is_atom) for item in found["items"]),
        ttl_minutes=_ttl(about),
        skip_hours=tuple(found["skip_hours"]),
        skip_days=tuple(found["skip_days"]),
        hub_url=_related(about, "hub", url),
        self_url=_related(about, "self", url),
        cut=cut_off(found["cut_line"]) if found["cut_line"] is not None else "",
    )


def _related(about: dict[str, Any], relation: str, url: str) -> str | None:
    found = (link(href, url) for rel, href in about["links"] if relation in rel.lower().split())
    return next(filter(None, found), None)


def _item(found: dict[str, Any], url: str, site: str | None, is_atom: bool) -> ParsedItem:
    where = _item_link(found, url)
    content = _richest([*found["contents"], found["summary"]])
    updated = moment(found["updated"])
    return ParsedItem(
        guid=found["guid"].strip()[:LONGEST_GUID],
        link=where,
        title=titled(found["title"], is_atom),
        author=people(found["author"]),
        published=moment(found["published"]) or updated,
        updated=updated,
        summary_html=_html(found["summary"]),
        content_html=_html(content),
        language=language(content["language"]),
        topics=topics(found["topics"]),
        base=link(content["base"], url) or where or site or url,
    )


def _item_link(found: dict[str, Any], url: str) -> str | None:
    # A guid that merely counts as a permalink by default ("17") is no address of anything.
    if found["link"] == found["guid"] and "://" not in found["link"]:
        return None
    return link(found["link"], url)


def _richest(parts: list[dict[str, str]]) -> dict[str, str]:
    texts = [part for part in parts if part["type"] in HTML or part["type"] == "text/plain"]
    return max(texts, key=lambda part: len(part["text"]), default=parts[-1])


def _html(part: dict[str, str]) -> str:
    return paragraphs(part["text"]) if part["type"] == "text/plain" else part["text"]


def _ttl(about: dict[str, Any]) -> int | None:
    if re.fullmatch(r"[1-9][0-9]{0,6}", about["ttl"]):
        return int(about["ttl"])
    period = MINUTES.get(about["sy_updateperiod"].strip().lower())
    often = about["sy_updatefrequency"].strip()
    times = int(often) if re.fullmatch(r"[1-9][0-9]{0,3}", often) else 1
    return max(1, period // times) if period else None
