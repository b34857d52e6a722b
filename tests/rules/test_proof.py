"""The sum that a browser does in the background: ours, within the hour, and nothing else."""

import json
from base64 import b64decode, b64encode
from copy import deepcopy
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.rules import proof
from app.rules.proof import Sums
from tests.conftest import NOON
from tests.making import Maker
from tests.rules.solving import solve, worded
from tests.visiting import Visitor

SUMS = Sums("a secret key of a site")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about the answer, not about how long it takes to find."""
    monkeypatch.setattr(proof, "FEWEST", 2)
    monkeypatch.setattr(proof, "MOST", 6)


def test_a_solved_sum_is_known_by_its_name() -> None:
    challenge = SUMS.new(NOON)
    assert SUMS.solved(solve(challenge), NOON) == challenge["signature"]


def test_no_two_sums_are_the_same() -> None:
    assert len({SUMS.new(NOON)["signature"] for _ in range(20)}) == 20


@pytest.mark.parametrize(("minutes", "counts"), [(0, True), (59, True), (60, False), (600, False)])
def test_a_sum_counts_for_an_hour(minutes: int, counts: bool) -> None:
    answer = solve(SUMS.new(NOON))
    assert (SUMS.solved(answer, NOON + timedelta(minutes=minutes)) is not None) is counts


def test_a_sum_of_another_site_does_not_count() -> None:
    assert Sums("another secret key").solved(solve(SUMS.new(NOON)), NOON) is None


def test_an_answer_that_was_guessed_does_not_count() -> None:
    challenge = SUMS.new(NOON)
    for guess in ({"counter": 1, "derivedKey": "00" * 32}, {"counter": 1, "derivedKey": ""},
                  {"counter": 1, "derivedKey": challenge["parameters"]["keyPrefix"]},
                  {"counter": 1, "derivedKey": None}, {}):
        assert SUMS.solved(worded(challenge, guess), NOON) is None


@pytest.mark.parametrize(("name", "value"), [
    ("data", {"until": 9_999_999_999}), ("data", None), ("cost", 1), ("keyPrefix", ""),
    ("keySignature", None), ("nonce", "00" * 16), ("algorithm", "SHA-256"),
])
def test_a_sum_that_was_made_easier_does_not_count(name: str, value: object) -> None:
    challenge = deepcopy(SUMS.new(NOON))
    answer = json.loads(b64decode(solve(challenge)))["solution"]
    challenge["parameters"][name] = value
    assert SUMS.solved(worded(challenge, answer), NOON) is None


def test_a_longer_life_is_not_to_be_had_by_asking() -> None:
    challenge = SUMS.new(NOON)
    challenge["parameters"]["expiresAt"] = 9_999_999_999
    assert SUMS.solved(solve(challenge), NOON) is None


_json = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8),
                     lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                         st.sampled_from(["challenge", "solution", "parameters", "signature",
                                          "data", "counter", "derivedKey", "x"]), inner,
                         max_size=4), max_leaves=12)


@given(st.text(max_size=200)
       | _json.map(lambda each: b64encode(json.dumps(each).encode()).decode()))
def test_nonsense_is_no_answer_and_no_error(answer: str) -> None:
    assert SUMS.solved(answer, NOON) is None


def test_a_long_answer_is_not_even_read() -> None:
    assert SUMS.solved("A" * 2_000_000, NOON) is None


def test_the_challenge_is_fetched_alone_and_kept_by_nobody(app: Flask, visitor: Visitor) -> None:
    first, second = visitor.client.get("/_/challenge"), visitor.client.get("/_/challenge")
    assert first.headers["Cache-Control"] == "private, no-store"
    assert first.mimetype == "application/json"
    assert first.json["signature"] != second.json["signature"]
    assert app.extensions["sums"].solved(solve(first.json), NOON) == first.json["signature"]


def test_a_page_with_the_form_is_the_same_for_everyone(visitor: Visitor, make: Maker) -> None:
    path = make.post().path
    first, second = visitor.get(path), visitor.get(path)
    assert first.text == second.text
    assert any("proof.js" in each.get("src", "") for each in first.all("script"))


def test_a_page_without_the_form_loads_nothing_for_it(visitor: Visitor) -> None:
    assert "proof.js" not in visitor.get("/").text
