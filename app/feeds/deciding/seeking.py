"""Which known items a document can be about: of a feed's long past only these are looked at. Pure.

Whatever is decided of the document is the same as if all of them were known.
"""

from collections.abc import Collection
from dataclasses import dataclass

from app.feeds.deciding import links
from app.feeds.deciding.sameness import content_hash
from app.feeds.deciding.trust import Judgement
from app.feeds.models import Trust
from app.feeds.parsing import ParsedFeed

EVERYTHING = None


@dataclass(frozen=True)
class Sought:
    """What an item is known by that a document can be about."""

    ids: frozenset[int]
    identities: frozenset[str]
    guids: frozenset[str]
    keys: frozenset[str]
    hashes: frozenset[str]

    def has(self, number: int, identity: str, guid: str | None, link: str | None,
            digest: str) -> bool:
        """Whether this is an item that can matter, or that holds a name which is asked for."""
        # A name that was taken has a number behind it.
        return (identity in self.identities or guid in self.guids or digest in self.hashes
                or number in self.ids or identity.rpartition("#")[0] in self.identities
                or links.key(link) in self.keys)


def sought(feed: ParsedFeed, before: Judgement, listed: Collection[int]) -> Sought | None:
    """What to look for among the known items; EVERYTHING where texts tell them apart, for these
    are known by their meaning, too.
    """
    if before.trust is Trust.HASH or not all(
            links.place(item.link, feed.site_url) for item in feed.items):
        return EVERYTHING
    hashes = {content_hash(item) for item in feed.items}
    guids = {item.guid for item in feed.items if item.guid}
    return Sought(
        frozenset(listed),
        frozenset({f"guid:{guid}" for guid in guids} | {f"hash:{each}" for each in hashes}
                  | {f"link:{links.without_tracking(item.link or '')}" for item in feed.items}),
        frozenset(guids), frozenset(links.key(item.link) for item in feed.items),
        frozenset(hashes))
