"""Reads of rulebooks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import unindexed
from app.desk.models import THE_RULES, Decision, ItemState, ReviewItem, Verb
from app.entries.models import Entry
from app.rules.checks import RULES
from app.rules.judging import Line, Rule, Verdict
from app.rules.models import EntryRules, Rulebook


def newest(session: Session) -> Rulebook | None:
    """The rulebook that holds, if anybody has ever saved one."""
    return session.scalars(_NEWEST).first()


_NEWEST = sa.select(Rulebook).order_by(Rulebook.id.desc()).limit(1)


def lines(stored: Sequence[Mapping[str, Any]],
          changes: Mapping[str, Mapping[str, Any]] | None = None) -> list[Line]:
    """All rules in their order: as stored, changed as one entry says.

    A rule that the rulebook does not know yet stands at its usual place, as it usually is.
    """
    known = {each["name"]: each for each in stored if each["name"] in RULES}
    order = list(known)
    usual = list(RULES)
    for place, name in enumerate(usual):
        if name not in known:
            before = next((each for each in reversed(usual[:place]) if each in order), None)
            order.insert(order.index(before) + 1 if before else 0, name)
    changed = changes or {}
    return [_line(RULES[name], {**known.get(name, {}), **changed.get(name, {})}) for name in order]


def _line(rule: Rule, stored: Mapping[str, Any]) -> Line:
    usual = {name: setting.default for name, setting in rule.settings.items()}
    given = {name: value for name, value in stored.get("settings", {}).items() if name in usual}
    verdict = Verdict(stored.get("verdict", rule.verdicts[0]))
    return Line(rule, bool(stored.get("on", rule.on)),
                verdict if verdict in rule.verdicts else rule.verdicts[0], {**usual, **given})


def in_force(session: Session, entry_id: int | None = None) -> Sequence[Line]:
    """The rules as they hold now, for one entry or for the site."""
    return written(*session.execute(_IN_FORCE, {"entry_id": entry_id}).one())


def both_in_force(session: Session, entry_id: int) -> tuple[Sequence[Line], Sequence[Line]]:
    """The rules as they hold now for the site, and for one entry."""
    book, own = session.execute(_IN_FORCE, {"entry_id": entry_id}).one()
    return written(book, None), written(book, own)


@lru_cache(maxsize=256)
def written(book: str | None, own: str | None) -> Sequence[Line]:
    """The rules that IN_FORCE means: the text of the rulebook, and of what one entry changes.

    Read once and kept by their own words, so that nobody goes on with rules that were replaced.
    """
    return tuple(lines(json.loads(book) if book else (), json.loads(own) if own else None))


# Columns, so that whoever judges a comment gets them with all else that it must know.
IN_FORCE = (
    sa.select(sa.cast(Rulebook.rules, sa.Text)).order_by(Rulebook.id.desc()).limit(1)
    .scalar_subquery().label("book"),
    sa.select(sa.cast(EntryRules.changes, sa.Text))
    .where(EntryRules.entry_id == sa.bindparam("entry_id")).scalar_subquery().label("own"),
)
_IN_FORCE = sa.select(*IN_FORCE)


def history() -> sa.Select[Rulebook]:
    """All rulebooks, the one that holds first."""
    return sa.select(Rulebook).order_by(Rulebook.id.desc())


def before(session: Session, book: Rulebook) -> Rulebook | None:
    """The rulebook that a newer one replaced."""
    return session.scalars(history().where(Rulebook.id < book.id).limit(1)).first()


# Of each rule so many are looked at: the newest say as much as all, and cost the same however many
# there are.
MOST = 200


@dataclass(frozen=True)
class Record:
    """How many comments a rule caught, and how many of them an editor approved in the end.

    No more than the newest MOST of them are counted.
    """

    caught: int = 0
    approved: int = 0

    @property
    def is_sample(self) -> bool:
        """Whether there may be more than were counted."""
        return self.caught >= MOST


def records(session: Session, since: datetime) -> dict[str, Record]:
    """What each rule did since then, by its name; what was withdrawn does not count."""
    rows = session.execute(_RECORDS, {"since": since})
    return {rule: Record(caught, kept) for rule, caught, kept in rows}


def _caught(rule: str) -> sa.Select[Any]:
    """The newest that this rule caught: those that wait and those that are decided."""
    item = ReviewItem.__table__.c
    newest = sa.union_all(*(sa.select(
        sa.select(item.id, item.rule, item.waiting_since).where(
            item.state == state, item.rule == rule, unindexed(item.kind == "comment"),
            item.waiting_since > sa.bindparam("since"))
        .order_by(item.waiting_since.desc()).limit(MOST).subquery())
        for state in (ItemState.WAITING, ItemState.DECIDED))).subquery()
    return sa.select(newest.c.id, newest.c.rule).order_by(newest.c.waiting_since.desc()).limit(MOST)


def _tally() -> sa.Select[Any]:
    some = sa.union_all(*(sa.select(_caught(rule).subquery()) for rule in ("", *RULES))).subquery()
    by_editor = sa.or_(Decision.account_id.is_not(None), Decision.account_name != THE_RULES)
    approved = sa.func.count().filter(Decision.verb == Verb.APPROVE, by_editor)
    stands = sa.and_(Decision.item_id == some.c.id, Decision.undone_at.is_(None))
    return (sa.select(some.c.rule, sa.func.count(), approved).outerjoin_from(
        some, Decision, stands).group_by(some.c.rule))


_RECORDS = _tally()


def with_own(session: Session, most: int) -> list[tuple[EntryRules, str, list[str]]]:
    """What entries change: their row, the entry's title, the rules' names; the newest first."""
    rows = session.execute(
        sa.select(EntryRules, Entry.title).join(Entry, Entry.id == EntryRules.entry_id)
        .order_by(EntryRules.saved_at.desc(), EntryRules.entry_id).limit(most))
    return [(own, title, [RULES[name].label for name in own.changes if name in RULES])
            for own, title in rows]
