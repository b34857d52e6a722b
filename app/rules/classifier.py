"""Whether a comment reads like what editors here have called spam: words counted, chances combined.

Each word has a chance of its own, by how often it stood in spam and in what was published; Fisher's
method joins them, so that much that points neither way stays at one half. A word counts once a
comment, however often it stands in it. Source: G. Robinson, "A Statistical Approach to the Spam
Problem" (Linux Journal 107, 2003), as SpamBayes does it.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import cast
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.dialects import insertion
from app.prepared import Prepared, among
from app.rules.models import LearnedWord

MOST_WORDS = 150
LONGEST_WORD = 30
# What an unknown word's chance of one half weighs against what was counted (Robinson's s).
STRENGTH = 0.45
# With fewer comments of either kind every word would seem to belong to the other.
FEWEST = 5
ALL = ""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_table = cast(sa.Table, LearnedWord.__table__)


class Taught(StrEnum):
    """What an editor's decision says a comment was."""

    SPAM = "spam"
    HAM = "ham"


def words(body: str, name: str = "", headline: str = "", links: Iterable[str] = ()) -> list[str]:
    """What is counted of a comment, each once: at most MOST_WORDS, from its beginning and its end.

    Numbers count by their length; where a link leads, the name, capitals and shouts have marks of
    their own.
    """
    marks = [*_flags(body), *(f"host:{host}" for link in links if (host := _host(link))),
             *(f"name:{word}" for word in _split(name))]
    text = list(dict.fromkeys(_split(f"{body} {headline}")))
    marks = list(dict.fromkeys(marks))[:MOST_WORDS // 3]
    room = MOST_WORDS - len(marks)
    # Whoever hides advertising behind harmless words puts it at one end.
    kept = text if len(text) <= room else text[:room // 2] + text[room // 2 - room:]
    return marks + kept


def _split(text: str) -> list[str]:
    return [f"#{len(word)}" if word.isdigit() else word
            for word in _WORD.findall(text.lower()) if len(word) <= LONGEST_WORD]


def _flags(body: str) -> list[str]:
    start = body[:400]
    capitals = sum(map(str.isupper, start))
    shouts = capitals > 6 and 12 <= sum(map(str.isalpha, start)) < 2 * capitals
    return [flag for flag, there in (("is:shouted", shouts), ("is:urged", body.count("!") > 1),
                                     ("is:linked", "://" in body or "www." in body)) if there]


def _host(link: str) -> str:
    try:
        return (urlsplit(link).hostname or "").removeprefix("www.")[:80]
    except ValueError:
        return ""


def score(session: Session, found: Sequence[str]) -> tuple[float | None, int]:
    """The chance that a comment with these words is spam, and how many comments were learned.

    The chance is None while fewer than FEWEST of either kind were.
    """
    rows = _KNOWN.rows(session, {"words": [ALL, *found]})
    counts = {word: (spam, ham) for word, spam, ham in rows}
    spam, ham = counts.pop(ALL, (0, 0))
    return (chance(counts, spam, ham) if min(spam, ham) >= FEWEST else None), spam + ham


_KNOWN = Prepared(sa.select(_table.c.word, _table.c.spam, _table.c.ham)
                  .where(_table.c.word.in_(among("words", sa.Text))))


def chance(counts: Mapping[str, tuple[int, int]], spam: int, ham: int) -> float:
    """From 0 to 1: what the counts of a comment's words say, given how many of each were learned.

    Counts are taken as shares of their kind, so that a site with little spam knows it too.
    """
    each = [_of_word(in_spam / spam, in_ham / ham, in_spam + in_ham)
            for in_spam, in_ham in counts.values()]
    if not each:
        return 0.5
    doubt_of_ham = _fisher([math.log(1 - one) for one in each])
    doubt_of_spam = _fisher([math.log(one) for one in each])
    return (1 + doubt_of_spam - doubt_of_ham) / 2


def _of_word(in_spam: float, in_ham: float, times: int) -> float:
    share = in_spam / (in_spam + in_ham) if in_spam + in_ham else 0.5
    return (STRENGTH * 0.5 + times * share) / (STRENGTH + times)


def _fisher(logarithms: Sequence[float]) -> float:
    """The chance of a sum this low if all were even: chi-square with two degrees for each."""
    half = -sum(logarithms)
    term = total = math.exp(-half)
    for step in range(1, len(logarithms)):
        term *= half / step
        total += term
    return min(total, 1.0)


def learn(session: Session, found: Iterable[str], taught: Taught) -> None:
    """Counts one comment with these words. The caller commits."""
    _count(session, found, taught, 1)


def unlearn(session: Session, found: Iterable[str], taught: Taught) -> None:
    """Takes back exactly what `learn` counted. The caller commits."""
    known = [ALL, *found]
    _count(session, found, taught, -1)
    session.execute(sa.delete(_table).where(_table.c.word.in_(known), _table.c.spam <= 0,
                                            _table.c.ham <= 0))


def _count(session: Session, found: Iterable[str], taught: Taught, by: int) -> None:
    adding = insertion(session, _table)
    adding = adding.on_conflict_do_update(index_elements=[_table.c.word], set_={
        kind: _table.c[kind] + adding.excluded[kind] for kind in Taught})
    spam, ham = (by, 0) if taught is Taught.SPAM else (0, by)
    # In one order, so that two who decide at once never wait for each other in a circle.
    session.execute(adding, [{"word": word, "spam": spam, "ham": ham}
                             for word in sorted({ALL, *found})])
