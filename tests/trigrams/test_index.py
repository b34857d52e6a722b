"""The index leads to all that may have some words, whatever was indexed, changed or not yet."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.people.models import Person
from app.people.queries import CORPUS, called
from app.trigrams import indexing, searching
from app.trigrams.cutting import BLOCK
from app.trigrams.models import Posting
from tests.conftest import NOON

Index = Callable[[], int]


@pytest.fixture
def index(session: Session) -> Index:
    """Indexes everything that is not; says how much that was."""
    def run() -> int:
        done = indexing.catch_up(session, CORPUS, 1_000, worth=1)
        session.commit()
        return done
    return run


def people(session: Session, *names: str, apart: int = 1) -> list[Person]:
    made = [Person(id=1 + number * apart, slug=f"p{number}", name=name, created_at=NOON)
            for number, name in enumerate(names)]
    session.add_all(made)
    session.commit()
    return made


def found(session: Session, words: str) -> list[str]:
    return [each.name for each in session.scalars(called(session, words)).unique()]


def named(session: Session, words: str) -> list[int] | None:
    return searching.candidates(session, CORPUS, words.split())


def test_it_says_what_looking_into_every_row_says(session: Session, index: Index) -> None:
    chance = Random(7)
    names = ["".join(chance.choices("abcd é", k=12)).strip() for _ in range(60)]
    people(session, *names, apart=300)
    asked = [name[at:at + length].strip() for name in names[:15]
             for at, length in ((0, 3), (2, 4), (1, 7))]
    asked += ["ddda", "abc abc", "a", "zzz"]
    plain = {words: sorted(name for name in names if words in name) for words in asked}
    for step in (lambda: None, index, lambda: (rename(session, 9), index())):
        step()
        for words in asked:
            assert sorted(found(session, words)) == plain[words], words
    assert named(session, "zzz") == []


def rename(session: Session, every: int) -> None:
    """Another name, and back, with a step of the index between."""
    some = session.scalars(sa.select(Person).where(Person.id % every == 0)).unique().all()
    before = {each: each.name for each in some}
    for each in some:
        each.name = "Nobody zzz"
    session.commit()
    indexing.catch_up(session, CORPUS, 1_000)
    assert len(named(session, "nobody zzz") or ()) == len(some)
    for each, name in before.items():
        each.name = name
    session.commit()


def test_who_is_new_or_called_otherwise_is_found_at_once(session: Session, index: Index) -> None:
    anna, _bert = people(session, "Anna Anchor", "Bert Buoy")
    assert index() == 2
    anna.name = "Anna Lighthouse"
    session.add(Person(id=50, slug="c", name="Cleo Lighthouse", created_at=NOON))
    session.commit()
    assert found(session, "lightH") == ["Anna Lighthouse", "Cleo Lighthouse"]
    assert found(session, "Anchor") == []


def test_nothing_is_left_of_words_that_are_gone(session: Session, index: Index) -> None:
    [person] = people(session, "Unmistakable")
    index()
    assert named(session, "unmistakable") == [1]
    person.name = ""
    session.commit()
    assert indexing.catch_up(session, CORPUS, 1_000) == 1, "it does not wait for others"
    assert named(session, "unmistakable") == []
    assert session.scalars(sa.select(Posting)).all() == []


def test_new_words_change_nothing_of_other_rows_other_blocks_and_other_indexes(
        session: Session, index: Index) -> None:
    others = replace(CORPUS, number=99)
    anna, bert = people(session, "Common Anna", "Common Bert", apart=BLOCK)
    indexing.catch_up(session, others, 1_000, worth=1)
    session.execute(sa.update(Person).values(unindexed=0), execution_options={"cache_tags": ()})
    session.add(Person(id=5, slug="c", name="Common Cleo", created_at=NOON))
    session.commit()
    index()
    anna.name = "Anna"
    session.commit()
    index()
    assert named(session, "common") == [bert.id, 5]
    assert searching.candidates(session, others, ["common"]) == [bert.id, anna.id]


def test_an_index_of_others_stays_as_it_is(session: Session, index: Index) -> None:
    others = replace(CORPUS, number=99)
    [anna] = people(session, "Anna Anchor")
    index()
    session.add(Person(id=7, slug="b", name="Bert Anchor", created_at=NOON))
    session.commit()
    indexing.catch_up(session, others, 1_000, worth=1)
    assert named(session, "anchor") == [anna.id]
    anna.name = "Anna Bertram"
    session.commit()
    index()
    assert named(session, "anchor") == []
    assert named(session, "bert") == [anna.id]
    for words, ids in (("anchor", [7]), ("bert", [7]), ("anna", [])):
        assert searching.candidates(session, others, [words]) == ids


def test_what_many_have_is_not_listed_and_what_few_have_is(
        session: Session, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST", 5)
    people(session, *[f"Common {number}" for number in range(9)], "Common Rare", apart=900)
    assert named(session, "rare") is None, "too many are not indexed yet"
    assert found(session, "rare") == ["Common Rare"]
    index()
    assert named(session, "common") is None
    assert len(found(session, "common")) == 10
    assert len(named(session, "common rare") or ()) == 1
    assert named(session, "co") is None


def test_a_few_new_rows_wait_for_more(session: Session) -> None:
    people(session, "Anna", "Bert")
    assert indexing.catch_up(session, CORPUS, 1_000) == 0
    assert indexing.catch_up(session, CORPUS, 1_000, worth=2) == 2
    assert indexing.catch_up(session, CORPUS, 1_000, worth=0) == 0


def test_the_worker_goes_on_as_long_as_much_is_left(
        app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "AT_ONCE", 2)
    monkeypatch.setattr(indexing, "WORTH", 1)
    monkeypatch.setattr(indexing.catch_up, "__defaults__", (1,))
    people(session, "Anna", "Bert", "Cleo")
    queue = app.extensions["jobs"].queue
    indexing.index(session, [CORPUS], now=NOON)
    assert [task.args[0] for task in (*queue.scheduled(), *queue.pending())] == [indexing.JOB]
    queue.flush()
    indexing.index(session, [CORPUS], now=NOON)
    assert [*queue.scheduled(), *queue.pending()] == []
    assert named(session, "cleo") == [3]
