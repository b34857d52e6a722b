"""The comments of the last 90 days, with what their rules saw and what became of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.desk.models import THE_RULES, Decision, ItemState, ReviewItem, Verb
from app.rules import queries
from app.rules.judging import Line
from app.rules.models import EntryRules
from app.rules.rehearsing import Fate, Past, Rehearsal, Rules, rehearse

KIND = "comment"
PERIOD = timedelta(days=90)
MOST = 20_000
FATES = {Verb.APPROVE: Fate.APPROVED, Verb.REJECT: Fate.REJECTED, Verb.SPAM: Fate.SPAM}


def rehearsal(session: Session, proposed: Sequence[Line], *, now: datetime,
                  changes: Mapping[str, Any] | None = None,
                  entry_id: int | None = None) -> Rehearsal:
    """Rehearses rules for the site; with an `entry_id`, what that entry alone would change.

    An entry's own rules go on to hold for its comments. Three queries, whatever the number.
    """
    own = {each.entry_id: each.changes for each in session.scalars(sa.select(EntryRules))}
    book = queries.newest(session)
    stored = book.rules if book else ()
    after = own if entry_id is None else {**own, entry_id: changes or {}}
    pasts = _past(session, now, entry_id)
    result = rehearse(islice(pasts, MOST), _rules(stored, own),
                      _rules([line.as_json() for line in proposed], after))
    # Read to its end, so that no cursor stays open.
    result.more = bool(list(pasts))
    return result


def _rules(stored: Sequence[Mapping[str, Any]], own: Mapping[int, Mapping[str, Any]]) -> Rules:
    return lambda entry: queries.lines(stored, None if entry is None else own.get(entry))


def _past(session: Session, now: datetime, entry_id: int | None) -> Iterator[Past]:
    query = (
        sa.select(ReviewItem.id, ReviewItem.person, ReviewItem.text, ReviewItem.facts,
                  ReviewItem.entry_id, Decision.verb, Decision.account_id, Decision.account_name)
        .outerjoin(Decision, sa.and_(Decision.item_id == ReviewItem.id,
                                     Decision.undone_at.is_(None)))
        .where(ReviewItem.kind == KIND, ReviewItem.waiting_since > now - PERIOD,
               ReviewItem.state.in_((ItemState.WAITING, ItemState.DECIDED)))
        .order_by(ReviewItem.waiting_since.desc(), ReviewItem.id.desc()).limit(MOST + 1))
    if entry_id is not None:
        query = query.where(ReviewItem.entry_id == entry_id)
    # Rows that are gone before the next come keep the garbage collector idle.
    rows = session.execute(query.execution_options(yield_per=500))
    return (Past(item, person, text, facts, _fate(verb, account, name), entry)
            for item, person, text, facts, entry, verb, account, name in rows)


def _fate(verb: Verb | None, account: int | None, name: str | None) -> Fate:
    # An account that was deleted leaves its name; the rules never had one.
    if verb and account is None and name == THE_RULES:
        return Fate.RULES
    return FATES.get(verb, Fate.WAITING) if verb else Fate.WAITING
