"""What a card shows, as plain values: one that shows the same is drawn once for all who look."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.desk.kinds import Kind
from app.desk.models import ItemState, Verb, outcome


class Held(NamedTuple):
    """Who has an item open, and whether that is whoever looks."""

    by: str
    mine: bool


class Waiting(NamedTuple):
    """An item under the names that it has in `ReviewItem`, waiting or not any more.

    `also` is what other rules would have said.
    """

    id: int
    kind: str
    subject_id: int
    state: ItemState
    why: str
    title: str
    text: str
    person: str
    person_key: str
    entry_id: int | None
    waiting_since: datetime
    also: tuple[str, ...]
    held: Held | None

    @property
    def dom_name(self) -> str:
        """What its ids begin with."""
        return "item"

    @property
    def seen(self) -> str:
        """Since when it waits as whoever looks has it before them: what a decision is about."""
        return self.waiting_since.isoformat()


class Past(NamedTuple):
    """One item of somebody's that was decided."""

    item_id: int
    kind: str
    verb: Verb
    decided_at: datetime
    text: str

    @property
    def words(self) -> str:
        """What was decided, in one word or two."""
        return outcome(self.kind, self.verb)


class Note(NamedTuple):
    """A word among editors; `mine` if whoever looks has written it."""

    id: int
    text: str
    written_by: str
    written_at: datetime
    mine: bool


class History(NamedTuple):
    """Everything about one person. `waiting` counts this item too, up to a bound and one.

    `verdicts` says what was decided, in words, and how often.
    """

    verdicts: tuple[tuple[str, int], ...]
    latest: tuple[Past, ...]
    waiting: int
    since: datetime | None
    notes: tuple[Note, ...]


class Card(NamedTuple):
    """An item with all that its card shows; `needles` are the words to mark in it.

    `subject` is what its kind shows of it: a plain value too, or a row.
    """

    item: Waiting
    subject: Any
    kind: Kind
    history: History
    needles: Sequence[str]
