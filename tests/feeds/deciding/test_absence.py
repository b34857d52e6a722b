"""Which items are gone and which only dropped off the end: a row a case, a sentence a row."""

from datetime import UTC, datetime, timedelta

import pytest

from app.feeds.deciding.absence import absence
from app.feeds.deciding.known import Known

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def known(number: int, *, missing: bool = False) -> Known:
    """Item 1 is the newest."""
    return Known(f"guid:{number}", None, "", DAY - timedelta(days=number), id=number,
                 missing=missing)


# Who stood in the feed, who stands in it now, whether new ones came, and so who is gone.
TABLE = [
    ("nobody went", [1, 2, 3], [1, 2, 3], False, []),
    ("one from the middle is gone", [1, 2, 3], [1, 3], False, [2]),
    ("the oldest dropped off the end", [1, 2, 3], [1, 2], True, []),
    ("the oldest dropped without a newer one", [1, 2, 3], [1, 2], False, []),
    ("the newest went: it may come again, and nothing newer stands there", [1, 2, 3], [2, 3],
     False, []),
    ("with news, one from the middle is gone if two older ones stayed", [1, 2, 3, 4], [1, 3, 4],
     True, [2]),
    ("the last before a pinned one dropped off", [1, 2, 3, 9], [1, 2, 9], True, []),
    ("two from the middle", [1, 2, 3, 4, 5, 6], [1, 2, 5, 6], False, [3, 4]),
    ("more went than stayed: another selection", [1, 2, 3, 4, 5], [1, 5], False, []),
    ("nothing stayed", [1, 2, 3], [], True, []),
    ("one that dropped off long ago", [1, 2, 3], [1, 2, 3], True, []),
]


@pytest.mark.parametrize(("listed", "present", "news", "gone"), [row[1:] for row in TABLE],
                         ids=[row[0] for row in TABLE])
def test_the_table(listed: list[int], present: list[int], news: bool, gone: list[int]) -> None:
    everyone = [known(number) for number in range(1, 10)]
    assert [each.id for each in absence(everyone, present, listed, news).gone] == gone


def test_what_is_gone_is_not_gone_again_and_is_back_when_it_stands_there() -> None:
    everyone = [known(1), known(2, missing=True), known(3)]
    assert absence(everyone, [1, 3], [1, 2, 3], False).gone == ()
    assert [each.id for each in absence(everyone, [1, 2, 3], [1, 3], False).back] == [2]
