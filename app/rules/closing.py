"""Closes the discussion of old entries, and opens it again where the rules have changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.entries.models import Discussion, Entry
from app.pagecache import disturb
from app.rules import queries
from app.rules.models import EntryRules

JOB = "close-by-age"
RULE = "closed"
NEVER = 0


def close_by_age(session: Session, *, now: datetime) -> int:
    """Opens and closes what the rule `closed` says; returns how many entries changed. Commits.

    Only where no editor said open or closed, and only what is or was public. Run twice, it does it
    once.
    """
    book = queries.newest(session)
    stored = book.rules if book else []
    own: dict[int, list[int]] = defaultdict(list)
    for each in session.scalars(sa.select(EntryRules)):
        if RULE in each.changes:
            own[_days(stored, each.changes)].append(each.entry_id)
    everyone_else = Entry.id.not_in([entry_id for ids in own.values() for entry_id in ids])
    changed = _set(session, everyone_else, _days(stored), now)
    changed += sum(_set(session, Entry.id.in_(ids), days, now) for days, ids in own.items())
    session.commit()
    return changed


def _days(stored: Sequence[Mapping[str, Any]],
          changes: Mapping[str, Mapping[str, Any]] | None = None) -> int:
    line = next(each for each in queries.lines(stored, changes) if each.rule.name == RULE)
    return int(line.settings["days"]) if line.on else NEVER


def _set(session: Session, which: sa.ColumnElement[bool], days: int, now: datetime) -> int:
    # Plainly compared, so that an index leads to those that are not as they should be.
    ever = Entry.published_at.is_not(None)
    edge = now - timedelta(days=days)
    old, young = ((Entry.published_at <= edge, Entry.published_at > edge) if days
                  else (sa.false(), ever))
    changed = 0
    for is_open, meant in ((False, old), (True, young)):
        # Its result says what it disturbs.
        done = session.scalars(
            sa.update(Entry).values(comments_open=is_open)
            .where(which, meant, Entry.discussion == Discussion.AUTO,
                   Entry.comments_open == sa.literal(not is_open), ever)
            .returning(Entry.id).execution_options(synchronize_session=False, cache_tags=())).all()
        disturb(session, (f"entry:{number}" for number in done))
        changed += len(done)
    return changed
