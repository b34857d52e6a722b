"""The three versions of an item beside each other: as imported, as it is there now, as ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.entries.models import Entry
from app.entries.wording import Words
from app.feeds import queries
from app.feeds.deciding.merging import Choice, Chunk, Side, blocks, merge, merged
from app.feeds.models import FeedItem
from app.feeds.showing import Version

TITLE, STANDFIRST, TEXT = "title", "standfirst", "text"
LABELS = {TITLE: "Title", STANDFIRST: "Standfirst", TEXT: "Text"}


@dataclass(frozen=True)
class Place:
    """One place where an item differs, with the name of its choice in a form."""

    part: str
    number: int
    chunk: Chunk

    @property
    def name(self) -> str:
        """What its choice is called in a form."""
        return f"{self.part}-{self.number}"

    @property
    def label(self) -> str:
        """What it is a place of."""
        return LABELS[self.part]

    @property
    def choices(self) -> list[Choice]:
        """What can be chosen here: nobody wants two titles."""
        return [each for each in Choice if each is not Choice.BOTH or self.part == TEXT]


@dataclass
class Change:
    """An item that its source has changed after it was edited here.

    `wanted` are the words that an editor has chosen, where approving means more than the usual;
    `version` the entry's version that they were chosen from.
    """

    item: FeedItem
    entry: Entry | None
    parts: Mapping[str, Sequence[Chunk]]
    wanted: Words | None = None
    version: int | None = None

    @property
    def places(self) -> list[Place]:
        """Where the versions differ, from the title to the end of the text."""
        return [Place(part, number, chunk) for part, chunks in self.parts.items()
                for number, chunk in enumerate(chunks) if chunk.is_changed]

    @property
    def conflicts(self) -> int:
        """How many places both sides changed, each in its own way."""
        return sum(place.chunk.side is Side.CONFLICT for place in self.places)

    def words(self, choices: Mapping[str, Choice]) -> Words:
        """The merged words; where nothing is chosen, theirs, and ours where they changed nothing.

        `choices` go by the names of places.
        """
        made = {part: merged(chunks, {number: choices[f"{part}-{number}"]
                                      for number in range(len(chunks))
                                      if f"{part}-{number}" in choices})
                for part, chunks in self.parts.items()}
        return Words(" ".join(made[TITLE]), " ".join(made[STANDFIRST]), "\n".join(made[TEXT]))


def compare(item: FeedItem) -> Change:
    """An item's three versions, block by block."""
    imported, source, entry = Version.imported(item), Version.source(item), item.entry
    if entry is None or source is None:
        return Change(item, entry, {})
    show = item.feed.show
    before, there = imported.words(show, item.link), source.words(show, item.link)
    return Change(item, entry, {
        TITLE: _line(before.title, entry.title, there.title),
        STANDFIRST: _line(before.standfirst, entry.standfirst, there.standfirst),
        TEXT: merge(blocks(before.source), blocks(entry.html), blocks(there.source)),
    })


def _line(imported: str, ours: str, theirs: str) -> Sequence[Chunk]:
    return merge(*((each,) if each else () for each in (imported, ours, theirs)))


def loaded(session: Session, ids: Sequence[int]) -> dict[int, Change]:
    """Changes by their items' ids, in a fixed number of queries."""
    return {item_id: compare(item) for item_id, item in queries.loaded(session, ids).items()}
