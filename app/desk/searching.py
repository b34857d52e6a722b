"""The words of what waits and of what was decided, and who has those that are looked for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.desk.filtering import WORDS, Filter
from app.desk.logbook import LogFilter
from app.desk.models import Decision, ReviewItem
from app.text import fold
from app.trigrams import searching
from app.trigrams.models import Corpus

Narrowed = TypeVar("Narrowed", Filter, LogFilter)


def _texts(session: Session, ids: Sequence[int]) -> Mapping[int, str]:
    """The words of items, with those that were said when they were decided."""
    texts = dict(session.execute(
        sa.select(ReviewItem.id, ReviewItem.folded).where(ReviewItem.id.in_(ids))).all())
    for number, reason, message in session.execute(
            sa.select(Decision.item_id, Decision.reason, Decision.message)
            .where(Decision.item_id.in_(ids), sa.or_(Decision.reason != "",
                                                     Decision.message != ""))):
        texts[number] += fold(f"\n{reason}\n{message}")
    return texts


CORPUS = Corpus(1, ReviewItem, _texts)


def looked_up(session: Session, shown: Narrowed) -> Narrowed:
    """The same narrowing, with the items that alone can have its words, where these are few.

    What one person or one entry has is little, and an index leads to it at once.
    """
    if not shown.words or shown.is_short:
        return shown
    found = searching.candidates(session, CORPUS, shown.words.split()[:WORDS])
    return shown if found is None else replace(shown, among=tuple(found))
