"""Reads of rulebooks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.rules.checks import RULES
from app.rules.judging import Line, Rule, Verdict
from app.rules.models import EntryRules, Rulebook, Sanction


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


def in_force(session: Session, entry_id: int | None = None) -> list[Line]:
    """The rules as they hold now, for one entry or for the site."""
    book = newest(session)
    own = session.get(EntryRules, entry_id) if entry_id is not None else None
    return lines(book.rules if book else (), own.changes if own else None)


def sanctions(session: Session, targets: Sequence[str], now: datetime) -> Sequence[Sanction]:
    """The sanctions that hold now for any of these targets, bans first."""
    return session.scalars(_HOLDING, {"targets": list(targets), "now": now}).all()


_HOLDING = sa.select(Sanction).where(
    Sanction.target.in_(sa.bindparam("targets", expanding=True)), Sanction.lifted_at.is_(None),
    sa.or_(Sanction.until.is_(None), Sanction.until > sa.bindparam("now")),
).order_by(Sanction.effect, Sanction.id)
