"""The same post in two feeds. Pure.

Two items of different feeds are one post if they link to the same page, or have the same guid and
the same title, or the same text, where that is long enough to be no chance. The one that was
here first stays; the second is not offered, whatever became of the first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.feeds.deciding import links
from app.feeds.deciding.items import Verdict
from app.feeds.deciding.sameness import is_telling


@dataclass(frozen=True)
class Elsewhere:
    """An item of another feed, as far as two posts are compared."""

    id: int
    guid: str
    link: str | None
    title: str
    meaning: str


def doubles(news: Iterable[Verdict], elsewhere: Sequence[Elsewhere], site_url: str | None,
            ) -> dict[str, int]:
    """The ids of the items elsewhere that new ones repeat, by the identities of the new ones."""
    ranked = sorted(elsewhere, key=lambda each: -each.id)
    places = {links.key(each.link): each.id for each in ranked if each.link}
    names = {(each.guid, each.title): each.id for each in ranked if each.guid and each.title}
    texts = {each.meaning: each.id for each in ranked if each.meaning}
    found = {}
    for verdict in news:
        item = verdict.item
        home = links.is_home(item.link, site_url)
        first = ((None if home else places.get(links.key(item.link)))
                 or names.get((item.guid, item.title))
                 or (texts.get(verdict.meaning) if is_telling(item) else None))
        if first:
            found[verdict.identity] = first
    return found
