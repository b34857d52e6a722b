"""Parts of words, and sets of places as text."""

from random import Random

import pytest

from app.text import fold
from app.trigrams.cutting import BLOCK, grams, joined, read, rows, wanted, written


@pytest.mark.parametrize("number", [0, 1, 2, 511, 512, 513, 4_095, 4_096])
def test_a_set_of_places_is_the_same_after_it_was_written(number: int) -> None:
    chosen = Random(number).sample(range(BLOCK), number)
    places = sum(1 << each for each in chosen)
    text = written(places)
    assert read(text) == places
    assert len(text) <= BLOCK // 4 + 1
    assert text.isascii()
    grown = joined(joined("", chosen[::2]), chosen[1::2])
    assert read(grown) == read(joined(grown, chosen)) == places
    assert len(joined(grown, chosen)) <= BLOCK // 4 + 1
    assert rows(3, places) == sorted((3 * BLOCK + each for each in chosen), reverse=True)


def test_a_word_of_many_that_follow_each_other_gets_more() -> None:
    places = (1 << 600) - 1
    assert read(joined(written(places), [700])) == places | 1 << 700


@pytest.mark.parametrize(("typed", "there"), [
    ("bour", "The Harbour"), ("STRASSE", "Hauptstraße 7"), ("ﬁsh", "a big fish"), ("50%", "50%!"),
    ("привет", "ПРИВЕТ"), ("हिन्दी", "हिन्दी में"), ("東京", "私は東京都に"), ("서울", "서울에서"),
    ("𠀀𠀁", "x𠀀𠀁y"), ("ความ", "ข้อความนี้"), ("☃☃☃", "a ☃☃☃☃"), ("\ud800ab", "\ud800abc")])
def test_whatever_a_text_has_in_it_its_parts_have(typed: str, there: str) -> None:
    assert wanted([typed])
    assert wanted([typed]) <= grams(fold(there))


@pytest.mark.parametrize("words", [[], ["ab"], ["a", "é"], ["東"], ["ß"[:1]]])
def test_what_is_too_short_wants_nothing(words: list[str]) -> None:
    assert wanted(words) == set()


def test_no_part_goes_over_the_end_of_a_word() -> None:
    assert grams("ab cd") == set()
    assert grams("abc abc") == grams("abc")
    assert all(0 <= each < 2 ** 31 for each in grams("the quick brown fox jumps over the lazy dog"))
