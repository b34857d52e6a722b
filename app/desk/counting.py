"""The numbers beside the queue: how many there are of each kind and each reason.

They are counted anew each time, so that they are right after whatever happened; but only up to
MOST, which an index answers in the same time however much waits. What the queue shows itself is
counted as far as one decision takes on, unless words must be looked for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import clock
from app.desk import kinds
from app.desk.filtering import Filter
from app.desk.models import ReviewItem, Verb
from app.prepared import Prepared

MOST = 500
# What one decision on many takes on.
AT_ONCE = 5_000
Asked = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Counts:
    """How many items match, and how many of each kind or reason would; none above MOST is exact.

    `here` is how many match kind and reason, exact up to AT_ONCE. `cut`: no more than so many were
    counted, and there are more, of whatever kind; 0 if not.
    """

    all: int
    here: int
    kinds: Mapping[str, int]
    rules: Mapping[str, int]
    cut: int = 0

    def words(self, number: int) -> str:
        """A number as it is shown: `17`, `500+`; `…` where none was counted but may be."""
        if self.cut:
            return f"{min(number, self.cut):,}+" if number else "…"
        return f"{number:,}" if number <= MOST else f"{MOST:,}+"


def counts(session: Session, shown: Filter, now: datetime) -> Counts:
    """The numbers under this filter. Those of kinds leave the kind open, and so with reasons."""
    # What one person or one entry has waiting is little, and its index leads to it at once; words
    # must be looked for. Either way one pass answers all questions.
    if shown.words or shown.is_short:
        numbers, cut = _in_one_pass(session, shown, now)
    else:
        numbers, cut = _capped(session, shown, now), 0
    return Counts(
        numbers["", shown.rule], numbers[shown.kind, shown.rule],
        {kind.name: numbers[kind.name, shown.rule] for kind in kinds.every()},
        {rule: number for rule in kinds.rules() if (number := numbers[shown.kind, rule])}, cut)


def _questions(shown: Filter) -> Iterator[tuple[str, str]]:
    """The kinds and reasons to count for, "" meaning any."""
    yield "", shown.rule
    yield from ((kind.name, shown.rule) for kind in kinds.every())
    yield from ((shown.kind, rule) for rule in kinds.rules())


def _capped(session: Session, shown: Filter, now: datetime) -> dict[tuple[str, str], int]:
    asked = tuple(dict.fromkeys(_questions(shown)))
    # What narrows by age asks for another moment each time.
    limits = {"most": MOST + 1, "here": AT_ONCE + 1}
    numbers = (session.execute(_all_of(shown, asked, now), limits).one() if shown.age
               else _kept(shown, asked).rows(session, limits)[0])
    return dict(zip(asked, numbers, strict=True))


@lru_cache(maxsize=64)
def _kept(shown: Filter, asked: Asked) -> Prepared:
    """Putting it together costs more than asking it."""
    return Prepared(_all_of(shown, asked, clock.now()))


def _all_of(shown: Filter, asked: Asked, now: datetime) -> sa.Select[Any]:
    every = [replace(shown, kind=kind, rule=rule) for kind, rule in asked]
    inner = [sa.select(sa.literal(1)).where(*each.conditions(now, in_order=False))
             .limit(sa.bindparam("here" if each == shown else "most", type_=sa.Integer))
             .subquery() for each in every]
    return sa.select(*(
        sa.select(sa.func.count()).select_from(each).scalar_subquery() for each in inner))


def _in_one_pass(session: Session, shown: Filter,
                 now: datetime) -> tuple[dict[tuple[str, str], int], int]:
    # The newest, so that the index on age leads to them, and not one on kinds or reasons.
    some = (replace(shown, kind="", rule="").query(now)
            .with_only_columns(ReviewItem.kind, ReviewItem.rule).limit(MOST + 1).subquery())
    rows = session.execute(sa.select(some.c.kind, some.c.rule, sa.func.count())
                           .group_by(some.c.kind, some.c.rule)).all()
    cut = MOST if sum(number for _kind, _rule, number in rows) > MOST else 0
    return {(kind, rule): sum(number for its_kind, its_rule, number in rows
                              if kind in {"", its_kind} and rule in {"", its_rule})
            for kind, rule in _questions(shown)}, cut


@dataclass(frozen=True)
class Number:
    """How many there are: `17`; or at least, where no more were counted: `500+`."""

    counted: int
    more: bool = False

    def __str__(self) -> str:
        return f"{self.counted:,}{'+' * self.more}"


def number(session: Session, shown: Filter, now: datetime, counted: Counts) -> Number:
    """How many items match a filter: no further than one decision takes on, with words less far.

    `counted` are the numbers under the same filter.
    """
    most = MOST if shown.words else AT_ONCE
    if not counted.cut or (shown.words and not (shown.kind or shown.rule)):
        return Number(min(counted.here, most), counted.here > most)
    return _number(session, shown, now, most)


def left(session: Session, shown: Filter, now: datetime) -> Number:
    """How many items match a filter, as far as anybody goes through them one by one."""
    return _number(session, shown, now, MOST)


def _number(session: Session, shown: Filter, now: datetime, most: int) -> Number:
    some = shown.query(now)
    # In its order where words are looked for, which says by which index.
    some = (some if shown.words else some.order_by(None)).limit(most + 1)
    found = session.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0
    return Number(min(found, most), found > most)


def possible(found: Counts, shown: Filter) -> set[Verb]:
    """What can be decided of anything that matches: no decision is offered that nothing takes."""
    return {verb for kind in kinds.every() for verb in kind.effects
            if (found.kinds[kind.name] or found.cut) and shown.kind in {"", kind.name}}
