"""The classifier: what it counts, what it makes of it, and that it forgets exactly."""

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.rules import classifier
from app.rules.classifier import MOST_WORDS, Taught, chance, words
from app.rules.models import LearnedWord
from tests.counting import statements

KINDLY = "The rota that you describe worked on our ward, night after night."
PILLS = "Cheap pills!! Buy cheap pills now at https://pills.example/shop"


def test_a_word_counts_once_however_often_it_stands_there() -> None:
    assert words("Pills, PILLS and pills") == ["pills", "and"]


@pytest.mark.parametrize(("body", "mark"), [
    ("BUY THE BEST PILLS", "is:shouted"), ("Buy now!!", "is:urged"),
    ("see www.pills.example", "is:linked"), ("I paid 4999 for it", "#4"),
])
def test_how_it_is_said_has_marks_of_its_own(body: str, mark: str) -> None:
    assert mark in words(body)
    assert mark not in words("I paid for it. NATO did not!")


def test_where_a_link_leads_and_the_name_have_marks_of_their_own() -> None:
    found = words("Hello", "Casino King", "Baker", ["https://www.pills.example/a?b", "http://[bad"])
    assert found == ["host:pills.example", "name:casino", "name:king", "hello", "baker"]


def test_of_a_long_comment_the_beginning_and_the_end_are_counted() -> None:
    found = words(" ".join(f"w{number}" for number in range(1000)), "Rita")
    assert len(found) == MOST_WORDS
    assert {"name:rita", "w0", "w999"} <= set(found)
    assert "w500" not in found


@given(st.text(max_size=3000), st.text(max_size=200), st.lists(st.text(max_size=50), max_size=5))
def test_whatever_is_typed_can_be_counted(body: str, name: str, links: list[str]) -> None:
    found = words(body, name, "", links)
    assert len(found) == len(set(found)) <= MOST_WORDS
    assert "" not in found


counts = st.tuples(st.integers(0, 40), st.integers(0, 900))


@given(st.dictionaries(st.text(max_size=3), counts, max_size=150))
def test_a_chance_is_a_chance(found: dict[str, tuple[int, int]]) -> None:
    assert 0 <= chance(found, 40, 900) <= 1


def test_words_that_say_nothing_leave_it_open() -> None:
    assert chance({}, 10, 10) == 0.5
    assert chance({"the": (10, 10), "a": (5, 5)}, 10, 10) == pytest.approx(0.5)


def test_a_word_seen_as_often_in_both_says_nothing_although_one_kind_is_rarer() -> None:
    assert chance({"bench": (2, 200)}, 10, 1000) == pytest.approx(0.5, abs=0.01)


def test_one_word_alone_convinces_nobody() -> None:
    assert chance({"pills": (1, 0)}, 50, 50) < 0.9


def teach(session: Session, body: str, taught: Taught, times: int = 1) -> None:
    for _ in range(times):
        classifier.learn(session, words(body), taught)
    session.commit()


def table(session: Session) -> dict[str, tuple[int, int]]:
    rows = session.execute(sa.select(LearnedWord.word, LearnedWord.spam, LearnedWord.ham))
    return {word: (spam, ham) for word, spam, ham in rows}


def test_what_was_called_spam_is_known_again_and_what_was_published_too(session: Session) -> None:
    teach(session, PILLS, Taught.SPAM, 6)
    teach(session, KINDLY, Taught.HAM, 6)
    spam, learned = classifier.score(session, words("Buy cheap pills now"))
    ham, _ = classifier.score(session, words("On our ward the rota worked"))
    assert learned == 12
    assert spam is not None
    assert ham is not None
    assert (spam > 0.9, ham < 0.1) == (True, True)


@pytest.mark.parametrize(("spam", "ham"), [(0, 0), (100, 0), (0, 100), (4, 100), (100, 4)])
def test_with_too_few_of_one_kind_it_says_nothing(session: Session, spam: int, ham: int) -> None:
    teach(session, PILLS, Taught.SPAM, spam)
    teach(session, KINDLY, Taught.HAM, ham)
    assert classifier.score(session, words(PILLS)) == (None, spam + ham)


def test_what_is_unlearned_was_never_learned(session: Session) -> None:
    teach(session, KINDLY, Taught.HAM)
    before = table(session)
    teach(session, f"{PILLS} The rota.", Taught.SPAM)
    assert table(session) != before
    classifier.unlearn(session, words(f"{PILLS} The rota."), Taught.SPAM)
    assert table(session) == before


def test_padding_with_kind_words_does_not_hide_the_pills(session: Session) -> None:
    teach(session, PILLS, Taught.SPAM, 20)
    teach(session, KINDLY, Taught.HAM, 20)
    found, _ = classifier.score(session, words(f"{'rota ' * 500} {PILLS}"))
    assert found is not None
    assert found > 0.9


def test_a_comment_is_scored_by_one_query_and_learned_by_one(app: Flask,
                                                                  session: Session) -> None:
    session.commit()
    long = words(" ".join(f"w{number}" for number in range(1000)))
    with statements(app) as asked:
        classifier.score(session, long)
        classifier.learn(session, long, Taught.SPAM)
    assert [each.split()[0] for each in asked if "learned_words" in each] == ["SELECT", "INSERT"]
