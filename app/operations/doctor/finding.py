"""What is looked at, and what is found."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from app.config import Settings


class State(StrEnum):
    """How something is."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """A sentence about one thing, and what to do about it unless it is well."""

    state: State
    says: str
    do: str = ""
    area: str = ""


@dataclass(frozen=True)
class Patient:
    """The installation: how it is set, its database, the time. `full` looks at every file where
    some of them would do.
    """

    settings: Settings
    engine: sa.Engine
    now: datetime
    full: bool = False


def ok(says: str) -> Finding:
    """All is well."""
    return Finding(State.OK, says)


def warning(says: str, do: str) -> Finding:
    """It works, but not for long or not for everybody."""
    return Finding(State.WARNING, says, do)


def wrong(says: str, do: str) -> Finding:
    """Something does not work."""
    return Finding(State.WRONG, says, do)


def counted(number: int, one: str, many: str = "") -> str:
    """"1 mail", "2 mails"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def lasting(seconds: float) -> str:
    """A time in words: "40 seconds", "3 hours"."""
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return counted(int(seconds // size), unit)
    return counted(int(seconds), "second")


def said(error: BaseException) -> str:
    """The first line of what an error says, as the end of a sentence."""
    text = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".") + "."
