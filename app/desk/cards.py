"""The cards of what waits: read as plain values, so that each is drawn once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.database import table
from app.desk import kinds
from app.desk.claiming import is_fresh
from app.desk.history import histories
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
    """The cards of these items, in their order, with one load a kind however many there are.

    `words` are those that were searched for; they are marked beside those that a rule matched.
    """
    rows = _ITEMS.rows(session, {"ids": list(ids)}) if ids else []
    if not rows:
        return []
    items = {row.id: _waiting(row, viewer, now) for row in rows}
    marked = {row.id: (*row.matched, *words.split()) for row in rows}
    subjects, around = _subjects(session, items.values())
    known = histories(session, items.values(), viewer.id)
    return [Card(item, subjects[item.kind][item.subject_id], kinds.find(item.kind),
                 known[item.person_key], around[item.kind].get(item.subject_id), marked[item.id])
            for item in [items[number] for number in ids if number in items]]


def _waiting(row: Any, viewer: Account, now: datetime) -> Waiting:
    # Of whoever has no account any more, the moment alone is left.
    claimed = row.claimed_by_id is not None and is_fresh(row.claimed_at, now)
    held = Held(row.name, row.claimed_by_id == viewer.id) if claimed else None
    also = tuple(each["why"] for each in row.facts.get("also", ()))
    return Waiting._make((*row[:11], also, held))


def _subjects(session: Session, items: Iterable[Waiting]) -> tuple[dict[str, Any], dict[str, Any]]:
    wanted = defaultdict(list)
    for item in items:
        wanted[item.kind].append(item.subject_id)
    subjects, around = {}, {}
    for name, ids in wanted.items():
        kind = kinds.find(name)
        subjects[name] = (kind.show or kind.load)(session, ids)
        around[name] = kind.around(session, subjects[name])
    return subjects, around
