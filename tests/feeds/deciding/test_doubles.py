"""The same post in two feeds: a row a case, a sentence a row."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.feeds.deciding import VerdictKind, decide
from app.feeds.deciding.doubles import Elsewhere, doubles
from app.feeds.parsing import ParsedFeed, ParsedItem

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG = "<p>" + "Words that nobody else writes by chance. " * 10
ITEM = ParsedItem(guid="g", link="https://blog.example/one", title="One", content_html=LONG)
THERE = Elsewhere(7, "other", "https://else.example/1", "Another", "another text")


def meaning(item: ParsedItem) -> str:
    return decide((), ParsedFeed(items=(item,)), NOW).verdicts[0].meaning


TABLE = [
    ("nothing in common", ITEM, THERE, False),
    ("the same link", ITEM, replace(THERE, link="https://blog.example/one"), True),
    ("the same link in another spelling", ITEM,
     replace(THERE, link="http://www.blog.example/one/?utm_source=planet"), True),
    ("the same guid and title", ITEM, replace(THERE, guid="g", title="One"), True),
    ("the same guid alone: many feeds count from one", ITEM, replace(THERE, guid="g"), False),
    ("the same title alone", ITEM, replace(THERE, title="One"), False),
    ("the same long text", ITEM, replace(THERE, meaning=meaning(ITEM)), True),
    ("the same short text", replace(ITEM, content_html="<p>Soon."),
     replace(THERE, meaning=meaning(replace(ITEM, content_html="<p>Soon."))), False),
    ("both link to the site itself", replace(ITEM, link="https://blog.example/"),
     replace(THERE, link="https://blog.example/"), False),
]


@pytest.mark.parametrize(("item", "there", "same"), [row[1:] for row in TABLE],
                         ids=[row[0] for row in TABLE])
def test_the_table(item: ParsedItem, there: Elsewhere, same: bool) -> None:
    news = decide((), ParsedFeed(items=(item,)), NOW).of(VerdictKind.NEW)
    found = doubles(news, [there], "https://blog.example/")
    assert found == ({news[0].identity: 7} if same else {})


def test_of_several_the_first_that_was_here_is_named() -> None:
    news = decide((), ParsedFeed(items=(ITEM,)), NOW).of(VerdictKind.NEW)
    link = "https://blog.example/one"
    there = [replace(THERE, id=number, link=link) for number in (9, 4, 6)]
    assert list(doubles(news, there, None).values()) == [4]
