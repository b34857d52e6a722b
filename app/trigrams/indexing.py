"""Writing the index: in the worker, many rows at a time, in one transaction with their marks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import table
from app.jobs import wake
from app.trigrams.cutting import BLOCK, grams, joined, read, written
from app.trigrams.models import Corpus, Posting, Unindexed

JOB = "index-words"
# While they are indexed nobody else writes on SQLite: some hundredths of a second.
AT_ONCE = 250
# Fewer new rows than these are looked through by every search, which costs less than their places.
WORTH = 100
PARTS = 500
# The key of PostgreSQL's advisory lock: any number that no other program in the database uses.
LOCK = 5_241_987_163
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(LOCK))
_postings = table(Posting)


def index(session: Session, corpora: Iterable[Corpus], *, now: datetime) -> None:
    """Indexes some rows of each corpus and commits. Where more are left it asks to go on, so that
    between two parts everybody else can write.
    """
    for corpus in corpora:
        if catch_up(session, corpus, AT_ONCE) == AT_ONCE:
            wake(session, JOB, now)
        session.commit()


def catch_up(session: Session, corpus: Corpus, most: int, worth: int = WORTH) -> int:
    """Indexes rows that are not, the oldest first; returns how many. The caller commits.

    New ones wait until there are `worth` of them, changed ones do not: what was erased goes.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK)
    # Whoever changes one just now will leave it marked.
    due = session.execute(
        sa.select(corpus.model.id, corpus.model.unindexed).where(corpus.is_due)
        .order_by(corpus.model.id).limit(most).with_for_update(skip_locked=True)).all()
    if len(due) < worth and all(why == Unindexed.NEW for _id, why in due):
        return 0
    texts = corpus.texts(session, [number for number, _why in due])
    blocks: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for number, why in due:
        blocks[number // BLOCK].append((number, why != Unindexed.NEW))
    for block, rows in blocks.items():
        _forget(session, corpus, block, [number for number, reworded in rows if reworded])
        _add(session, corpus, block, {number: texts.get(number, "") for number, _ in rows})
    _mark(session, corpus, [number for number, _why in due])
    return len(due)


def _forget(session: Session, corpus: Corpus, block: int, gone: Sequence[int]) -> None:
    """Takes rows out of all parts of words that they had."""
    if not gone:
        return
    places = _bits(gone)
    known = session.execute(sa.select(_postings.c.gram, _postings.c.places).where(
        _postings.c.corpus == corpus.number, _postings.c.block == block)).all()
    held = {gram: bits for gram, text in known if (bits := read(text)) & places}
    left = {gram: rest for gram, bits in held.items() if (rest := bits & ~places)}
    _change(session, corpus, block, {gram: written(bits) for gram, bits in left.items()})
    for some in _parts(held.keys() - left.keys()):
        session.execute(sa.delete(_postings).where(*_here(corpus, block, some)))


def _add(session: Session, corpus: Corpus, block: int, texts: Mapping[int, str]) -> None:
    wanted: dict[int, list[int]] = defaultdict(list)
    for number, text in texts.items():
        for gram in grams(text):
            wanted[gram].append(number % BLOCK)
    known: dict[int, str] = {}
    for some in _parts(wanted):
        known.update(session.execute(sa.select(_postings.c.gram, _postings.c.places).where(
            *_here(corpus, block, some))).all())
    _change(session, corpus, block, {gram: joined(text, wanted[gram])
                                     for gram, text in known.items()})
    if new := [{"corpus": corpus.number, "gram": gram, "block": block, "places": joined("", places)}
               for gram, places in sorted(wanted.items()) if gram not in known]:
        session.execute(sa.insert(_postings), new)


def _bits(numbers: Iterable[int]) -> int:
    found = 0
    for number in numbers:
        found |= 1 << number % BLOCK
    return found


def _here(corpus: Corpus, block: int, some: Sequence[int]) -> list[sa.ColumnElement[bool]]:
    return [_postings.c.corpus == corpus.number, _postings.c.gram.in_(some),
            _postings.c.block == block]


def _parts(found: Iterable[int]) -> list[list[int]]:
    every = sorted(found)
    return [every[at:at + PARTS] for at in range(0, len(every), PARTS)]


def _change(session: Session, corpus: Corpus, block: int, places: Mapping[int, str]) -> None:
    if places:
        session.connection().execute(
            sa.update(_postings).where(_postings.c.corpus == corpus.number,
                                       _postings.c.gram == sa.bindparam("at"),
                                       _postings.c.block == block)
            .values(places=sa.bindparam("now")),
            [{"at": gram, "now": text} for gram, text in sorted(places.items())])


def _mark(session: Session, corpus: Corpus, numbers: Sequence[int]) -> None:
    session.execute(sa.update(corpus.model).where(corpus.model.id.in_(numbers))
                    .values(unindexed=None),
                    execution_options={"cache_tags": (), "synchronize_session": False})
