"""What each item of a feed means, given what we stored before. Pure: no database, no network.

The rules, in the order they are asked:

- An item's identity is its guid, unless it has none or items with other links share it; then its
  link, unless that is the site's own address; then a digest of its title and content.
- It is a known item if its identity is known, or else if its link is and no other item of this
  feed has a claim to it: feeds that change all their guids keep their links, feeds that change
  their permalinks keep their guids.
- It is repeated if an earlier item of this feed is the same; the first counts.
- It is unchanged if title and content are; a new date or a new link alone changes nothing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.feeds.parsing import ParsedFeed, ParsedItem

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER_BY = timedelta(days=1)


class VerdictKind(StrEnum):
    """What to do with an item: make one, offer a change, nothing, nothing."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REPEATED = "repeated"


@dataclass(frozen=True)
class Known:
    """What we stored of an item: under which identity, from which link and text, dated when.

    `guid` is the one it first had and never changes: a guid once seen on several items is never
    trusted again, even when only one of them is left in the feed. `link` may follow the feed's.
    """

    identity: str
    link: str | None
    content_hash: str
    date: datetime
    guid: str = ""


@dataclass(frozen=True)
class Verdict:
    """The decision on one item.

    `identity` is the one to store under: for a known item the one it has, so that it never
    changes. `date` is the item's own if believable, else the day we first saw it; a known item
    keeps its date.
    """

    kind: VerdictKind
    identity: str
    item: ParsedItem
    date: datetime
    content_hash: str


def decide(known: Sequence[Known], feed: ParsedFeed, now: datetime) -> tuple[Verdict, ...]:
    """One verdict per item, in the feed's order. `now` is aware and stands for 'first seen'."""
    untrusted = _shared_guids(known, feed.items)
    identities = [_identity(item, untrusted, feed.site_url) for item in feed.items]
    matches = _matches(known, feed, identities)
    seen: set[str] = set()
    verdicts = []
    for item, identity in zip(feed.items, identities, strict=True):
        verdict = _verdict(item, identity, matches.get(identity), seen, now)
        seen.add(verdict.identity)
        verdicts.append(verdict)
    return tuple(verdicts)


def _identity(item: ParsedItem, untrusted: frozenset[str], site_url: str | None) -> str:
    # The prefix keeps a guid apart from the same text as somebody's link.
    if item.guid and item.guid not in untrusted:
        return f"guid:{item.guid}"
    if item.link and not _is_home(item.link, site_url):
        return f"link:{item.link}"
    return f"hash:{content_hash(item)}"


def _is_home(link: str, site_url: str | None) -> bool:
    # Where every item links to the front page, that link is nobody's.
    return site_url is not None and link.rstrip("/") == site_url.rstrip("/")


def content_hash(item: ParsedItem) -> str:
    """A digest of title and content as received; link and dates are no part of it."""
    text = f"{item.title}\x00{item.content_html}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def believable(date: datetime, now: datetime) -> bool:
    """Whether a date can be true: from 1990 on, and not in the future by more than a day."""
    return OLDEST <= date <= now + CLOCKS_DIFFER_BY


def _shared_guids(known: Sequence[Known], items: Sequence[ParsedItem]) -> frozenset[str]:
    here, before = defaultdict(set), defaultdict(set)
    for item in items:
        here[item.guid].add(item.link or item.title)
    for one in known:
        before[one.guid].add(one.identity)
    return frozenset(
        guid for guid in here if guid and (len(here[guid]) > 1 or len(before[guid]) > 1)
    )


def _matches(
    known: Sequence[Known], feed: ParsedFeed, identities: Sequence[str]
) -> dict[str, Known]:
    by_identity = {one.identity: one for one in known}
    # An item first stored under its link, because it shared its guid, may have it alone now.
    by_name = by_identity | {f"guid:{one.guid}": one for one in known if one.guid}
    direct = {each: by_name[each] for each in identities if each in by_name}
    taken = {one.identity for one in direct.values()}
    claims = _gathered(
        (item.link, each) for item, each in zip(feed.items, identities, strict=True)
        if not _is_home(item.link or "", feed.site_url)
    )
    owners = _gathered((one.link, one.identity) for one in known)
    by_link = {
        min(claims[link]): by_identity[min(owners[link])] for link in claims.keys() & owners.keys()
        # One claim, one owner, and the owner not in the feed itself: only then is it the same.
        if len(claims[link]) == len(owners[link]) == 1 and not owners[link] & taken
    }
    return by_link | direct


def _gathered(pairs: Iterable[tuple[str | None, str]]) -> dict[str, set[str]]:
    gathered: defaultdict[str, set[str]] = defaultdict(set)
    for link, identity in pairs:
        if link:
            gathered[link].add(identity)
    return gathered


def _verdict(
    item: ParsedItem, identity: str, known: Known | None, seen: set[str], now: datetime
) -> Verdict:
    digest = content_hash(item)
    own = known.identity if known else identity
    date = known.date if known else _first_date(item.published, now)
    return Verdict(_kind(known, digest, own in seen), own, item, date, digest)


def _first_date(published: datetime | None, now: datetime) -> datetime:
    return published if published is not None and believable(published, now) else now


def _kind(known: Known | None, digest: str, is_repeated: bool) -> VerdictKind:
    if is_repeated:
        return VerdictKind.REPEATED
    if known is None:
        return VerdictKind.NEW
    return VerdictKind.UNCHANGED if known.content_hash == digest else VerdictKind.UPDATED
