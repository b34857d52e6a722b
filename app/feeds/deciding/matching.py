"""Which item of a document is which known one. Pure.

An item is a known one, in this order, if

1. guid, link and text are all as they were, or text and one of the other two;
2. it would be stored under the same identity;
3. its guid is a known item's and no other's, where guids are trusted;
4. its link is one known item's that nothing else in the document has a better claim to: feeds that
   change all their guids keep their links;
5. its text is a known item's that is not in the document otherwise, and long enough to be no
   chance, and dated alike: feeds that change guids and links at once.

Step 1 comes first whatever is trusted, so what is stored is never taken for new.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.feeds.deciding import links
from app.feeds.deciding.known import Known
from app.feeds.deciding.sameness import content_hash, is_telling, meaning
from app.feeds.deciding.trust import shared_guids
from app.feeds.models import Trust
from app.feeds.parsing import ParsedFeed, ParsedItem

Key = object


@dataclass(frozen=True)
class Owner:
    """A known item and its place: its link as it is compared, empty for the site itself."""

    known: Known
    place: str


class Candidate:
    """An item of a document on its way to being recognised; digests are made when asked for."""

    def __init__(self, item: ParsedItem, trust: Trust, untrusted: frozenset[str],
                 site_url: str | None) -> None:
        self.item = item
        self.hash = content_hash(item)
        self.place = links.place(item.link, site_url)
        self.guid = item.guid if trust is Trust.GUID and item.guid not in untrusted else ""
        self.known: Known | None = None
        self._meaning = ""
        self.identity = self._identity(trust)

    def _identity(self, trust: Trust) -> str:
        # The prefix keeps a guid apart from the same text as somebody's link.
        if self.guid:
            return f"guid:{self.guid}"
        if self.place and trust is not Trust.HASH:
            return f"link:{links.without_tracking(self.item.link or '')}"
        return f"hash:{self.hash}"

    @property
    def meaning(self) -> str:
        """The digest of what matters in it."""
        self._meaning = self._meaning or meaning(self.item)
        return self._meaning


@dataclass(frozen=True)
class Step:
    """One way to find a known item.

    `alone`: nobody else may ask for it. `any_of`: of several with this key the first will do.
    """

    ours: Callable[[Candidate], Key]
    theirs: Callable[[Owner], Key]
    alone: bool = False
    any_of: bool = False


def recognise(feed: ParsedFeed, known: Sequence[Known], trust: Trust) -> list[Candidate]:
    """The document's items in its order, each with the known item that it is, if any."""
    untrusted = shared_guids(feed, known)
    found = [Candidate(item, trust, untrusted, feed.site_url) for item in feed.items]
    owners = [Owner(one, links.place(one.link, feed.site_url)) for one in known]
    taken: dict[str, str] = {}
    for step in _STEPS:
        if any(each.known is None for each in found):
            _take(step, found, owners, taken)
    return found


def _take(step: Step, found: Sequence[Candidate], owners: Sequence[Owner],
          taken: dict[str, str]) -> None:
    having, claims = defaultdict(list), defaultdict(set)
    for owner in owners:
        having[step.theirs(owner)].append(owner.known)
    if step.alone:
        for each in found:
            claims[step.ours(each)].add(each.identity)
    for each in (each for each in found if each.known is None):
        key = step.ours(each)
        if not key or (step.alone and len(claims[key]) > 1):
            continue
        # Somebody else's already, unless this is the same item once more.
        free = [one for one in having.get(key, ())
                if taken.get(one.identity, each.identity) == each.identity]
        if free and (step.any_of or len(having[key]) == 1):
            each.known = free[0]
            taken[free[0].identity] = each.identity


def _by_text(each: Candidate) -> bool:
    return each.identity.startswith("hash:")


_STEPS = (
    Step(lambda each: (each.item.guid, each.place, each.hash),
         lambda owner: (owner.known.guid, owner.place, owner.known.content_hash), any_of=True),
    Step(lambda each: each.guid and (each.guid, each.hash),
         lambda owner: (owner.known.guid, owner.known.content_hash), any_of=True),
    Step(lambda each: each.place and (each.place, each.hash),
         lambda owner: (owner.place, owner.known.content_hash), any_of=True),
    Step(lambda each: each.identity, lambda owner: owner.known.identity),
    Step(lambda each: each.guid, lambda owner: owner.known.guid),
    Step(lambda each: not _by_text(each) and each.place, lambda owner: owner.place, alone=True),
    Step(lambda each: _by_text(each) and each.hash, lambda owner: owner.known.content_hash,
         any_of=True),
    Step(lambda each: _by_text(each) and each.meaning, lambda owner: owner.known.meaning,
         any_of=True),
    Step(lambda each: is_telling(each.item) and (each.hash, each.item.published),
         lambda owner: (owner.known.content_hash, owner.known.date), alone=True),
    Step(lambda each: is_telling(each.item) and each.item.published is None and each.hash,
         lambda owner: owner.known.content_hash, alone=True),
)
