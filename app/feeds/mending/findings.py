"""What was found in an item's words: repairs that were made, and doubtful ones that wait."""

from collections.abc import Sequence
from typing import Any

Finding = dict[str, Any]

TITLE, TEXT = "title", "text"
MOST = 30
LONGEST = 600


def finding(name: str, where: str, before: str, after: str, *, sure: bool,
            **more: Any) -> Finding:
    """One finding, ready to be kept as JSON: what it is, where, and the words before and after."""
    return {"name": name, "sure": sure, "where": where, "before": before[:LONGEST],
            "after": after[:LONGEST], **more}


def carried(old: Sequence[Finding], new: Sequence[Finding]) -> list[Finding]:
    """What was found anew; what an editor has repaired of it before counts as repaired."""
    made = {_key(each): each for each in old if each.get("made_by")}
    return [made.get(_key(each), each) for each in new]


def _key(found: Finding) -> tuple[str, ...]:
    return found["name"], found["where"], found["before"], found["after"]


def is_open(found: Finding) -> bool:
    """Whether an editor may still carry this out."""
    return not found["sure"] and not found.get("made_by")
