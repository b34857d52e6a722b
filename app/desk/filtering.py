"""What part of the queue an editor looks at: the one place where the queue is narrowed.

The list, the numbers beside it, "all that match" and the question whether anything new came use
the same filter, so that they can never disagree.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa

from app.database import unindexed, unordered
from app.desk import kinds
from app.desk.models import ItemState, ReviewItem
from app.text import fold, one_line, whole_number

LONGEST = 200
WORDS = 8
WEEK = timedelta(days=7)
_RULE = re.compile(r"[\w-]{0,40}", re.ASCII)


class Age(StrEnum):
    """Since when an item waits."""

    DAY = "day"
    WEEK = "week"
    OLDER = "older"


class Order(StrEnum):
    """What comes first. Urgency and age are one column, so that neither starves the other."""

    NEWEST = "newest"
    URGENT = "urgent"


class NoSuchFilter(Exception):
    """The address asks for something that cannot be; the text says what."""


class Narrowing:
    """A frozen dataclass that stands in an address. Empty fields narrow nothing.

    `NAMES` has the argument of each field.
    """

    NAMES: ClassVar[Mapping[str, str]]

    def arguments(self, **changes: Any) -> dict[str, str]:
        """The arguments of an address that shows this, with these fields changed."""
        # What is usual is an attribute of the class: a page of the desk asks for twenty addresses.
        changed, usual = {**vars(self), **changes}, type(self)
        return {name: str(changed[field]) for field, name in self.NAMES.items()
                if changed[field] != getattr(usual, field)}

    def address(self, path: str = "/desk/", **changes: Any) -> str:
        """Where this stands, with these fields changed."""
        arguments = urlencode(self.arguments(**changes))
        return f"{path}?{arguments}" if arguments else path


@dataclass(frozen=True)
class Filter(Narrowing):
    """A narrowing of what waits. `among` are the only items that can have its words, if known."""

    NAMES = {"kind": "kind", "rule": "reason", "entry_id": "entry", "person_key": "person",
             "age": "age", "words": "q", "order": "order"}

    kind: str = ""
    rule: str = ""
    entry_id: int | None = None
    person_key: str = ""
    age: Age | None = None
    words: str = ""
    order: Order = Order.NEWEST
    among: tuple[int, ...] | None = field(default=None, compare=False)

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "Filter":
        """The filter of an address' arguments. Raises NoSuchFilter for values that cannot be."""
        given = {field: args.get(name, "") for field, name in cls.NAMES.items()}
        known_kind(given["kind"])
        if not _RULE.fullmatch(given["rule"]):
            raise NoSuchFilter("There is no such reason.")
        return cls(given["kind"], given["rule"], _number(given["entry_id"]),
                   one_line(given["person_key"])[:LONGEST], one_of(Age, given["age"], None),
                   one_line(given["words"])[:LONGEST],
                   one_of(Order, given["order"], Order.NEWEST))

    @classmethod
    def of(cls, query: str) -> "Filter":
        """The filter of a query string that a browser says it is looking at; empty if it is not."""
        try:
            return cls.read(dict(parse_qsl(query)))
        except (NoSuchFilter, ValueError):
            return cls()

    @property
    def is_empty(self) -> bool:
        """Whether everything that waits is shown."""
        return replace(self, order=Order.NEWEST) == Filter()

    @property
    def is_short(self) -> bool:
        """Whether an index leads to the little that is looked through for words."""
        return bool(self.person_key or self.entry_id)

    def query(self, now: datetime) -> sa.Select[int]:
        """The numbers of what waits and matches, in its order."""
        order = ORDERS[self.order] if self.among is None else SORTED[self.order]
        return sa.select(ReviewItem.id).where(*self.conditions(now)).order_by(*order)

    def conditions(self, now: datetime, *,
                   in_order: bool = True) -> list[sa.ColumnElement[bool]]:
        """What an item must be to be shown; `in_order` where an index is to say in which order."""
        found = [ReviewItem.state == ItemState.WAITING]
        equal = {field: column == getattr(self, field) for field, column in EQUALS.items()
                 if getattr(self, field)}
        if in_order and self.kind and self.rule:
            # There is an index on both, which knows no order.
            equal["kind"] = unindexed(equal["kind"])
        found += equal.values()
        if self.age:
            found.append(AGES[self.age](now))
        found += [_has(word) for word in self.words.split()[:WORDS]]
        return found if self.among is None else confined(ReviewItem.id, self.among, found)


EQUALS: dict[str, Any] = {"kind": ReviewItem.kind, "rule": ReviewItem.rule,
                          "entry_id": ReviewItem.entry_id, "person_key": ReviewItem.person_key}
AGES: dict[Age, Any] = {
    Age.DAY: lambda now: ReviewItem.waiting_since >= now - timedelta(days=1),
    Age.WEEK: lambda now: ReviewItem.waiting_since >= now - WEEK,
    Age.OLDER: lambda now: ReviewItem.waiting_since < now - WEEK,
}
ORDERS = {Order.NEWEST: (ReviewItem.waiting_since.desc(), ReviewItem.id.desc()),
          Order.URGENT: (ReviewItem.due_at, ReviewItem.id)}
SORTED = {Order.NEWEST: (unordered(ReviewItem.waiting_since).desc(), ReviewItem.id.desc()),
          Order.URGENT: (unordered(ReviewItem.due_at), ReviewItem.id)}


def known_kind(name: str) -> str:
    """The name of a kind, or "". Raises NoSuchFilter."""
    if name not in {"", *(kind.name for kind in kinds.every())}:
        raise NoSuchFilter("There is no such kind.")
    return name


def _number(value: str) -> int | None:
    found = whole_number(value or "0")
    if found is None:
        raise NoSuchFilter("There is no such entry.")
    return found or None


def one_of(choices: Any, value: str, otherwise: Any) -> Any:
    """The member of an enum that an address names, or `otherwise`. Raises NoSuchFilter."""
    if not value:
        return otherwise
    if value not in set(choices):
        raise NoSuchFilter("This list cannot be narrowed or sorted like this.")
    return choices(value)


def confined(column: Any, ids: tuple[int, ...],
             rest: list[sa.ColumnElement[bool]]) -> list[sa.ColumnElement[bool]]:
    """The same conditions for these rows alone, by no index but the one that leads to them."""
    return [column.in_(ids), unindexed(sa.and_(*rest))] if ids else [sa.false()]


def _has(word: str) -> sa.ColumnElement[bool]:
    return ReviewItem.folded.contains(fold(word), autoescape=True)
