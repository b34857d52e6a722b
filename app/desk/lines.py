"""Decisions as plain values: the lines of the log, and the one that is at hand to be taken back."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.desk.models import Decision, ItemState, Recorded, ReviewItem, Verb
from app.prepared import Read

LATELY = timedelta(hours=1)
# Of so many, one that its sender has not withdrawn since is found.
UNDOABLE = 10
# Of a text, a line shows so much.
SHOWN = 100


class About(NamedTuple):
    """What was decided, as the log tells of it; of its text no more than the beginning."""

    kind: str
    title: str
    text: str
    person: str
    state: ItemState


class _Line(NamedTuple):
    id: int
    item_id: int
    account_id: int | None
    account_name: str
    verb: Verb
    reason: str
    message: str
    decided_at: datetime
    undone_at: datetime | None
    undone_by: str | None
    batch: str | None
    item: About


class Line(Recorded, _Line):
    """A line of the log, under the names that it has in `Decision`."""

    __slots__ = ()

    dom_name = "decision"


_D, _I = Decision, ReviewItem
_LINE = (_D.id, _D.item_id, _D.account_id, _D.account_name, _D.verb, _D.reason, _D.message,
         _D.decided_at, _D.undone_at, _D.undone_by, _D.batch, _I.kind, _I.title,
         sa.func.substr(_I.text, 1, 4 * SHOWN), _I.person, _I.state)


def lines(session: Session, query: sa.Select[Any]) -> list[Line]:
    """These lines of the log, without whatever only a change would need."""
    rows = session.execute(query.with_only_columns(*_LINE))
    return [_line(row) for row in rows]


def _line(row: Any) -> Line:
    return Line._make((*row[:11], About._make(row[11:])))


def last_of(session: Session, by: Account, now: datetime) -> Line | None:
    """The newest decision of an editor's own that stands, if it is no older than LATELY.

    What is older is looked at in the log before it is taken back.
    """
    newest = map(_line, _LATELY.rows(session, {"by": by.id, "since": now - LATELY}))
    return next((each for each in newest if each.can_be_undone), None)


# Built once: putting it together costs more than asking it.
_LATELY = Read(
    sa.select(*_LINE).join(_D.item)
    .where(_D.account_id == sa.bindparam("by"),
           _D.decided_at > sa.bindparam("since", type_=_D.decided_at.type), _D.undone_at.is_(None))
    .order_by(_D.decided_at.desc(), _D.id.desc()).limit(UNDOABLE))
