"""JSON Feed 1.0 and 1.1 (jsonfeed.org), with every odd type taken for what is missing.

What comes in was read by the parser's child, which kept what stands in `json_document`.

Attachments are left alone, and `next_url` is not followed: older items are older posts.
"""

from datetime import UTC, datetime
from typing import Any

from app.feeds.parsing.bounding import LONGEST_TEXT, LONGEST_WORDS
from app.feeds.parsing.parsed import LONGEST_GUID, ParsedFeed, ParsedItem
from app.feeds.parsing.refusing import ParseFailed
from app.feeds.parsing.unseen import without_unseen
from app.feeds.parsing.values import language, link, moment, paragraphs
from app.feeds.parsing.wording import people, titled, topics

VERSIONS = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/")


def parse_json(answer: dict[str, Any], *, url: str) -> ParsedFeed:
    """The JSON Feed that the child read and that came from `url`; ParseFailed if it is none."""
    if "error" in answer:
        raise ParseFailed("The feed is cut off or broken: its JSON cannot be read.")
    found: dict[str, Any] = answer["feed"] or {}
    if not _words(found, "version").startswith(VERSIONS):
        raise ParseFailed("This address answers with JSON that is not a JSON Feed.")
    site = link(_words(found, "home_page_url"), url)
    language_of_all = language(_words(found, "language"))
    return ParsedFeed(
        title=_title(found, "title"), site_url=site, description=_title(found, "description"),
        author=_authors(found), language=language_of_all,
        items=tuple(_item(each, url, site) for each in answer["items"]),
        hub_url=_hub(found, url), self_url=link(_words(found, "feed_url"), url),
    )


def _item(found: dict[str, Any], url: str, site: str | None) -> ParsedItem:
    where = link(_words(found, "url"), url) or link(_words(found, "external_url"), url)
    updated = _moment(_words(found, "date_modified"))
    summary = paragraphs(_words(found, "summary"))
    return ParsedItem(
        guid=_guid(found.get("id")), link=where, title=_title(found, "title"),
        author=_authors(found), published=_moment(_words(found, "date_published")) or updated,
        updated=updated, summary_html=summary,
        content_html=(_words(found, "content_html", LONGEST_TEXT)
                      or paragraphs(_words(found, "content_text", LONGEST_TEXT)) or summary),
        language=language(_words(found, "language")),
        topics=topics([each for each in _list(found, "tags") if isinstance(each, str)]),
        base=where or site or url,
    )


def _guid(value: object) -> str:
    # The specification: "if an id is presented as a number, it should be coerced to a string".
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    text = str(value) if is_number else value if isinstance(value, str) else ""
    return without_unseen(text).strip()[:LONGEST_GUID]


def _authors(found: dict[str, Any]) -> str:
    # 1.0 has one author, 1.1 a list of them.
    several = [*_list(found, "authors"), found.get("author")]
    return people([_words(each, "name") for each in several[:20] if isinstance(each, dict)][:10])


def _hub(found: dict[str, Any], url: str) -> str | None:
    hubs = (each for each in _list(found, "hubs") if isinstance(each, dict))
    addresses = (link(_words(each, "url"), url) for each in hubs
                 if _words(each, "type").lower() == "websub")
    return next(filter(None, addresses), None)


def _title(found: dict[str, Any], name: str) -> str:
    return titled({"text": _words(found, name), "type": "text/plain"}, True)


def _words(found: dict[str, Any], name: str, length: int = LONGEST_WORDS) -> str:
    value = found.get(name)
    return without_unseen(value[:length]) if isinstance(value, str) else ""


def _list(found: dict[str, Any], name: str) -> list[Any]:
    value = found.get(name)
    return value if isinstance(value, list) else []


def _moment(written: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(written.strip())
        return moment((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
