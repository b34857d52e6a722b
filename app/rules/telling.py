"""What a rehearsal found, in the words that an editor reads."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.rules.judging import Line, Verdict
from app.rules.past import MOST
from app.rules.rehearsing import Fate, Rehearsal, Tally

ENDS = {Verdict.HOLD: "Would have held {}", Verdict.SPAM: "Would have set aside {} as spam",
        Verdict.REFUSE: "Would have refused {}", Verdict.PASS: "Would have published {} at once"}
APPROVED = ("approved", (Fate.APPROVED,))
TURNED_DOWN = ("rejected or called spam", (Fate.REJECTED, Fate.SPAM))
Fault = tuple[str, tuple[Fate, ...]]


@dataclass(frozen=True)
class Told:
    """One sentence, what stands apart from it, and the comments that it is about."""

    name: str
    sentence: str
    beside: str
    tally: Tally


def heard(rehearsal: Rehearsal) -> str:
    """What was rehearsed."""
    if rehearsal.more:
        return f"Over the newest {MOST:,} comments of the last 90 days; there were more."
    if not rehearsal.heard:
        return "There were no comments in the last 90 days to rehearse with."
    one = "the one comment" if rehearsal.heard == 1 else f"the {rehearsal.heard:,} comments"
    return f"Over {one} of the last 90 days."


def ends(rehearsal: Rehearsal) -> list[Told]:
    """What the rules would have done with everything; refusing is told only if it happens."""
    told = []
    for verdict in (Verdict.HOLD, Verdict.SPAM, Verdict.REFUSE, Verdict.PASS):
        tally = rehearsal.ends[verdict]
        if tally.all or verdict is not Verdict.REFUSE:
            passes = verdict is Verdict.PASS
            told.append(Told(verdict.value,
                             _sentence(ENDS[verdict], tally, TURNED_DOWN if passes else APPROVED),
                             _beside(tally), rehearsal.mistaken if passes else tally))
    return told


def changes(rehearsal: Rehearsal) -> list[Told]:
    """What differs from the rules as they are now."""
    found = (("stopped", "Newly held, set aside or refused: {}", rehearsal.stopped, APPROVED),
             ("let-through", "Newly published at once: {}", rehearsal.let_through, TURNED_DOWN),
             ("otherwise", "Stopped as now, but in another way: {}", rehearsal.otherwise, APPROVED))
    return [Told(name, _sentence(pattern, tally, fault), _beside(tally), tally)
            for name, pattern, tally, fault in found if tally.all]


def _sentence(pattern: str, tally: Tally, fault: Fault) -> str:
    word, fates = fault
    wrong, number = sum(tally.fates[fate] for fate in fates), tally.decided
    if not number:
        what = "nothing that an editor has decided" if tally.all else "nothing"
        return f"{pattern.format(what)}."
    if number == 1:
        return f"{pattern.format('1')}, which you {word if wrong else _right(fault)}."
    shown = "none" if not wrong else "all" if wrong == number else f"{wrong:,}"
    return f"{pattern.format(f'{number:,}')}, of which you {word} {shown}."


def _right(fault: Fault) -> str:
    return "approved" if fault is TURNED_DOWN else "did not approve"


def _beside(tally: Tally) -> str:
    apart = []
    if waiting := tally.fates[Fate.WAITING]:
        apart.append(f"{waiting:,} that still {'waits' if waiting == 1 else 'wait'}")
    if alone := tally.fates[Fate.RULES]:
        apart.append(f"{alone:,} that the rules decided and no editor has read")
    return f"Counted apart: {' and '.join(apart)}." if apart else ""


def limits(rehearsal: Rehearsal, now: Sequence[Line], then: Sequence[Line]) -> list[str]:
    """What this rehearsal cannot say."""
    found = ["Withdrawn comments are left out, and what was refused was never kept."]
    if rehearsal.mute:
        found.append(f"Not counted: {rehearsal.mute:,} of which only the text is known, "
                     "with nothing in it that a rule would look for.")
    before = {line.rule.name: line for line in now}
    for name, sentence in UNHEARD.items():
        new = next((line for line in then if line.rule.name == name), None)
        if new and name in before and _differs(before[name], new):
            found.append(sentence)
    return found


UNHEARD = {
    "closed": "When an entry closes is not part of it: each comment came while its entry was open.",
    "service": "The spam service is not asked again; only what it said then counts.",
}


def _differs(old: Line, new: Line) -> bool:
    return (old.on, dict(old.settings)) != (new.on, dict(new.settings))
