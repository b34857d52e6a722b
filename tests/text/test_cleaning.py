"""HTML from anyone: what is left of it is safe, and what was meant is still there."""


import pytest
from hypothesis import given, settings

from app import text
from tests.text.hostile import HOSTILE, SOUP, assert_harmless


@pytest.mark.parametrize("payload", HOSTILE)
def test_nothing_that_acts_gets_through(payload: str) -> None:
    assert_harmless(text.clean_html(payload))
    assert_harmless(text.clean_html(f"<p>before {payload} after</p>", base="https://a.example/b"))


def test_words_alone_are_words_and_a_template_escapes_them() -> None:
    assert text.plain("a<script>b</script><style>c</style>&lt;script&gt;") == "a<script>"


@settings(max_examples=400, deadline=None)
@given(SOUP)
def test_whatever_is_typed_what_comes_out_is_harmless(soup: str) -> None:
    cleaned = text.clean_html(soup)
    assert_harmless(cleaned)
    assert text.clean_html(cleaned) == cleaned


@settings(max_examples=200, deadline=None)
@given(SOUP)
def test_relative_links_made_absolute_are_harmless_and_stay_so(soup: str) -> None:
    cleaned = text.clean_html(soup, base="https://a.example/posts/one")
    assert_harmless(cleaned)
    assert text.clean_html(cleaned, base="https://a.example/posts/one") == cleaned


@pytest.mark.parametrize("tag", sorted(text.ALLOWED_TAGS - {"h1", "img", "br", "hr"}))
def test_what_prose_is_made_of_stays(tag: str) -> None:
    inside = {"tr": "table", "td": "tr", "th": "tr", "tbody": "table", "tfoot": "table",
              "thead": "table", "caption": "table"}
    if tag in inside:
        markup = f"<table><{tag}>x</{tag}></table>"
    else:
        markup = f"<{tag}>x</{tag}>"
    assert f"<{tag}" in text.clean_html(markup)


def test_a_text_has_no_h1_because_the_page_has_one() -> None:
    assert text.clean_html("<h1 lang='en'>Big</h1><H1>Loud</H1>") == (
        '<h2 lang="en">Big</h2><h2>Loud</h2>')
    assert text.markdown("# Big").strip() == "<h2>Big</h2>"


def test_a_link_from_outside_says_so_and_one_of_ours_does_not() -> None:
    link = "<a href='https://a.example/'>x</a>"
    assert f'rel="{text.OUTSIDE_REL}"' in text.clean_html(link)
    assert 'rel="noopener"' in text.clean_html(link, rel=text.HOUSE_REL)
    assert "author" not in text.clean_html("<a rel='author me' href='https://a.example/'>x</a>")


@pytest.mark.parametrize(("link", "becomes"), [
    ("two", "https://a.example/posts/two"),
    ("/two", "https://a.example/two"),
    ("//b.example/", "https://b.example/"),
    ("?page=2", "https://a.example/posts/one?page=2"),
    ("#note", "https://a.example/posts/one#note"),
    ("https://b.example/", "https://b.example/"),
    ("mailto:me@b.example", "mailto:me@b.example"),
])
def test_a_relative_link_is_followed_from_where_it_was_written(link: str, becomes: str) -> None:
    cleaned = text.clean_html(f"<a href='{link}'>x</a>", base="https://a.example/posts/one")
    assert f'href="{becomes}"' in cleaned


def test_a_link_that_no_program_can_follow_is_dropped_without_a_crash() -> None:
    assert "href" not in text.clean_html("<a href='//[broken'>x</a>", base="https://a.example/")
    assert "x</a>" in text.clean_html("<a href='//[broken'>x</a>", base="https://a.example/")


def test_without_a_base_our_own_links_stay_short() -> None:
    assert 'href="/posts/one"' in text.clean_html("<a href='/posts/one'>x</a>")


@pytest.mark.parametrize("address", [
    "https://tracker.example/x.gif", "//tracker.example/media/x.gif", "cover.jpg", "/static/x.png",
    "/mediathek/x.png", "data:image/png;base64,AAAA", " https://tracker.example/x.gif"])
def test_a_picture_of_somebody_elses_is_not_fetched(address: str) -> None:
    assert "<img" not in text.clean_html(f"<p>A <img alt='cat' src='{address}'> B</p>")
    assert "<img" not in text.clean_html(f"<img src='{address}'>", base="https://a.example/")


def test_the_source_of_a_quotation_is_an_address_or_nothing() -> None:
    ours = '<blockquote cite="https://a.example/">x</blockquote>'
    assert text.clean_html(ours) == ours
    assert "cite" not in text.clean_html("<q cite='javascript:alert(1)'>x</q>")


def test_a_picture_of_ours_stays_with_its_alt_text() -> None:
    ours = '<img src="/media/a.webp" alt="A harbour">'
    assert text.clean_html(ours) == ours
    assert text.clean_html(ours, base="https://elsewhere.example/") == ours


@pytest.mark.parametrize(("markup", "words"), [
    ("<p>One</p><p>two</p>", "One two"),
    ("One<br>two<hr>three", "One two three"),
    ("<ul><li>One</li><li>two</li></ul>", "One two"),
    ("<b>bo</b>ld", "bold"),
    ("Fish &amp; chips &lt; 5 &euro;", "Fish & chips < 5 €"),
    ("a<script>x</script>b<style>y</style>", "ab"),
    ("  much \n\t space ", "much space"),
    ("<p title='</p>'>One</p>", "One"),
    ("", ""),
])
def test_the_words_of_a_text(markup: str, words: str) -> None:
    assert text.plain(markup) == words


@pytest.mark.parametrize("unit", ["[", "![", "*", "_", "`", ">", "<", "&", "(", "\\", "**_", "[](",
                                  "<a ", "<p>", "<b>", "- ", "> ", "|", "http://a.b/", "<!--", "~",
                                  "-- ", "\"'", "> — a\n"])
def test_nothing_that_repeats_is_without_end(unit: str) -> None:
    for make in (text.markdown, text.remark, text.clean_html, text.plain, text.slugify):
        make(unit * 10_000)

