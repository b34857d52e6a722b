"""What the desk knows about the person behind an item: what was decided of theirs, what waits."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from app.desk.models import Decision, ItemState, ReviewItem, StaffNote, Verb, outcome
from app.desk.values import History, Note, Past, Waiting
from app.prepared import Read, among
from app.readers.models import forgotten_key
from app.text import shorten

LATEST = 5
MOST_WAITING = 99
FIRST_WORDS = 80
TYPED = "email:"


@dataclass
class _Draft:
    """A history that is being put together from what was found."""

    verdicts: dict[str, int] = field(default_factory=dict)
    latest: list[Past] = field(default_factory=list)
    waiting: int = 0
    since: datetime | None = None
    notes: list[Note] = field(default_factory=list)

    def finished(self) -> History:
        return History(tuple(self.verdicts.items()), tuple(self.latest[:LATEST]), self.waiting,
                       self.since, tuple(self.notes))


def histories(session: Session, items: Collection[Waiting], viewer_id: int) -> dict[str, History]:
    """The histories of the people behind these items by their keys, in a fixed number of queries.

    Each query follows an index to the people asked for, however much waits from others.
    """
    found = {item.person_key: _Draft() for item in items}
    known = _known_as(found)
    asked = {"keys": list(known), "ids": [item.id for item in items]}
    for key, verb, kind, number in _VERDICTS.rows(session, asked):
        words = outcome(kind, verb).lower()
        for draft in known[key]:
            draft.verdicts[words] = draft.verdicts.get(words, 0) + number
    for key, item_id, kind, text, verb, decided_at in _LATEST.rows(session, asked):
        past = Past(item_id, kind, verb, decided_at, shorten(text, FIRST_WORDS))
        for draft in known[key]:
            draft.latest.append(past)
    for key, waiting, *since in _WAITING.rows(session, asked):
        found[key].waiting, found[key].since = waiting, min(filter(None, since), default=None)
    for key, account_id, *note in _NOTES.rows(session, asked):
        for draft in known[key]:
            draft.notes.append(Note._make((*note, account_id == viewer_id)))
    return {key: draft.finished() for key, draft in found.items()}


def _known_as(found: Mapping[str, _Draft]) -> Mapping[str, list[_Draft]]:
    """Whose history each key belongs to: an address that is typed was perhaps forgotten before."""
    known: dict[str, list[_Draft]] = {}
    for key, draft in found.items():
        known.setdefault(key, []).append(draft)
        if key.startswith(TYPED):
            known.setdefault(forgotten_key(key.removeprefix(TYPED)), []).append(draft)
    return known


_KEYS, _IDS = among("keys", sa.Text), among("ids")


def _verdicts() -> sa.Select[str, Verb, str, int]:
    return (sa.select(ReviewItem.person_key, Decision.verb, ReviewItem.kind, sa.func.count())
            .join(Decision.item)
            .where(ReviewItem.person_key.in_(_KEYS), ReviewItem.state == ItemState.DECIDED,
                   Decision.undone_at.is_(None))
            .group_by(ReviewItem.person_key, Decision.verb, ReviewItem.kind)
            .order_by(ReviewItem.person_key, Decision.verb, ReviewItem.kind))


def _latest() -> sa.Select[Any]:
    newest = (ReviewItem.waiting_since.desc(), ReviewItem.id.desc())
    place = sa.func.row_number().over(partition_by=ReviewItem.person_key, order_by=newest)
    ranked = sa.select(ReviewItem.id, place.label("place")).where(
        ReviewItem.person_key.in_(_KEYS), ReviewItem.state == ItemState.DECIDED).subquery()
    return (sa.select(ReviewItem.person_key, ReviewItem.id, ReviewItem.kind,
                      sa.func.substr(ReviewItem.text, 1, 2 * FIRST_WORDS), Decision.verb,
                      Decision.decided_at)
            .join(ranked, ranked.c.id == ReviewItem.id)
            .join(Decision, sa.and_(Decision.item_id == ReviewItem.id,
                                    Decision.undone_at.is_(None)))
            .where(ranked.c.place <= LATEST).order_by(*newest))


def _waiting() -> sa.Select[Any]:
    known = sa.select(ReviewItem.person_key).where(ReviewItem.id.in_(_IDS)).distinct().subquery()
    theirs = aliased(ReviewItem)

    def of(state: ItemState, *wanted: Any) -> sa.Select[Any]:
        return sa.select(*wanted).where(theirs.person_key == known.c.person_key,
                                        theirs.state == state).correlate(known)

    some = of(ItemState.WAITING, sa.literal(1)).limit(MOST_WAITING + 1).subquery()
    first = [of(state, sa.func.min(theirs.waiting_since)).scalar_subquery().label(state)
             for state in (ItemState.WAITING, ItemState.DECIDED)]
    number = sa.select(sa.func.count()).select_from(some).correlate(known).scalar_subquery()
    return sa.select(known.c.person_key, number.label("number"), *first)


# Built once: putting them together costs more than asking them.
_VERDICTS, _LATEST, _WAITING = Read(_verdicts()), Read(_latest()), Read(_waiting())
_NOTES = Read(
    sa.select(StaffNote.person_key, StaffNote.account_id, StaffNote.id, StaffNote.text,
              StaffNote.written_by, StaffNote.written_at)
    .where(StaffNote.person_key.in_(_KEYS))
    .order_by(StaffNote.written_at.desc(), StaffNote.id.desc()))
