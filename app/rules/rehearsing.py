"""Rehearsal: the comments of the last 90 days once more, through rules that are only proposed.

Nothing is stored. What each comment's rules saw was kept beside it, so a rehearsal asks nobody and
judges with the very functions that judge what comes in.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.desk.actions import THE_RULES
from app.desk.models import Decision, ItemState, ReviewItem, Verb
from app.rules import queries
from app.rules.checks import RULES
from app.rules.facts import Facts
from app.rules.judging import Finding, Line, Verdict, judge
from app.rules.models import EntryRules

KIND = "comment"
PERIOD = timedelta(days=90)
MOST = 20_000
SHOWN = 50
# What can be said of a comment whose facts were not kept: only these look at nothing but its text.
ON_TEXT = {"length", "blocked", "watched"}


class Fate(StrEnum):
    """What became of a comment in truth. Only the first three are an editor's word."""

    APPROVED = "approved"
    REJECTED = "rejected"
    SPAM = "spam"
    WAITING = "still waits"
    RULES = "decided by the rules alone"


BY_EDITORS = (Fate.APPROVED, Fate.REJECTED, Fate.SPAM)
FATES = {Verb.APPROVE: Fate.APPROVED, Verb.REJECT: Fate.REJECTED, Verb.SPAM: Fate.SPAM}


@dataclass(frozen=True)
class Past:
    """A comment of the last 90 days, what its rules saw, and what became of it."""

    item: int
    person: str
    text: str
    facts: Mapping[str, Any]
    fate: Fate
    entry: int | None = None


@dataclass(frozen=True)
class Case:
    """A comment with what the rules say of it now, and what the proposed ones say."""

    past: Past
    now: Finding
    then: Finding

    @property
    def rules(self) -> str:
        """Which rule would decide it, by which words; where none would, which one does now."""
        finding = self.then if self.then.rule else self.now
        if not finding.rule:
            return "No rule finds anything."
        words = f": {', '.join(finding.words[:6])}" if finding.words else ""
        label = f"{RULES[finding.rule].label}{words}"
        return f"{label}." if self.then.rule else f"No rule any more; now “{label}”."


@dataclass
class Tally:
    """How many comments met one end, by their true fate, and the newest SHOWN of them."""

    fates: Counter[Fate] = field(default_factory=Counter)
    cases: list[Case] = field(default_factory=list)

    def add(self, case: Case) -> None:
        """Counts one more."""
        self.fates[case.past.fate] += 1
        if len(self.cases) < SHOWN:
            self.cases.append(case)

    @property
    def all(self) -> int:
        """All of them, whoever decided."""
        return sum(self.fates.values())

    @property
    def decided(self) -> int:
        """Those that an editor decided."""
        return sum(self.fates[fate] for fate in BY_EDITORS)


@dataclass
class Rehearsal:
    """What the proposed rules would have done. `mute` counts comments of which nothing is known."""

    heard: int = 0
    more: bool = False
    mute: int = 0
    ends: dict[Verdict, Tally] = field(default_factory=lambda: {v: Tally() for v in Verdict})
    mistaken: Tally = field(default_factory=Tally)
    stopped: Tally = field(default_factory=Tally)
    let_through: Tally = field(default_factory=Tally)
    otherwise: Tally = field(default_factory=Tally)

    def add(self, case: Case) -> None:
        """Counts one comment where it belongs."""
        now, then = case.now.verdict, case.then.verdict
        self.ends[then].add(case)
        if then is Verdict.PASS and case.past.fate in {Fate.REJECTED, Fate.SPAM}:
            self.mistaken.add(case)
        if now is not then:
            (self.stopped if now is Verdict.PASS else self.let_through if then is Verdict.PASS
             else self.otherwise).add(case)


Rules = Callable[[int | None], Sequence[Line]]


def rehearse(pasts: Iterable[Past], now: Rules, then: Rules) -> Rehearsal:
    """Judges each comment by the rules as they are and as they would be. Pure.

    `now` and `then` give the rules of an entry.
    """
    result = Rehearsal()
    for past in pasts:
        result.heard += 1
        if case := _judged(past, now(past.entry), then(past.entry)):
            result.add(case)
        else:
            result.mute += 1
    return result


def _judged(past: Past, now: Sequence[Line], then: Sequence[Line]) -> Case | None:
    facts = Facts.of(past.text, past.facts)
    if past.facts:
        return Case(past, judge(now, facts).finding, judge(then, facts).finding)
    on_text = [[line for line in lines if line.rule.name in ON_TEXT] for lines in (now, then)]
    findings = [judge(lines, facts).finding for lines in on_text]
    # No finding in the text does not mean that nothing else would have held it.
    found = past.text and any(finding.rule for finding in findings)
    return Case(past, *findings) if found else None


def over_the_past(session: Session, proposed: Sequence[Line], *, now: datetime,
                  changes: Mapping[str, Any] | None = None,
                  entry_id: int | None = None) -> Rehearsal:
    """Rehearses rules for the site; with an `entry_id`, what that entry alone would change.

    An entry's own rules go on to hold for its comments. Two queries, whatever the number.
    """
    own = {each.entry_id: each.changes for each in session.scalars(sa.select(EntryRules))}
    book = queries.newest(session)
    stored = book.rules if book else ()
    after = own if entry_id is None else {**own, entry_id: changes or {}}
    rows = _past(session, now, entry_id)
    result = rehearse(rows[:MOST], _rules(stored, own),
                      _rules([line.as_json() for line in proposed], after))
    result.more = len(rows) > MOST
    return result


def _rules(stored: Sequence[Mapping[str, Any]], own: Mapping[int, Mapping[str, Any]]) -> Rules:
    site = queries.lines(stored)
    entries = {entry: queries.lines(stored, changes) for entry, changes in own.items()}
    return lambda entry: site if entry is None else entries.get(entry, site)


def _past(session: Session, now: datetime, entry_id: int | None) -> list[Past]:
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
    return [Past(item, person, text, facts, _fate(verb, account, name), entry)
            for item, person, text, facts, entry, verb, account, name in session.execute(query)]


def _fate(verb: Verb | None, account: int | None, name: str | None) -> Fate:
    # An account that was deleted leaves its name; the rules never had one.
    if verb and account is None and name == THE_RULES:
        return Fate.RULES
    return FATES.get(verb, Fate.WAITING) if verb else Fate.WAITING
