"""How much of a document is passed on, whatever it is written in."""

from collections.abc import Callable
from typing import TypeVar

MOST_ITEMS = 500
LONGEST_TEXT = 1_000_000
LONGEST_WORDS = 20_000
_Item = TypeVar("_Item")


def newest(items: list[_Item], date: Callable[[_Item], float | None]) -> list[_Item]:
    """The newest MOST_ITEMS of them, in their order. What has no date counts as new: dropping it
    for good would be worse than reading it again.
    """
    if len(items) <= MOST_ITEMS:
        return items
    dates = [date(each) or float("inf") for each in items]
    order = sorted(range(len(items)), key=lambda index: dates[index], reverse=True)
    return [items[index] for index in sorted(order[:MOST_ITEMS])]
