"""Rehearsal: the comments of the last 90 days once more, through rules that are only proposed.

Nothing is stored. What each comment's rules saw was kept beside it, so a rehearsal asks nobody and
judges with the very functions that judge what comes in.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import takewhile
from typing import Any

from app.rules.checks import RULES
from app.rules.facts import Facts
from app.rules.judging import Finding, Line, Verdict, decisive

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
    result, trials = Rehearsal(), dict[int | None, Trial]()
    for past in pasts:
        result.heard += 1
        trial = trials.get(past.entry)
        if trial is None:
            trial = trials[past.entry] = Trial.of(now(past.entry), then(past.entry))
        if case := trial.judged(past):
            result.add(case)
        else:
            result.mute += 1
    return result


@dataclass(frozen=True)
class Trial:
    """Two rulebooks for the same comments: first what both begin with, which is asked once."""

    both: Sequence[Line]
    now: Sequence[Line]
    then: Sequence[Line]

    @classmethod
    def of(cls, now: Sequence[Line], then: Sequence[Line]) -> "Trial":
        """Only rules that are on count."""
        now, then = ([line for line in lines if line.on] for lines in (now, then))
        same = sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1],
                                            zip(now, then, strict=False)))
        return cls(now[:same], now[same:], then[same:])

    def judged(self, past: Past) -> Case | None:
        """The comment with both findings; None if too little is known of it to say anything."""
        facts = Facts.of(past.text, past.facts)
        trial = self if past.facts else self.on_text
        first = decisive(trial.both, facts)
        case = Case(past, first, first) if first.rule else Case(
            past, decisive(trial.now, facts), decisive(trial.then, facts))
        # No finding in the text does not mean that nothing else would have held it.
        said = past.text and (case.now.rule or case.then.rule)
        return case if past.facts or said else None

    @cached_property
    def on_text(self) -> "Trial":
        """The same with only those rules that look at nothing but the text."""
        return Trial(*([line for line in lines if line.rule.name in ON_TEXT]
                       for lines in (self.both, self.now, self.then)))
