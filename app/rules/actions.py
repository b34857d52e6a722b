"""Changes to the rulebook, and to what an entry changes in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.rules import queries
from app.rules.judging import Line
from app.rules.models import EntryRules, Rulebook
from app.rules.wording import differences


class Stale(Exception):
    """Somebody else saved since the form was opened; nothing was changed."""

    def __init__(self, by: str) -> None:
        super().__init__(f"{by} saved in the meantime. What you typed is still here.")


def save(session: Session, proposed: Sequence[Line], *, started_from: int, by: str,
         now: datetime) -> list[str]:
    """Makes these the rules, if anything in them is new. Commits; returns what changed, in words.

    `started_from` is the id of the rulebook that was edited, 0 where there was none. Raises Stale
    if that is not the newest one any more.
    """
    newest = queries.newest(session)
    changed = differences(queries.lines(newest.rules if newest else ()), proposed)
    if not changed:
        return []
    if (newest.id if newest else 0) != started_from:
        raise Stale(newest.saved_by if newest else "Somebody")
    # The next number, given by us: of two who save at once, the primary key lets one in.
    session.add(Rulebook(id=started_from + 1, rules=[line.as_json() for line in proposed],
                         saved_at=now, saved_by=by))
    _commit(session)
    return changed


def _commit(session: Session) -> None:
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        raise Stale("Somebody") from None


def reuse(session: Session, book: Rulebook | None, *, by: str, now: datetime) -> list[str]:
    """Makes an older rulebook the newest one again; None is the rules as they came.

    Commits; returns what changed, in words.
    """
    newest = queries.newest(session)
    return save(session, queries.lines(book.rules if book else ()), by=by, now=now,
                started_from=newest.id if newest else 0)


def version(own: EntryRules | None) -> str:
    """Tells one state of an entry's own rules from a later one; "" where there are none."""
    return own.saved_at.isoformat() if own else ""


def save_for_entry(session: Session, entry_id: int, changes: Mapping[str, Mapping[str, Any]], *,
                   started_from: str, by: str, now: datetime) -> bool:
    """Makes these an entry's own rules; none leaves it to the site's. Commits.

    Returns whether anything changed. Raises Stale if `started_from` is not their version any more.
    """
    own = session.get(EntryRules, entry_id, with_for_update=True, populate_existing=True)
    changed = {name: dict(each) for name, each in changes.items()}
    if changed == (own.changes if own else {}):
        return False
    if version(own) != started_from:
        raise Stale(own.saved_by if own else "Somebody")
    if own and not changed:
        session.delete(own)
    else:
        own = own or EntryRules(entry_id=entry_id)
        own.changes, own.saved_at, own.saved_by = changed, now, by
        session.add(own)
    _commit(session)
    return True
