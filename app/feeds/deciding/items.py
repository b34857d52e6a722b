"""What each item of a feed means, given what we stored before. Pure: no database, no network.

- What an item is stored under: `trust`. Which known item it is: `matching`.
- It is repeated if an earlier item of this document is the same; the first counts.
- It is unchanged if title and content are, or say the same after all (`sameness`); a new date or
  a new link alone changes nothing.
- Known items that are not there: `absence`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from app.feeds.deciding.absence import Absence, absence
from app.feeds.deciding.known import Known
from app.feeds.deciding.matching import Candidate, recognise
from app.feeds.deciding.trust import Judgement, judge
from app.feeds.models import Trust
from app.feeds.parsing import ParsedFeed, ParsedItem

OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER_BY = timedelta(days=1)
NOTHING_WRONG = Judgement(Trust.GUID, "")


class VerdictKind(StrEnum):
    """What to do with an item: make one, offer a change, nothing, nothing."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REPEATED = "repeated"


@dataclass(frozen=True)
class Verdict:
    """The decision on one item.

    `identity` is the one to store under: for a known item the one it has, so that it never
    changes. `date` is the item's own if believable, else the day we first saw it; a known item
    keeps its date. `meaning` is empty where nobody had to ask for it.
    """

    kind: VerdictKind
    identity: str
    item: ParsedItem
    date: datetime
    content_hash: str
    meaning: str = ""
    known: Known | None = None


@dataclass(frozen=True)
class Decided:
    """Everything that one document means: a verdict an item in the document's order, and more."""

    verdicts: tuple[Verdict, ...]
    judgement: Judgement = NOTHING_WRONG
    absence: Absence = field(default_factory=Absence)

    def of(self, kind: VerdictKind) -> list[Verdict]:
        """The verdicts of one kind, the oldest item first."""
        return sorted((each for each in self.verdicts if each.kind is kind),
                      key=lambda each: each.date)


def decide(known: Sequence[Known], feed: ParsedFeed, now: datetime, *,
           before: Judgement = NOTHING_WRONG, listed: Collection[int] = ()) -> Decided:
    """What a document means. `now` is aware and stands for 'first seen'.

    `before` is what was trusted until now; `listed` are the ids of the known items that stood in
    the feed at the last visit.
    """
    judgement = judge(before, feed, known)
    names = {one.identity for one in known}
    seen: set[str] = set()
    verdicts = []
    for each in recognise(feed, known, judgement.trust):
        own = each.known.identity if each.known else _free(each.identity, names)
        verdicts.append(_verdict(each, own, own in seen, now))
        seen.add(own)
    present = {each.known.id for each in verdicts if each.known}
    news = any(each.kind is VerdictKind.NEW for each in verdicts)
    return Decided(tuple(verdicts), judgement, absence(known, present, listed, news))


def _free(identity: str, names: Collection[str]) -> str:
    # The name of a known item that has moved on in the meantime is not given to another one.
    number = 2
    wanted = identity
    while wanted in names:
        wanted, number = f"{identity}#{number}", number + 1
    return wanted


def believable(date: datetime, now: datetime) -> bool:
    """Whether a date can be true: from 1990 on, and not in the future by more than a day."""
    return OLDEST <= date <= now + CLOCKS_DIFFER_BY


def _verdict(each: Candidate, identity: str, is_repeated: bool, now: datetime) -> Verdict:
    kind = _kind(each, is_repeated)
    date = each.known.date if each.known else _first_date(each.item.published, now)
    needed = kind in {VerdictKind.NEW, VerdictKind.UPDATED}
    return Verdict(kind, identity, each.item, date, each.hash,
                   each.meaning if needed else "", each.known)


def _first_date(published: datetime | None, now: datetime) -> datetime:
    return published if published is not None and believable(published, now) else now


def _kind(each: Candidate, is_repeated: bool) -> VerdictKind:
    if is_repeated:
        return VerdictKind.REPEATED
    if each.known is None:
        return VerdictKind.NEW
    same = each.known.content_hash == each.hash or each.known.meaning == each.meaning
    return VerdictKind.UNCHANGED if same else VerdictKind.UPDATED
