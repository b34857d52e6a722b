"""The cards of what waits: read as plain values, so that each is drawn once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.database import table
from app.desk import kinds
from app.desk.claiming import is_fresh
from app.desk.history import histories
from app.desk.kinds import Load
from app.desk.models import ReviewItem
from app.desk.values import Card, Held, Waiting
from app.prepared import Read, among

# Built once: putting it together costs more than asking it.
_I = table(ReviewItem).c
_ITEMS = Read(
    sa.select(_I.id, _I.kind, _I.subject_id, _I.state, _I.why, _I.title, _I.text, _I.person,
              _I.person_key, _I.entry_id, _I.waiting_since, _I.facts, _I.matched, _I.claimed_at,
              _I.claimed_by_id, table(Account).c.name)
    .outerjoin(table(Account), table(Account).c.id == _I.claimed_by_id)
    .where(_I.id.in_(among("ids"))))


def cards_of(session: Session, ids: Sequence[int], viewer: Account, now: datetime,
             words: str = "") -> list[Card]:
    """The cards of these items, in their order, with one load a kind however many there are, and
    one for kinds that show alike.

    `words` are those that were searched for; they are marked beside those that a rule matched.
    """
    rows = _ITEMS.rows(session, {"ids": list(ids)}) if ids else []
    if not rows:
        return []
    items = {row.id: _waiting(row, viewer, now) for row in rows}
    marked = {row.id: (*row.matched, *words.split()) for row in rows}
    subjects = _subjects(session, items.values())
    known = histories(session, items.values(), viewer.id)

    def card(item: Waiting) -> Card:
        kind = kinds.find(item.kind)
        return Card(item, subjects[kind.shown][item.subject_id], kind, known[item.person_key],
                    marked[item.id])

    return [card(items[number]) for number in ids if number in items]


def _waiting(row: Any, viewer: Account, now: datetime) -> Waiting:
    # Of whoever has no account any more, the moment alone is left.
    claimed = row.claimed_by_id is not None and is_fresh(row.claimed_at, now)
    held = Held(row.name, row.claimed_by_id == viewer.id) if claimed else None
    also = tuple(each["why"] for each in row.facts.get("also", ()))
    return Waiting._make((*row[:11], also, held))


def _subjects(session: Session, items: Iterable[Waiting]) -> Mapping[Load, Mapping[int, Any]]:
    wanted: dict[Load, list[int]] = defaultdict(list)
    for item in items:
        wanted[kinds.find(item.kind).shown].append(item.subject_id)
    return {load: load(session, ids) for load, ids in wanted.items()}
