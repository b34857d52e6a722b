"""What an editor does with a change at the source beyond taking or keeping it whole."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.desk.deciding import actions as desk
from app.desk.models import Decision, ReviewItem, Verb
from app.feeds.changes import versions
from app.feeds.deciding.merging import Choice


def take_merged(session: Session, item: ReviewItem, choices: Mapping[str, Choice], by: Account, *,
                now: datetime, version: int, seen: datetime | None) -> Decision:
    """Approves a change in the words that were chosen block by block, and commits.

    `version` is the entry's and `seen` the item's waiting_since that the editor chose from.
    Raises desk.AlreadyDecided where either side has moved on or somebody was faster, and
    kinds.NotPossible where the words cannot be taken.
    """
    change = versions.loaded(session, [item.subject_id])[item.subject_id]
    change.wanted, change.version = change.words(choices), version
    with desk.whole(session, item):
        decision = desk.record(session, item, Verb.APPROVE, by, now=now, seen=seen,
                               reason="Merged block by block", subject=change)
    session.commit()
    return decision
