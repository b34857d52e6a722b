"""How long comments usually wait here, in words, from what editors did lately."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.comments.actions import KIND
from app.desk.models import THE_RULES, Decision, ReviewItem

LATELY = timedelta(days=90)
FEWEST = 5
# The newest decisions say as much as all of them, and cost the same however busy the desk is.
SAMPLE = 200
LADDER = (
    (timedelta(minutes=5), "five minutes"), (timedelta(minutes=15), "a quarter of an hour"),
    (timedelta(minutes=30), "half an hour"), (timedelta(hours=1), "an hour"),
    *((timedelta(hours=hours), f"{hours} hours") for hours in (2, 3, 4, 6, 12)),
    (timedelta(days=1), "a day"), *((timedelta(days=days), f"{days} days") for days in range(2, 7)),
    (timedelta(weeks=1), "a week"), (timedelta(weeks=2), "two weeks"),
    (timedelta(days=31), "a month"),
)
TOO_FEW = "Too few comments were decided here lately to say how long it usually takes."


def usual(session: Session, now: datetime) -> str:
    """One or two sentences from the newest decisions of the last 90 days.

    Only comments that an editor decided count, and only decisions that stand.
    """
    rows = session.execute(
        sa.select(Decision.decided_at, ReviewItem.waiting_since).join(Decision.item)
        .where(Decision.decided_at > now - LATELY, Decision.undone_at.is_(None),
               Decision.account_name != THE_RULES, ReviewItem.kind == KIND)
        .order_by(Decision.decided_at.desc(), Decision.id.desc()).limit(SAMPLE))
    return sentence([decided - since for decided, since in rows])


def sentence(waited: Sequence[timedelta]) -> str:
    """The median and the ninth decile (nearest rank), each rounded up to words people use."""
    if len(waited) < FEWEST:
        return TOO_FEW
    ordered = sorted(waited)
    half, nine = (_words(ordered[-(-len(ordered) * share // 10) - 1]) for share in (5, 9))
    if half == nine:
        return f"Nine of ten comments here are decided {nine}."
    return f"Half of all comments here are decided {half}, nine of ten {nine}."


def _words(wait: timedelta) -> str:
    return next((f"within {words}" for step, words in LADDER if wait <= step),
                "after more than a month")
