"""The list of all entries for staff, by their state and by the words of their titles."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import unindexed, unordered
from app.entries.models import Entry, EntryState, Origin
from app.text import fold
from app.trigrams import searching
from app.trigrams.models import Corpus


def _texts(session: Session, ids: Sequence[int]) -> Mapping[int, str]:
    rows = session.execute(sa.select(Entry.id, Entry.title).where(Entry.id.in_(ids)))
    return {number: fold(title) for number, title in rows}


CORPUS = Corpus(3, Entry, _texts)


def titled(session: Session, words: str) -> list[int] | None:
    """The ids of the entries that alone can have these words in their titles, if they are few."""
    return searching.candidates(session, CORPUS, words.split())


def for_staff(state: str = "", words: str = "",
              among: Sequence[int] | None = None) -> sa.Select[Entry]:
    """All entries but what a guest has not sent in, the last touched first.

    `among` are those that alone can have the words, if they are known.
    """
    unsent = sa.and_(Entry.origin == Origin.GUEST, Entry.state == EntryState.DRAFT)
    asked = [sa.or_(Entry.title != "", Entry.source != ""), ~unsent]
    if state:
        asked.append(Entry.state == state)
    if words:
        asked.append(Entry.title.icontains(words, autoescape=True))
    if among is not None:
        # By their ids, and not by another index that takes longer.
        asked = [Entry.id.in_(among) if among else sa.false(), unindexed(sa.and_(*asked))]
    touched = Entry.updated_at if among is None else unordered(Entry.updated_at)
    return sa.select(Entry).where(*asked).order_by(touched.desc(), Entry.id.desc())
