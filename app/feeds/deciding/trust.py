"""What tells the items of a feed apart: guids, else links, else texts. Pure.

Trust only ever goes down, from guid to link to text, and by itself: a feed that once gave one guid
to several posts, or new ones to old posts at every visit, may do so again. What is known already
stays known under the name it has, whatever is trusted later.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from app.feeds.deciding import links
from app.feeds.deciding.known import Known
from app.feeds.deciding.sameness import content_hash
from app.feeds.models import Trust
from app.feeds.parsing import ParsedFeed, ParsedItem

SHARED = "Several of its items have one guid, so their links tell them apart."
MISSING = "Its items come without guids, so their links tell them apart."
CHANGING = "It gives its items new guids while their links stay, so the links tell them apart."
NO_LINKS = "{} Their links all lead to the same page or nowhere, so their texts do it."
FLEETING = "Neither the guids nor the links of its items stay, so their texts tell them apart."


@dataclass(frozen=True)
class Judgement:
    """What is trusted from now on, and why, in words; empty where nothing was ever wrong."""

    trust: Trust
    why: str


def judge(before: Judgement, feed: ParsedFeed, known: Sequence[Known]) -> Judgement:
    """What can be trusted after having seen this document too."""
    if not feed.items or before.trust is Trust.HASH:
        return before
    if _fleeting(feed.items, known):
        return Judgement(Trust.HASH, FLEETING)
    after = before
    if before.trust is Trust.GUID and (why := _failing_guids(feed, known)):
        after = Judgement(Trust.LINK, why)
    if after.trust is Trust.LINK and _links_fail(feed):
        return Judgement(Trust.HASH, NO_LINKS.format(after.why.split(", so ")[0] + "."))
    return after


def shared_guids(feed: ParsedFeed, known: Sequence[Known]) -> frozenset[str]:
    """Guids that are not one item's alone, here or in what was seen before."""
    here: defaultdict[str, set[str]] = defaultdict(set)
    for item in feed.items:
        here[item.guid].add(links.place(item.link, feed.site_url) or item.title)
    before = Counter(one.guid for one in known)
    return frozenset(guid for guid in here
                     if guid and (len(here[guid]) > 1 or before[guid] > 1))


def _failing_guids(feed: ParsedFeed, known: Sequence[Known]) -> str:
    number = len(feed.items)
    shared = shared_guids(feed, ())
    if sum(item.guid in shared for item in feed.items) * 5 >= number and shared:
        return SHARED
    if sum(not item.guid for item in feed.items) * 2 >= number:
        return MISSING
    return CHANGING if _changing(feed, known) else ""


def _changing(feed: ParsedFeed, known: Sequence[Known]) -> bool:
    by_link = {links.key(one.link): one for one in known if one.guid}
    guids = {one.guid for one in known}
    found = [(item, by_link[place]) for item in feed.items
             if (place := links.key(item.link)) in by_link
             and not links.is_home(item.link, feed.site_url)]
    changed = sum(bool(item.guid) and item.guid not in guids for item, _one in found)
    return changed >= 2 and changed * 2 >= len(found)


def _links_fail(feed: ParsedFeed) -> bool:
    places = Counter(links.key(item.link) for item in feed.items)
    useless = sum(not item.link or links.is_home(item.link, feed.site_url)
                  or places[links.key(item.link)] > 1 for item in feed.items)
    return useless * 2 >= len(feed.items)


def _fleeting(items: Sequence[ParsedItem], known: Sequence[Known]) -> bool:
    guids, places = {one.guid for one in known}, {links.key(one.link) for one in known}
    texts = {one.content_hash for one in known}
    lost = [item for item in items if item.guid not in guids | {""}
            and links.key(item.link) not in places | {""}]
    again = len({each for item in lost if (each := content_hash(item)) in texts})
    return again >= 3 and again * 2 >= len(items)
