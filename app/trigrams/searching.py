"""Reading the index: the rows that may have some words, or that there are too many to name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import table
from app.trigrams.cutting import read, rows, wanted
from app.trigrams.models import Corpus, Posting

# A word that so many rows have is better looked for in the newest of them.
MOST = 500
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
    found, number = [], 0
    top, blocks = _newest_block(session, corpus, grams), FIRST_BLOCKS
    while top >= 0:
        for block, places in _shared(session, corpus, grams, top - blocks + 1, top):
            found.append((block, places))
            # Counted before they are named, which takes longer.
            number += places.bit_count()
            if number > MOST:
                return None
        top, blocks = top - blocks, blocks * TIMES
    return [row for block, places in found for row in rows(block, places)]


def _newest_block(session: Session, corpus: Corpus, grams: Sequence[int]) -> int:
    """The newest block that all of these can share; -1 if one of them is nowhere."""
    newest = [sa.select(sa.func.max(_postings.c.block)).where(
        _postings.c.corpus == corpus.number, _postings.c.gram == gram).scalar_subquery()
        for gram in grams]
    found = session.execute(sa.select(*newest)).one()
    return min(-1 if block is None else block for block in found)


def _shared(session: Session, corpus: Corpus, grams: Sequence[int], first: int,
            last: int) -> Iterator[tuple[int, int]]:
    """The places that have all of these in a block, the newest block first, read one by one."""
    having: dict[int, list[str]] = defaultdict(list)
    for block, places in session.execute(sa.select(_postings.c.block, _postings.c.places).where(
            _postings.c.corpus == corpus.number, _postings.c.gram.in_(grams),
            _postings.c.block.between(first, last))):
        having[block].append(places)
    for block in sorted(having, reverse=True):
        if len(texts := having[block]) == len(grams):
            places = -1
            # The shortest first: what is left of it may be nothing.
            for text in sorted(texts, key=len):
                places &= read(text)
                if not places:
                    break
            else:
                yield block, places
