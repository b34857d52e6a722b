"""Making a ban or an always-hold, and lifting it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.rules.models import Sanction, Sanctioned


class Over(Exception):
    """It does not hold any more: somebody has lifted it, or its time was up."""


def impose(session: Session, target: str, effect: Sanctioned, *, until: datetime | None, note: str,
           by: str, now: datetime) -> Sanction:
    """Lets an effect hold for a target from now on, until a moment or for good. Commits.

    One of the same effect that held for this target before ends: of two, the newer one counts.
    """
    session.execute(sa.update(Sanction).values(lifted_at=now, lifted_by=by).where(
        Sanction.target == target, Sanction.effect == effect, holding(now)))
    sanction = Sanction(target=target, effect=effect, note=note, until=until, made_by=by,
                        made_at=now)
    session.add(sanction)
    session.commit()
    return sanction


def lift(session: Session, sanction: Sanction, *, by: str, now: datetime) -> None:
    """Ends a sanction now. Commits. Raises Over if it does not hold any more."""
    lifted = session.execute(sa.update(Sanction).values(lifted_at=now, lifted_by=by).where(
        Sanction.id == sanction.id, holding(now)).returning(Sanction.id)).all()
    if not lifted:
        session.rollback()
        raise Over("It does not hold any more.")
    session.commit()


def holding(now: datetime) -> sa.ColumnElement[bool]:
    """What makes a sanction one that holds now."""
    return sa.and_(Sanction.lifted_at.is_(None),
                   sa.or_(Sanction.until.is_(None), Sanction.until > now))
