"""Rules in words: what a verdict does, and what differs between two rulebooks."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.rules.judging import Line, Rule, Verdict

DOES = {Verdict.PASS: "Publish it", Verdict.HOLD: "Hold it for an editor",
        Verdict.SPAM: "Set it aside as spam", Verdict.REFUSE: "Refuse it"}
DONE = {Verdict.PASS: "published", Verdict.HOLD: "held", Verdict.SPAM: "set aside as spam",
        Verdict.REFUSE: "refused"}


def brief(label: str) -> str:
    """A setting's name without what is added to it behind a comma or in brackets."""
    return label.split(",")[0].split(" (")[0]


def differences(old: Sequence[Line], new: Sequence[Line]) -> list[str]:
    """What `new` changes, a sentence each: "Links: most links 1 instead of 2."."""
    before = {line.rule.name: line for line in old}
    found = []
    for line in new:
        changes = list(_changes(before[line.rule.name], line)) if line.rule.name in before else []
        if changes:
            found.append(f"{line.rule.label}: {'; '.join(changes)}.")
    return found + _moves([line.rule for line in old], [line.rule for line in new])


def _changes(old: Line, new: Line) -> Iterator[str]:
    if old.on != new.on:
        yield "switched on" if new.on else "switched off"
    if old.verdict != new.verdict:
        yield f"{DONE[new.verdict]} instead of {DONE[old.verdict]}"
    for name, setting in new.rule.settings.items():
        yield from _change(brief(setting.label), old.settings[name], new.settings[name])


def _change(name: str, old: Any, new: Any) -> Iterator[str]:
    if not isinstance(new, list | tuple):
        if old != new:
            yield f"{name[0].lower()}{name[1:]} {new:,} instead of {old:,}"
        return
    for verb, words in (("with", [each for each in new if each not in old]),
                        ("without", [each for each in old if each not in new])):
        if words:
            yield f"{verb} {listed(words)}"


def listed(words: Sequence[str], most: int = 6) -> str:
    """“a”, “b” and 3 more."""
    shown = ", ".join(f"“{word}”" for word in words[:most])
    return shown if len(words) <= most else f"{shown} and {len(words) - most} more"


def told(line: Line) -> str:
    """A rule as it stands, in one sentence."""
    if not line.on:
        return "Off."
    values = (f"{brief(setting.label).lower()} {_shown(line.settings[name])}"
              for name, setting in line.rule.settings.items())
    return f"{'; '.join((DOES[line.verdict], *values))}."


def _shown(value: Any) -> str:
    return listed(list(value)) or "none" if isinstance(value, list | tuple) else f"{value:,}"


def _moves(old: list[Rule], new: list[Rule]) -> list[str]:
    old = [rule for rule in old if rule in new]
    kept = _longest_rising([old.index(rule) for rule in new if rule in old])
    return [f"{rule.label}: now number {place}, before {old.index(rule) + 1}."
            for place, rule in enumerate(new, 1) if rule in old and old.index(rule) not in kept]


def _longest_rising(numbers: Sequence[int]) -> list[int]:
    """Those that stand where they stood; all others were moved around them."""
    best: list[list[int]] = []
    for number in numbers:
        before = max((run for run in best if run[-1] < number), key=len, default=[])
        best.append([*before, number])
    return max(best, key=len, default=[])
