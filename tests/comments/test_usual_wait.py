"""How long comments usually wait here, in words."""

from datetime import timedelta

import pytest

from app.comments.cases import waits
from app.desk.models import Verb
from tests.comments.conftest import Life
from tests.conftest import FakeClock
from tests.making import Maker
from tests.visiting import Visitor


def minutes(*each: float) -> list[timedelta]:
    return [timedelta(minutes=number) for number in each]


@pytest.mark.parametrize(("waited", "sentence"), [
    (minutes(1, 2, 3, 4), waits.TOO_FEW),
    (minutes(*[1] * 5), "Nine of ten comments here are decided within five minutes."),
    (minutes(*[110] * 6, *[1400] * 4),
     "Half of all comments here are decided within 2 hours, nine of ten within a day."),
    (minutes(*[5] * 5, *[60 * 24 * 9] * 5), "Half of all comments here are decided within five"
     " minutes, nine of ten within two weeks."),
    (minutes(*[60 * 24 * 50] * 5), "Nine of ten comments here are decided after more than a month."
     ),
    (minutes(*[30] * 9, 10_000), "Nine of ten comments here are decided within half an hour."),
])
def test_it_is_said_in_words_that_people_use(waited: list[timedelta], sentence: str) -> None:
    assert waits.sentence(waited) == sentence


def decide(life: Life, make: Maker, number: int, after: float) -> None:
    """Editors decide so many comments, each this many hours after it came."""
    kept = [make.comment(life.comment.entry) for _ in range(number)]
    life.time.forward(hours=after)
    for each in kept:
        make.decision(make.item("comment", each.id), Verb.APPROVE)


def test_whoever_waits_reads_it(visitor: Visitor, make: Maker, life: Life) -> None:
    assert "Too few comments were decided here lately" in visitor.get(
        life.comment.follow_path).words
    decide(life, make, 5, after=1.5)
    assert "within 2 hours" in visitor.get(life.comment.follow_path).words
    life.approve()
    assert "within 2 hours" not in visitor.get(life.comment.follow_path).words


def test_what_rules_decided_was_taken_back_or_is_long_ago_does_not_count(
        make: Maker, life: Life, time: FakeClock) -> None:
    decide(life, make, 4, after=1)
    life.approve()
    assert waits.usual(life.session, time.now()) != waits.TOO_FEW
    life.undo()
    assert waits.usual(life.session, time.now()) == waits.TOO_FEW
    life.trust_everybody()
    for _ in range(3):
        make.comment(life.comment.entry)
    assert waits.usual(life.session, time.now()) == waits.TOO_FEW
    life.approve()
    time.forward(days=90)
    assert waits.usual(life.session, time.now()) == waits.TOO_FEW
