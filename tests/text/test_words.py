"""Words without markup: kept, cut, counted and made into addresses."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import text


@pytest.mark.parametrize(("value", "length", "short"), [
    ("short enough", 12, "short enough"),
    ("one two three", 9, "one two…"),
    ("one two, three", 10, "one two…"),
    ("one — two", 6, "one…"),
    ("unbreakable", 5, "unbre…"),
    ("", 5, ""),
])
def test_a_text_is_shortened_at_a_word(value: str, length: int, short: str) -> None:
    assert text.shorten(value, length) == short


@given(st.text(max_size=60), st.integers(1, 40))
def test_a_shortened_text_is_never_longer_than_asked_but_for_the_dots(
        value: str, length: int) -> None:
    assert len(text.shorten(value, length)) <= length + 1


@pytest.mark.parametrize(("title", "slug"), [
    ("Leading from the Back", "leading-from-the-back"),
    ("Don’t panic — it's only Monday!", "dont-panic-its-only-monday"),
    ("Führung ohne Übermut, groß", "fuhrung-ohne-ubermut-gross"),
    ("Лидерство", "liderstvo"),
    ("领导力", "lingdaoli"),
    ("リーダーシップ", "ridashitpu"),
    ("القيادة", "lqydh"),
    ("Ηγεσία 101", "igesia-101"),
    ("50 % & more / less", "50-more-less"),
    ("../../etc/passwd", "etc-passwd"),
    ("  -- ", ""),
    ("\x00\n", ""),
])
def test_an_address_is_made_from_a_title_in_any_script(title: str, slug: str) -> None:
    assert text.slugify(title) == slug


@given(st.text(max_size=120))
def test_an_address_is_short_lower_case_and_never_ends_in_a_hyphen(title: str) -> None:
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", text.slugify(title))
    assert len(text.slugify(title)) <= 80


@pytest.mark.parametrize(("markup", "minutes"), [
    ("", 1),
    ("<p>" + "word " * 230 + "</p>", 1),
    ("<p>" + "word " * 690 + "</p>", 3),
    ("<p>" + "领" * 1500 + "</p>", 3),
    ("<script>" + "word " * 9000 + "</script>", 1),
])
def test_minutes_to_read(markup: str, minutes: int) -> None:
    assert text.minutes_of(text.plain(markup)) == minutes


@pytest.mark.parametrize(("typed", "kept"), [
    ("one\r\ntwo\rthree", "one\ntwo\nthree"),
    ("  inner  blanks stay \n", "inner  blanks stay"),
    ("a\x00b\x1bc\x7f", "abc"),
    ("e\u0301", "é"),
    ("tab\tstays", "tab\tstays"),
])
def test_typed_text_is_kept_tidy(typed: str, kept: str) -> None:
    assert text.tidy(typed) == kept


@pytest.mark.parametrize(("typed", "number"), [
    ("0", 0), ("007", 7), ("999999999", 999_999_999), ("1000000000", None), ("9" * 5_000, None),
    ("-1", None), ("1.0", None), ("²", None), ("٣", None), (" 1", None), ("", None)])
def test_a_number_is_typed_in_plain_digits_and_fits_a_column(
        typed: str, number: int | None) -> None:
    assert text.whole_number(typed) == number


def test_one_line_is_one_line() -> None:
    assert text.one_line(" a\r\nb\x00\u2028c\td ") == "a b c d"
