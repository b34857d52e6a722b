"""What an item of a feed means, a row a case, a sentence a row."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.feeds.deciding import Decided, Judgement, Known, Verdict, VerdictKind, content_hash, decide
from app.feeds.models import Trust
from app.feeds.parsing import ParsedFeed, ParsedItem

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EARLIER = datetime(2025, 1, 1, tzinfo=UTC)
HOME = "https://blog.example/"
NEW, UPDATED, UNCHANGED, REPEATED = (
    VerdictKind.NEW, VerdictKind.UPDATED, VerdictKind.UNCHANGED, VerdictKind.REPEATED
)


def item(
    guid: str = "", path: str | None = None, title: str = "T", date: datetime | None = None
) -> ParsedItem:
    link = None if path is None else f"{HOME}{path}"
    return ParsedItem(guid=guid, link=link, title=title, content_html=f"<p>{title}", published=date)


def stored(verdict: Verdict) -> Known:
    """What remains of a verdict once it was carried out."""
    return Known(verdict.identity, verdict.item.link, verdict.content_hash, verdict.date,
                 verdict.item.guid, verdict.meaning)


@dataclass
class Past:
    """What is stored of a feed after some visits, and what is trusted."""

    trust: Trust = Trust.GUID
    known: dict[str, Known] = field(default_factory=dict)
    follow_links: bool = True

    def visit(self, *items: ParsedItem) -> tuple[Verdict, ...]:
        """What these items mean; nothing is stored of it."""
        return self._decide(items).verdicts

    def _decide(self, items: Sequence[ParsedItem]) -> Decided:
        return decide(list(self.known.values()), ParsedFeed(site_url=HOME, items=tuple(items)), NOW,
                      before=Judgement(self.trust, ""))

    def store(self, items: Sequence[ParsedItem]) -> None:
        """A visit, stored as it is in the database."""
        decided = self._decide(items)
        self.trust = decided.judgement.trust
        for verdict in decided.verdicts:
            if verdict.kind == NEW:
                self.known[verdict.identity] = stored(verdict)
            elif verdict.kind != REPEATED:
                self._follow(verdict)

    def _follow(self, verdict: Verdict) -> None:
        was = self.known[verdict.identity]
        link = verdict.item.link if self.follow_links and verdict.item.link else was.link
        self.known[verdict.identity] = replace(was, link=link)
        if verdict.kind == UPDATED:
            self.known[verdict.identity] = replace(
                was, content_hash=verdict.content_hash, meaning=verdict.meaning, link=link)


def after(*visits: Sequence[ParsedItem], follow_links: bool = True,
          trust: Trust = Trust.GUID) -> Past:
    """What is stored after these visits, one after the other."""
    past = Past(trust, follow_links=follow_links)
    for items in visits:
        past.store(items)
    return past


A, B = item("a", "1", "A"), item("b", "2", "B")

TABLE = [
    ("an item nobody has seen is new", [], [A], [NEW]),
    ("an item that is as it was is unchanged", [[A]], [A], [UNCHANGED]),
    ("another title is an update", [[A]], [replace(A, title="A!")], [UPDATED]),
    ("another text is an update", [[A]], [replace(A, content_html="!")], [UPDATED]),
    ("another date alone is nothing", [[A]], [replace(A, published=NOW)], [UNCHANGED]),
    ("a permalink that changed is the same item by its guid",
     [[A]], [replace(A, link=HOME + "9")], [UNCHANGED]),
    ("a guid that changed is the same item by its link",
     [[A]], [replace(A, guid="z")], [UNCHANGED]),
    ("a guid that was lost is the same item by its link",
     [[A]], [replace(A, guid="")], [UNCHANGED]),
    ("a guid that was added is the same item by its link",
     [[replace(A, guid="")]], [A], [UNCHANGED]),
    ("permalink first and guid later is still the same item",
     [[A], [replace(A, link=HOME + "9")]], [replace(A, guid="z", link=HOME + "9")], [UNCHANGED]),
    ("guid and link both changed is a new item",
     [[A]], [replace(A, guid="z", link=HOME + "9")], [NEW]),
    ("the same item twice counts once", [], [A, A], [NEW, REPEATED]),
    ("of two versions in one feed the first counts",
     [[A]], [A, replace(A, title="A?")], [UNCHANGED, REPEATED]),
    ("ten items with one guid are ten items by their links", [],
     [item("x", str(number), str(number)) for number in range(10)], [NEW] * 10),
    ("and stay ten on the next visit", [[item("x", str(n), str(n)) for n in range(10)]],
     [item("x", str(number), str(number)) for number in range(10)], [UNCHANGED] * 10),
    ("and an eleventh alone is new", [[item("x", str(n), str(n)) for n in range(10)]],
     [item("x", "10", "10")], [NEW]),
    ("items with one guid and no links are told apart by their text", [],
     [item("x", None, "A"), item("x", None, "B")], [NEW, NEW]),
    ("a guid that a second item takes over leaves the first in place",
     [[item("x", "1", "A")]], [item("x", "1", "A"), item("x", "2", "B")], [UNCHANGED, NEW]),
    ("an empty guid is no guid", [], [item("", "1"), item("", "2")], [NEW, NEW]),
    ("without guid and link the text is the identity", [[item(title="A")]],
     [item(title="A"), item(title="B")], [UNCHANGED, NEW]),
    ("a guid is never mistaken for another item's link",
     [[item("", "1", "A")]], [item(HOME + "1", "2", "B")], [NEW]),
    ("items that link to the front page are not one item", [],
     [item("a", "", "A"), item("b", "", "B")], [NEW, NEW]),
    ("nor is the next of them an update of the last",
     [[item("a", "", "A")]], [item("b", "", "B")], [NEW]),
    ("without guids they are told apart by their text", [],
     [item("", "", "A"), item("", "", "B")], [NEW, NEW]),
    ("two items that share a link but not a guid are two", [[item("a", "1", "A")]],
     [item("a", "1", "A"), item("b", "1", "B")], [UNCHANGED, NEW]),
    ("two newcomers with a known link are not both the known item", [[item("a", "1", "A")]],
     [item("b", "1", "B"), item("c", "1", "C")], [NEW, NEW]),
    ("but the one that has its text too is", [[item("a", "1", "A")]],
     [item("b", "1", "A"), item("c", "1", "B")], [UNCHANGED, NEW]),
    ("an item that takes over the old permalink of another is new",
     [[A]], [replace(A, link=HOME + "9"), item("z", "1", "Z")], [UNCHANGED, NEW]),
    ("a known item missing from the feed is nobody's business", [[A, B]], [B], [UNCHANGED]),
    ("all re-dated at once changes nothing",
     [[A, B]], [replace(A, published=NOW), replace(B, published=NOW)], [UNCHANGED, UNCHANGED]),
    ("an empty feed decides nothing", [[A]], [], []),
]


@pytest.mark.parametrize(
    ("before", "now", "kinds"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_the_table(
    before: list[list[ParsedItem]], now: list[ParsedItem], kinds: list[VerdictKind]
) -> None:
    assert [verdict.kind for verdict in after(*before).visit(*now)] == kinds


@pytest.mark.parametrize(("published", "date"), [
    (EARLIER, EARLIER),
    (None, NOW),
    (NOW + timedelta(hours=23), NOW + timedelta(hours=23)),
    (NOW + timedelta(hours=25), NOW),
    (datetime(2099, 1, 1, tzinfo=UTC), NOW),
    (datetime(1990, 1, 1, tzinfo=UTC), datetime(1990, 1, 1, tzinfo=UTC)),
    (datetime(1989, 12, 31, tzinfo=UTC), NOW),
])
def test_a_date_that_cannot_be_true_is_the_day_we_first_saw_it(
    published: datetime | None, date: datetime
) -> None:
    assert Past().visit(item("a", date=published))[0].date == date


def test_a_known_item_keeps_its_date_and_so_never_jumps_to_the_top_again() -> None:
    known = after([item("a", "1", "A", EARLIER)])
    for published in (None, NOW, EARLIER - timedelta(days=1)):
        assert known.visit(item("a", "1", "A!", published))[0].date == EARLIER


def test_a_known_item_keeps_its_identity() -> None:
    known = after([A])
    assert known.visit(replace(A, guid="z"))[0].identity == next(iter(known.known)) == "guid:a"


def test_the_hash_is_of_title_and_content_alone() -> None:
    assert content_hash(A) == content_hash(replace(A, guid="", link=None, published=NOW))
    assert content_hash(ParsedItem(title="ab", content_html="c")) != content_hash(
        ParsedItem(title="a", content_html="bc"))


ITEMS = st.lists(st.builds(
    item, st.sampled_from(["", "a", "b", "c"]), st.sampled_from([None, "", "1", "2", "3"]),
    st.sampled_from("ABC"), st.sampled_from([None, EARLIER, NOW]),
), max_size=6)


@given(st.lists(ITEMS, max_size=3), ITEMS)
def test_every_item_gets_exactly_one_verdict(
    before: list[list[ParsedItem]], items: list[ParsedItem]
) -> None:
    verdicts = after(*before).visit(*items)
    assert [verdict.item for verdict in verdicts] == items
    acted_on = [verdict.identity for verdict in verdicts if verdict.kind != REPEATED]
    assert len(acted_on) == len(set(acted_on))


@given(st.lists(ITEMS, max_size=3), ITEMS, st.booleans())
def test_deciding_again_after_storing_finds_nothing_to_do(
    before: list[list[ParsedItem]], items: list[ParsedItem], follow_links: bool
) -> None:
    again = after(*before, items, follow_links=follow_links).visit(*items)
    assert {verdict.kind for verdict in again} <= {UNCHANGED, REPEATED}


@given(st.lists(ITEMS, max_size=3), ITEMS, st.sampled_from([Trust.LINK, Trust.HASH]))
def test_less_trust_never_imports_again_what_is_known(
    before: list[list[ParsedItem]], items: list[ParsedItem], now: Trust
) -> None:
    past = after(*before)
    first = past.visit(*items)
    past.store(items)
    past.trust = now if past.trust is Trust.GUID else past.trust
    for was, verdict in zip(first, past.visit(*items), strict=True):
        # What was taken for a second version of another item was never stored.
        assert was.kind == REPEATED or verdict.kind in {UNCHANGED, REPEATED}
