"""Markdown: safe whatever it is made of, with the speaker beside the quotation."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linkify_it import LinkifyIt

from app import text
from tests.text.hostile import HOSTILE, SOUP, Seen, assert_harmless


@pytest.mark.parametrize("payload", HOSTILE)
def test_nothing_that_acts_gets_through_as_markdown_or_as_a_remark(payload: str) -> None:
    assert_harmless(text.markdown(payload))
    assert_harmless(text.remark(payload))


@settings(max_examples=200, deadline=None)
@given(SOUP)
def test_markdown_and_remarks_are_harmless_whatever_they_are_made_of(soup: str) -> None:
    assert_harmless(text.markdown(soup))
    assert_harmless(text.remark(soup))


LINKED = st.sampled_from([
    "http://", "HTTPS://", "ftp://", "//", "mailto:", "www.", "a@b", "boats", "пристань", ".",
    ".org", ".рф", "。", ":", " ", "(", "8080", "-", "_", "xn--p1ai", "?q=1", "/way"])


@settings(max_examples=500, deadline=None)
@given(st.lists(LINKED, max_size=12).map("".join))
def test_no_bare_link_is_overlooked(typed: str) -> None:
    for found in LinkifyIt().match(typed) or ():
        assert "<a " in text.remark(f"See {found.raw} there")


@pytest.mark.parametrize("dash", ["— ", "– ", "-- "])
def test_a_quotation_with_a_speaker_becomes_a_figure(dash: str) -> None:
    html = text.markdown(f"> Boats do not argue.\n>\n> {dash}Ada Penn, *harbour master*")
    assert re.fullmatch(
        r"<figure>\s*<blockquote>\s*<p>Boats do not argue.</p>\s*</blockquote>\s*"
        r"<figcaption>Ada Penn, <em>harbour master</em></figcaption>\s*</figure>", html.strip())


@pytest.mark.parametrize("source", [
    "> Boats do not argue.",
    "> — Ada Penn",
    "> Boats — they do not argue.",
    "> Boats\n> — do not argue.",
    "Said so:\n\n— Ada Penn",
])
def test_a_quotation_without_a_speaker_stays_one(source: str) -> None:
    assert "figure" not in text.markdown(source)


def test_a_quotation_inside_another_keeps_its_own_speaker() -> None:
    html = text.markdown("> Outer.\n>\n> > Inner.\n> >\n> > — Bo\n>\n> — Ada")
    assert html.count("<figure>") == html.count("</figure>") == 2
    assert html.index("Bo</figcaption>") < html.index("Ada</figcaption>")
    assert html.index("Outer.") < html.index("Inner.")


def test_a_remark_has_paragraphs_quotes_code_and_bare_links() -> None:
    html = text.remark("One\ntwo.\n\n> said you\n\nSee https://a.example/x and `code`.\n\n"
                       "```\nlast = 1\n```")
    assert "<p>One<br>" in html
    assert "<blockquote>" in html
    assert '<a href="https://a.example/x" rel="ugc nofollow noopener noreferrer">' in html
    assert "<code>code</code>" in html
    assert "<pre><code>last = 1\n</code></pre>" in html


@pytest.mark.parametrize("source", [
    "# not a heading", "[not](https://a.example/ 'a title')", "*not leaning*", "- not a list",
    "![not](/media/a.webp)", "| not | a |\n|--|--|\n| table | x |", "<b>not bold</b>", "***"])
def test_a_remark_has_nothing_else(source: str) -> None:
    assert set(Seen(text.remark(source)).tags) <= {"p", "br", "a"}
    assert "not" not in source or "not" in text.remark(source)
