"""The kinds of thing that can wait. Subjects register theirs at start-up; the desk asks here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from app.desk.models import OUTCOMES, Decision, Verb

Load = Callable[[Session, Sequence[int]], Mapping[int, Any]]
Change = Callable[[Session, Any, Decision, datetime], None]


class NotPossible(Exception):
    """A decision cannot be made, or taken back, as things stand; the text says why."""


@dataclass(frozen=True)
class Effect:
    """What a decision does to the subject, and how it is taken back."""

    apply: Change
    revert: Change


@dataclass(frozen=True, eq=False)
class Kind:
    """How the desk handles one kind of subject.

    `load` gets the subjects of many items in a fixed number of queries; `card` is the template
    that draws one inside its card, with `item` and `subject`: what `show` gets for it, by default
    what `load` does; what is plain is drawn once, and kinds that show alike are asked for together.
    `rules` names, in words, what can hold one; `labels` what its buttons are called and `outcomes`
    what is said once they were pressed, where not as usual.
    """

    unchanging: ClassVar = True

    name: str
    label: str
    card: str
    load: Load
    effects: Mapping[Verb, Effect]
    publishes: bool = False
    rules: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[Verb, str] = field(default_factory=dict)
    outcomes: Mapping[Verb, str] = field(default_factory=dict)
    show: Load | None = None

    @property
    def shown(self) -> Load:
        """What gets the subjects of many items as their cards show them."""
        return self.show or self.load


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Makes a kind known."""
    _kinds[kind.name] = kind
    OUTCOMES.update({(kind.name, verb): words for verb, words in kind.outcomes.items()})


def find(name: str) -> Kind:
    """The kind with this name; KeyError for one that nobody registered."""
    return _kinds[name]


def every() -> Sequence[Kind]:
    """All kinds, in the order of their registration."""
    return list(_kinds.values())


def rules() -> dict[str, str]:
    """What can hold anything: the name that is stored, and the words for it."""
    return {name: label for kind in every() for name, label in kind.rules.items()}
