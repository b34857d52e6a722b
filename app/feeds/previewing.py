"""What a feed would bring, told before anything is stored."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app import text
from app.feeds.actions import normal
from app.feeds.deciding import believable
from app.feeds.mending import full_text
from app.feeds.mending.cleaning import clean
from app.feeds.models import Show
from app.feeds.parsing import ParsedFeed, ParsedItem
from app.feeds.polling.asking import Asking
from app.feeds.polling.finding import SECONDS, Candidate, find
from app.feeds.showing import shown
from app.fetch import FetchFailed

ITEMS = 3
NAMES = 12
PACES = ((1, "several times a day"), (2, "about daily"), (5, "a few times a week"),
         (11, "about weekly"), (21, "about every other week"), (50, "about monthly"))


class NothingFound(ValueError):
    """No feed at an address; the text says so."""


@dataclass(frozen=True)
class Sample:
    """An item as readers would get it here, by how much of it is shown."""

    title: str
    author: str
    date: datetime | None
    link: str | None
    standfirst: str
    ways: dict[str, str]


@dataclass(frozen=True)
class Preview:
    """A feed as it is now, in what an editor wants to know of it.

    `read_at` is where its address led, `digest` that of the document.
    `page` is an item with the text of its page, where the feed seems to cut its texts.
    """

    url: str
    read_at: str
    digest: str
    others: tuple[Candidate, ...]
    title: str
    site_url: str | None
    description: str
    count: int
    pace: str
    newest: datetime | None
    is_cut: bool
    page: full_text.Preview | None
    ids: str
    has_hub: bool
    names: tuple[str, ...]
    samples: tuple[Sample, ...]


def look(typed: str, asking: Asking, *, now: datetime) -> Preview:
    """Reads the likeliest feed at an address, of a feed or of a site. Stores nothing.

    Call it with no transaction open. Raises BadAddress, FetchFailed or NothingFound, all of which
    say why in a sentence.
    """
    url, found = _find(typed, asking)
    if not found:
        raise NothingFound(f"We found no feed at {url}. If you know the address of one, type it.")
    first, parsed = found[0], found[0].parsed
    is_cut = full_text.seems_cut(parsed)
    dates = sorted(each.published for each in parsed.items
                   if each.published and believable(each.published, now))
    return Preview(
        url=normal(first.url), read_at=first.read_at, digest=first.digest,
        others=found[1:], title=parsed.title, site_url=parsed.site_url,
        description=text.shorten(text.plain(parsed.description), 300), count=len(parsed.items),
        pace=pace(dates), newest=dates[-1] if dates else None, is_cut=is_cut,
        page=_from_page(parsed.items, asking) if is_cut else None,
        ids=_ids(parsed.items), has_hub=bool(parsed.hub_url), names=_names(parsed),
        samples=tuple(_sample(item) for item in parsed.items[:ITEMS]))


def _find(typed: str, asking: Asking) -> tuple[str, tuple[Candidate, ...]]:
    url = normal(typed)
    try:
        return url, find(url, asking)
    except FetchFailed:
        if "://" in typed:
            raise
        plain = normal(f"http://{typed.strip()}")
        # Many an old blog has no secure address; only one that was typed is tried no other way.
        with suppress(FetchFailed):
            return plain, find(plain, asking)
        raise


def pace(dates: Sequence[datetime]) -> str:
    """How often somebody writes, from the dates of their items, oldest first; empty if unknown."""
    if len(dates) < 2:
        return ""
    mean = (dates[-1] - dates[0]) / (len(dates) - 1)
    return next((words for days, words in PACES if mean < timedelta(days=days)),
                "a few times a year")


def _from_page(items: Sequence[ParsedItem], asking: Asking) -> full_text.Preview | None:
    item = next((each for each in items if each.link), None)
    limits = replace(asking.limits, total=min(SECONDS, asking.limits.total))
    return full_text.preview(item, replace(asking, limits=limits)) if item else None


def _ids(items: Sequence[ParsedItem]) -> str:
    if _all_unlike([item.guid for item in items]):
        return "Every item has an id of its own."
    if _all_unlike([item.link for item in items]):
        return "Its ids are missing or doubled, so their links tell its items apart."
    return "Ids and links are missing or doubled, so their words tell some items apart."


def _all_unlike(names: Sequence[str | None]) -> bool:
    return all(names) and len(set(names)) == len(names)


def _names(parsed: ParsedFeed) -> tuple[str, ...]:
    seen = dict.fromkeys(item.author or parsed.author for item in parsed.items)
    return tuple(name for name in seen if name)[:NAMES]


def _sample(item: ParsedItem) -> Sample:
    cleaned = clean(item)
    return Sample(cleaned.title, item.author, item.published, item.link, cleaned.standfirst,
                  {show.value: shown(show, cleaned.html, cleaned.plain, item.link)
                   for show in Show})
