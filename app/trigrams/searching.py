"""Reading the index: the rows that may have some words, or that there are too many to name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import table
from app.trigrams.cutting import read, rows, wanted
from app.trigrams.models import Corpus, Posting

# A word that so many rows have is better looked for in the newest of them.
MOST = 1_000
# More parts of words than these tell no more.
TELLING = 24
FIRST_BLOCKS, TIMES = 2, 4
_postings = table(Posting)


def candidates(session: Session, corpus: Corpus, words: Iterable[str]) -> list[int] | None:
    """The ids of all rows that may have all of these words; whoever asks looks into their text.

    None where there are more than MOST, or the words are too short for the index.
    """
    grams = sorted(wanted(words))[:TELLING]
    if not grams:
        return None
    # These first: what is indexed meanwhile is found among them or in the index.
    due = session.scalars(sa.select(corpus.model.id).where(corpus.is_due).limit(MOST + 1)).all()
    if len(due) > MOST or (indexed := _indexed(session, corpus, grams)) is None:
        return None
    found = {*due, *indexed}
    return sorted(found, reverse=True) if len(found) <= MOST else None


def _indexed(session: Session, corpus: Corpus, grams: Sequence[int]) -> list[int] | None:
    found: list[int] = []
    top, blocks = _newest_block(session, corpus, grams), FIRST_BLOCKS
    while top >= 0:
        for block, places in _shared(session, corpus, grams, top - blocks + 1, top).items():
            found += rows(block, places)
        if len(found) > MOST:
            return None
        top, blocks = top - blocks, blocks * TIMES
    return found


def _newest_block(session: Session, corpus: Corpus, grams: Sequence[int]) -> int:
    """The newest block that all of these can share; -1 if one of them is nowhere."""
    newest = [sa.select(sa.func.max(_postings.c.block)).where(
        _postings.c.corpus == corpus.number, _postings.c.gram == gram).scalar_subquery()
        for gram in grams]
    found = session.execute(sa.select(*newest)).one()
    return min(-1 if block is None else block for block in found)


def _shared(session: Session, corpus: Corpus, grams: Sequence[int], first: int,
            last: int) -> dict[int, int]:
    """The places that have all of these, by block."""
    having: dict[int, list[str]] = defaultdict(list)
    for block, places in session.execute(sa.select(_postings.c.block, _postings.c.places).where(
            _postings.c.corpus == corpus.number, _postings.c.gram.in_(grams),
            _postings.c.block.between(first, last))):
        having[block].append(places)
    shared = {}
    for block, texts in having.items():
        if len(texts) == len(grams):
            places = -1
            # The shortest first: what is left of it may be nothing.
            for text in sorted(texts, key=len):
                places &= read(text)
                if not places:
                    break
            if places:
                shared[block] = places
    return shared
