"""What templates may call."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from html import unescape

import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from app.desk.models import Decision, ReviewItem
from app.web import templating

KATHMANDU = timezone(timedelta(hours=5, minutes=45))


@dataclass
class Comment:
    """Something with a public name beside its number."""

    id: int
    public_id: str


def test_an_id_says_what_it_is_of() -> None:
    assert templating.dom_id(ReviewItem(id=12)) == "item-12"
    assert templating.dom_id(ReviewItem(id=12), "form") == "item-12-form"
    assert templating.dom_id(Decision(id=3), "toast") == "decision-3-toast"
    assert templating.dom_id(Comment(5, "x7k"), "form") == "comment-x7k-form"


def test_a_time_is_told_in_words_and_to_machines_in_utc() -> None:
    late = datetime(2026, 3, 1, 1, 5, 9, 999, tzinfo=KATHMANDU)
    assert templating.iso(late) == "2026-02-28T19:20:09Z"
    assert templating.moment(late.astimezone(UTC)) == (
        '<time datetime="2026-02-28T19:20:09Z">28 February 2026, 19:20 UTC</time>')
    assert templating.day(datetime(2026, 5, 4, tzinfo=UTC)) == (
        '<time datetime="2026-05-04T00:00:00Z">4 May 2026</time>')


@pytest.mark.parametrize("show", [templating.day, templating.moment])
def test_no_time_is_no_words(show: object) -> None:
    assert show(None) == ""  # type: ignore[operator]


def test_the_words_and_the_machine_mean_the_same_moment() -> None:
    late = datetime(2026, 3, 1, 1, 5, tzinfo=KATHMANDU)
    assert "28 February 2026, 19:20 UTC" in templating.moment(late)
    assert "28 February" in templating.day(late)


@pytest.mark.parametrize(("seconds", "words"), [
    (None, "0:00"), (0, "0:00"), (9.9, "0:09"), (247, "4:07"), (3599, "59:59"), (3753, "1:02:33"),
    (360_000, "100:00:00")])
def test_a_length_is_told_as_on_a_clock(seconds: float | None, words: str) -> None:
    assert templating.clock_time(seconds) == words


@pytest.mark.parametrize(("number", "words"), [
    (0, "0 comments"), (1, "1 comment"), (2, "2 comments"), (12345, "12,345 comments")])
def test_a_number_has_its_word(number: int, words: str) -> None:
    assert templating.counted(number, "comment") == words


def test_an_irregular_word_is_given() -> None:
    assert templating.counted(2, "reply", "replies") == "2 replies"


@pytest.mark.parametrize(("name", "letters"), [
    ("Ada Penn", "AP"), ("Ada", "A"), ("ada van der Penn", "AP"), ("领导 力", "领力"),
    ("“Ada” Penn", "P"), ("", ""), ("— …", ""), ("J. R. R. Tolkien", "JT")])
def test_a_monogram_is_one_letter_or_two(name: str, letters: str) -> None:
    assert templating.initials(name) == letters


@given(st.text(max_size=30))
def test_any_name_has_a_monogram_and_a_colour(name: str) -> None:
    assert len(name.split()) == 0 or isinstance(templating.initials(name), str)
    assert templating.hue(name) in range(6)


def test_stored_html_is_cleaned_once_more_on_its_way_out(app: Flask) -> None:
    with app.test_request_context():
        shown = render_template_string(
            "{{ html|cleaned }}", html="<p onclick='x'>A <script>b</script><img src=x></p>")
    assert shown == "<p>A </p>"
    assert templating.cleaned(None) == ""


@pytest.mark.parametrize(("words", "needles", "marked"), [
    ("Cheap watches", ["watch"], "Cheap <mark>watch</mark>es"),
    ("WATCH & see", ["watch"], "<mark>WATCH</mark> &amp; see"),
    ("<b>bold</b>", ["<b>"], "<mark>&lt;b&gt;</mark>bold&lt;/b&gt;"),
    ("a.b aXb", ["a.b"], "<mark>a.b</mark> aXb"),
    ("(x) (y)", ["(x)", "(y)"], "<mark>(x)</mark> <mark>(y)</mark>"),
    ("<i>", [], "&lt;i&gt;"),
    ("<i>", [""], "&lt;i&gt;"),
])
def test_what_matched_is_marked_and_the_rest_escaped(
        words: str, needles: list[str], marked: str) -> None:
    assert templating.marked(words, needles) == Markup(marked)


@given(st.text(max_size=40), st.lists(st.text(max_size=5), max_size=3))
def test_marking_loses_no_sign_and_lets_none_through(words: str, needles: list[str]) -> None:
    shown = str(templating.marked(words, needles))
    assert shown.replace("<mark>", "").replace("</mark>", "") == str(escape(words))


@pytest.mark.parametrize(("markup", "needles", "shown"), [
    ("<p>one two</p>", ["two"], "<p>one <mark>two</mark></p>"),
    ('<a href="http://two.example/">two</a>', ["two"],
     '<a href="http://two.example/"><mark>two</mark></a>'),
    ('<a title="a > two">x</a>', ["two", "x"], '<a title="a > two"><mark>x</mark></a>'),
    ("<p>a &amp; b &lt;p&gt;</p>", ["&", "<p>", "amp"],
     "<p>a <mark>&amp;</mark> b <mark>&lt;p&gt;</mark></p>"),
    ("<p>p</p>", [], "<p>p</p>"),
])
def test_words_are_marked_in_the_text_of_html_and_never_in_its_tags(
        markup: str, needles: list[str], shown: str) -> None:
    assert templating.highlighted(Markup(markup), needles) == Markup(shown)


PIECES = st.sampled_from(["<p>", "</p>", "<a href=x title='\">\"'>", "&lt;", "<b", ">", '"', "mark",
                          "<script>", "onclick=1", " ", "a", "&", "é"])


@given(st.lists(PIECES, max_size=20).map("".join), st.lists(PIECES, max_size=4))
def test_marking_changes_no_tag_whatever_was_sent(sent: str, needles: list[str]) -> None:
    before = templating.cleaned(sent)
    after = templating.highlighted(before, needles)
    assert templating.cleaned(after.replace("<mark>", "").replace("</mark>", "")) == before
    assert templating.cleaned(after) == templating.cleaned(str(after))
    bare = after.replace("<mark>", "").replace("</mark>", "")
    assert unescape(bare) == unescape(before)


@pytest.mark.parametrize(("address", "leads_to"), [
    ("https://bank.example@evil.example/", "evil.example"), ("http://[broken", ""),
    ("mailto:a@b.example", ""), ("https://XN--BCHER-KVA.example:8443/x", "xn--bcher-kva.example")])
def test_a_host_is_where_a_link_really_leads(address: str, leads_to: str) -> None:
    assert templating.host(address) == leads_to


def test_a_thousand_words_to_mark_are_cut_to_what_one_can_look_at() -> None:
    needles = [f"w{number}x" for number in range(1300)]
    markup = Markup("").join(Markup("<p>{}</p>").format(needle) for needle in needles)
    marked = templating.highlighted(markup, needles)
    assert marked.count("<mark>") == templating.MOST_NEEDLES
