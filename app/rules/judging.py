"""The pipeline: rules in order, the first that has something to say decides. All of it is pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.rules.facts import Facts

# A comment may have a thousand links; the first few say enough.
MOST_WORDS = 20


class Verdict(StrEnum):
    """What becomes of a comment: published, held for an editor, set aside, or not taken at all."""

    PASS = "pass"  # noqa: S105 - no password
    HOLD = "hold"
    SPAM = "spam"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Match:
    """What a rule found: a sentence that its sender may read, and the words that it matched."""

    why: str
    words: tuple[str, ...] = ()


Check = Callable[[Facts, Mapping[str, Any]], Match | None]


@dataclass(frozen=True)
class Setting:
    """One number, or one list of words, that an editor can set; `least` and `most` bound it."""

    label: str
    default: int | float | tuple[str, ...]
    least: float = 0
    most: float = 1_000_000


@dataclass(frozen=True)
class Rule:
    """A rule as it is written down: its check, what an editor may set, what it may decide.

    The first of `verdicts` is the usual one.
    """

    name: str
    label: str
    explains: str
    verdicts: tuple[Verdict, ...]
    check: Check
    settings: Mapping[str, Setting] = field(default_factory=dict)
    on: bool = True


@dataclass(frozen=True)
class Line:
    """A rule as it stands in a rulebook."""

    rule: Rule
    on: bool
    verdict: Verdict
    settings: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """As a rulebook stores it."""
        return {"name": self.rule.name, "on": self.on, "verdict": self.verdict.value,
                "settings": dict(self.settings)}


@dataclass(frozen=True)
class Finding:
    """What one rule said about one comment."""

    rule: str
    verdict: Verdict
    why: str
    words: tuple[str, ...] = ()


PASSED = Finding("", Verdict.PASS, "No rule had a doubt.")


@dataclass(frozen=True)
class Judgement:
    """The finding that decides, and those of later rules that would have said something too."""

    finding: Finding
    also: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What becomes of the comment."""
        return self.finding.verdict


def judge(lines: Sequence[Line], facts: Facts) -> Judgement:
    """Runs every rule that is on, in order; the first finding decides."""
    findings = [finding for line in lines if line.on and (finding := _apply(line, facts))]
    return Judgement(findings[0], tuple(findings[1:])) if findings else Judgement(PASSED)


def decisive(lines: Sequence[Line], facts: Facts) -> Finding:
    """The finding that `judge` would let decide, without asking the rules after it."""
    return next((finding for line in lines if line.on and (finding := _apply(line, facts))), PASSED)


def _apply(line: Line, facts: Facts) -> Finding | None:
    match = line.rule.check(facts, line.settings)
    return Finding(line.rule.name, line.verdict, match.why,
                   match.words[:MOST_WORDS]) if match else None


def undecided_before(name: str, lines: Sequence[Line], facts: Facts) -> Line | None:
    """The line of this rule if it is on and no line before it has anything to say.

    For a rule whose facts are costly to gather: they need not be, once something is decided.
    """
    for line in lines:
        if line.rule.name == name:
            return line if line.on else None
        if line.on and _apply(line, facts):
            return None
    return None
