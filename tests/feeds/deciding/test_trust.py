"""What tells the items of a feed apart, and when that changes: a row a case, a sentence a row."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.feeds.deciding import Decided, Judgement, Known, VerdictKind, decide
from app.feeds.models import Trust
from app.feeds.parsing import ParsedFeed, ParsedItem

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME = "https://blog.example/"
GUID, LINK, HASH = Trust.GUID, Trust.LINK, Trust.HASH


def item(name: str, guid: str | None = None, link: str | None = None) -> ParsedItem:
    return ParsedItem(guid=name if guid is None else guid, title=name,
                      link=HOME + name if link is None else link, content_html=f"<p>{name}")


def look(known: Sequence[Known], items: Sequence[ParsedItem], trust: Trust = GUID) -> Decided:
    feed = ParsedFeed(site_url=HOME, items=tuple(items))
    return decide(known, feed, NOW, before=Judgement(trust, ""))


def stored(decided: Decided) -> list[Known]:
    return [Known(each.identity, each.item.link, each.content_hash, each.date, each.item.guid,
                  each.meaning) for each in decided.of(VerdictKind.NEW)]


FIVE = [item(name) for name in "abcde"]

TABLE = [
    ("good guids stay trusted", FIVE, FIVE, GUID, ""),
    ("an empty document proves nothing", FIVE, [], GUID, ""),
    ("ten items with one guid: links", [],
     [item(name, "x") for name in "abcdefghij"], LINK, "one guid"),
    ("one shared guid among many is that item's matter, not the feed's", [],
     [item("a", "x"), item("b", "x"), *(item(f"n{number}") for number in range(20))], GUID, ""),
    ("empty guids: links", [], [item(name, "") for name in "abc"], LINK, "without guids"),
    ("no guids and all links lead home: texts", [],
     [item(name, "", HOME) for name in "abc"], HASH, "same page or nowhere"),
    ("no guids and no links: texts", [], [item(name, "", "") for name in "abc"], HASH, "nowhere"),
    ("new guids at every visit while links stay: links", FIVE,
     [item(name, f"{name}-2") for name in "abcde"], LINK, "new guids"),
    ("one new guid is an accident", FIVE, [item("a", "z"), *FIVE[1:]], GUID, ""),
    ("guids and links both new while the texts stay: texts", FIVE,
     [item(name, f"{name}-2", f"{HOME}{name}-2") for name in "abcde"], HASH, "Neither"),
    ("five new posts are no sign of anything", FIVE, [item(name) for name in "vwxyz"], GUID, ""),
]


@pytest.mark.parametrize(("before", "now", "trust", "why"), [row[1:] for row in TABLE],
                         ids=[row[0] for row in TABLE])
def test_the_table(before: list[ParsedItem], now: list[ParsedItem], trust: Trust,
                   why: str) -> None:
    judgement = look(stored(look([], before)), now).judgement
    assert judgement.trust is trust
    assert why in judgement.why
    assert bool(why) == bool(judgement.why)


@pytest.mark.parametrize("trust", [LINK, HASH])
def test_trust_that_was_lost_does_not_come_back_by_itself(trust: Trust) -> None:
    assert look([], FIVE, trust).judgement.trust is trust


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_what_made_trust_change_is_not_imported_again(row: tuple) -> None:
    _words, before, now, _trust, _why = row
    first = look([], before)
    second = look(stored(first), now, first.judgement.trust)
    known = [*stored(first), *stored(second)]
    third = look(known, now, second.judgement.trust)
    assert not third.of(VerdictKind.NEW)
    assert not third.of(VerdictKind.UPDATED)


def test_guids_that_change_at_every_visit_import_nothing_twice() -> None:
    known, trust = stored(look([], FIVE)), GUID
    for visit in range(4):
        decided = look(known, [item(name, f"{name}{visit}") for name in "abcde"], trust)
        trust = decided.judgement.trust
        assert {each.kind for each in decided.verdicts} == {VerdictKind.UNCHANGED}


def test_where_links_are_trusted_a_changed_text_is_an_update_whatever_its_guid() -> None:
    known = stored(look([], FIVE, LINK))
    changed = replace(item("a", "new"), content_html="<p>Rewritten")
    assert [each.kind for each in look(known, [changed], LINK).verdicts] == [VerdictKind.UPDATED]
