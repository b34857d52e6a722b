"""The text doctor: sure repairs are made, doubtful ones proposed, what is right is left alone."""

from typing import Any

import pytest

from app.feeds.mending.cleaning import Cleaned, clean
from app.feeds.parsing import ParsedItem


def cleaned(html: str, title: str = "On trust", author: str = "Ada Penn") -> Cleaned:
    """An item of Ada's."""
    return clean(ParsedItem(title=title, content_html=html, author=author,
                            base="https://ada.example/"))


def proposals(html: str, title: str = "On trust") -> list[dict[str, Any]]:
    """What is proposed for a text."""
    return [each for each in cleaned(html, title).findings if not each["sure"]]


@pytest.mark.parametrize(("came", "becomes"), [
    ("Itâ€™s â€œgoodâ€\x9d", "It’s “good”"), ("cafÃ© crÃ¨me", "café crème"),
    ("fÃ¼r Ã¼ber", "für über"), ("don\ufffdt and we\ufffdre", "don’t and we’re"),
])
def test_what_is_sure_is_repaired_and_told(came: str, becomes: str) -> None:
    found = cleaned(f"<p>{came}</p>", came)
    assert (found.title, found.html) == (becomes, f"<p>{becomes}</p>")
    assert {(each["where"], each["sure"]) for each in found.findings} == {
        ("title", True), ("text", True)}
    assert found.findings[0]["after"] == becomes


@pytest.mark.parametrize(("came", "proposed"), [
    ("I don?t know", "I don’t know"), ("we???re late", "we’re late"),
    ("He says ?trust me? and goes", "He says “trust me” and goes"),
    ("She \ufffdknows\ufffd it", "She “knows” it"),
    ("leaders ?? and others", "leaders – and others"),
    ("leaders ? and others", "leaders – and others"),
    ("I don?t say ?yes?.", "I don’t say “yes”."),
])
def test_what_is_doubtful_is_proposed_and_not_made(came: str, proposed: str) -> None:
    found = cleaned(f"<p>{came}</p>")
    assert found.plain == came
    assert [(each["name"], each["before"], each["after"]) for each in found.findings] == [
        ("lost-signs", came, proposed)]


@pytest.mark.parametrize("right", [
    "Really? Yes. Why? Because.", "See https://x.example/?t=1&s=2", "Who? What? Where?",
    "x.example/page?s", "naïve café Ängste “quoted” – Ñandú", "領導力？信任？", "What?! No.",
    "Â§ 5 says", "Is it so? \u201cYes\u201d",
])
def test_what_is_right_is_left_alone(right: str) -> None:
    found = cleaned(f"<p>{right}</p>")
    assert found.plain in (right, right.replace("Â§", "§"))
    assert not [each for each in found.findings if not each["sure"]]


def test_code_keeps_its_signs() -> None:
    assert not proposals("<p>One</p><pre>a ?? b don?t</pre>")


def test_two_doubts_far_apart_are_two_proposals() -> None:
    found = proposals(f"<p>I don?t. {'word ' * 60} You won?t.</p>")
    assert [each["after"].count("’") for each in found] == [1, 1]
    assert all(len(each["before"]) < 120 for each in found)


# Numbers in titles

@pytest.mark.parametrize(("title", "series", "number", "rest"), [
    ("024/ On trust", "", 24, "On trust"), ("024/On trust", "", 24, "On trust"),
    ("#12 – On trust", "", 12, "On trust"), ("#12: On trust", "", 12, "On trust"),
    ("Tip #20: On trust", "Tips", 20, "On trust"), ("Part 3: On trust", "", 3, "On trust"),
    ("Leadership Tip No. 7 – On trust", "Leadership Tips", 7, "On trust"),
    ("Episode 12 | On trust", "Episodes", 12, "On trust"),
    ("On trust, Part 3 of 5", "On trust", 3, "On trust"), ("On trust (Part 2)", "On trust", 2,
                                                          "On trust"),
])
def test_a_number_in_a_title_is_proposed_as_a_place_in_a_series(
        title: str, series: str, number: int, rest: str) -> None:
    [found] = proposals("<p>x</p>", title)
    assert (found["name"], found["series"], found["number"], found["after"]) == (
        "series", series, number, rest)
    assert cleaned("<p>x</p>", title).title == title


@pytest.mark.parametrize("title", [
    "5 ways to lead", "2024: a year in review", "24/7 is no plan", "1984 and after",
    "#MeToo at work",
    "Top 10: what we read", "The 7 habits", "Q3 – what now", "Part of the team", "On trust",
])
def test_a_number_that_belongs_to_the_title_stays(title: str) -> None:
    assert not proposals("<p>x</p>", title)


# About the author

TEXT = "<p>A first paragraph.</p><p>A second one.</p>"
ROW = ('<p><a href="https://twitter.com/ada">@ada</a> | '
       '<a href="https://www.linkedin.com/in/ada">Connect</a></p>')


@pytest.mark.parametrize("heading", ["About the author", "About the Author:", "About Ada Penn"])
def test_a_bio_under_its_heading_is_taken_out_of_the_text(heading: str) -> None:
    found = cleaned(f"{TEXT}<h3>{heading}</h3><p>Ada keeps boats apart.</p>{ROW}")
    [bio] = found.findings
    assert found.html == TEXT
    assert (bio["name"], bio["sure"], bio["bio"]) == ("bio", True, "Ada keeps boats apart.")
    assert bio["links"] == [{"label": "Twitter", "url": "https://twitter.com/ada"},
                            {"label": "LinkedIn", "url": "https://www.linkedin.com/in/ada"}]


def test_a_last_paragraph_about_the_author_is_only_proposed() -> None:
    found = cleaned(f"{TEXT}<p><b>Ada Penn</b> is a harbour master.</p>{ROW}")
    [bio] = found.findings
    assert "harbour master" in found.plain
    assert (bio["sure"], bio["bio"]) == (False, "Ada Penn is a harbour master.")
    assert bio["html"] in found.html


@pytest.mark.parametrize("html", [
    f"{TEXT}<p>Ben Quill is a harbour master.</p>", f"<p>Ada Penn is here.</p>{TEXT}",
    "<h3>About the author</h3><p>Ada keeps boats apart.</p>", f"{TEXT}<h3>About the author</h3>",
])
def test_what_is_no_bio_at_the_end_stays(html: str) -> None:
    assert not [each for each in cleaned(html).findings if each["name"] == "bio"]
