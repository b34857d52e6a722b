"""What is a change and what is not: pairs of texts, a sentence a pair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.feeds.deciding import meaning
from app.feeds.deciding.links import key, spellings, without_tracking
from app.feeds.parsing import ParsedItem

SAME = [
    ("white space", "<p>One two.</p><p>Three.</p>", "<p>One\n  two.</p>\n\n<p> Three. </p>"),
    ("attributes", "<p>One.</p>", '<p class="x" id="p-17" data-nonce="93af" style="a:b">One.</p>'),
    ("comments in the markup", "<p>One.</p>", "<!-- cached 12:31:07 --><p>One.</p>"),
    ("scripts and styles", "<p>One.</p>", "<style>p{}</style><p>One.</p><script>t=17</script>"),
    ("an empty paragraph", "<p>One.</p>", "<p>One.</p><p>&nbsp;</p><p></p>"),
    ("entities", "<p>It’s</p>", "<p>It&#8217;s</p>"),
    ("tracking in links", '<a href="https://a.example/x?id=1">x</a>',
     '<a href="https://a.example/x?utm_source=rss&amp;id=1&amp;fbclid=Ix9">x</a>'),
    ("nothing but tracking", '<a href="https://a.example/x">x</a>',
     '<a href="https://a.example/x?utm_source=rss&amp;utm_medium=y">x</a>'),
    ("a pixel", "<p>One.</p>", '<p>One.</p><img src="https://p.example/93af" width="1">'),
    ("the size of a picture", '<img src="https://a.example/i.png">',
     '<img src="https://a.example/i.png?w=640&amp;ts=17" width="640" height="480">'),
    ("share counts", "<p>One.</p><p>12 shares</p>", "<p>One.</p><p>1,234 shares</p>"),
    ("counts in brackets", "<p>One.</p><p>Comments (3)</p>", "<p>One.</p><p>Comments (14)</p>"),
    ("emphasis", "<p>One <em>two</em>.</p>", "<p>One <i>two</i>.</p>"),
]
OTHER = [
    ("a word", "<p>One.</p>", "<p>Two.</p>"),
    ("a paragraph more", "<p>One.</p>", "<p>One.</p><p>Two.</p>"),
    ("a paragraph made a heading", "<p>One</p>", "<h2>One</h2>"),
    ("where a link leads", '<a href="https://a.example/">x</a>',
     '<a href="https://b.example/">x</a>'),
    ("another picture", '<img src="https://a.example/1.png">', '<img src="https://a.example/2.png">'),
    ("case", "<p>Polish</p>", "<p>polish</p>"),
    ("a number in a sentence", "<p>We sold 12 boats.</p>", "<p>We sold 13 boats.</p>"),
]


def of(html: str, title: str = "T") -> str:
    return meaning(ParsedItem(title=title, content_html=html))


@pytest.mark.parametrize(("one", "other"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_no_change(one: str, other: str) -> None:
    assert of(one) == of(other)


@pytest.mark.parametrize(("one", "other"), [row[1:] for row in OTHER],
                         ids=[row[0] for row in OTHER])
def test_a_change(one: str, other: str) -> None:
    assert of(one) != of(other)


def test_another_title_is_a_change_and_more_blanks_in_it_are_none() -> None:
    assert of("x", "A b") == of("x", " A  b ") != of("x", "A c")


@given(st.text(max_size=200))
def test_whatever_came_has_one_meaning_and_keeps_it_with_blanks_around(html: str) -> None:
    assert of(html) == of(html)
    assert of(f"<p>{html}</p>") == of(f"<p>{html}</p>\n\n")


LINKS = [
    ("https://a.example/x?utm_source=rss", "https://a.example/x"),
    ("https://a.example/x?utm_source=rss#part", "https://a.example/x#part"),
    ("https://a.example/?p=17&utm_medium=feed", "https://a.example/?p=17"),
    ("https://a.example/?utm_medium=feed&p=17&fbclid=3", "https://a.example/?p=17"),
    ("https://a.example/x#utm_source=rss", "https://a.example/x"),
    ("https://medium.example/x?source=rss-93af-2", "https://medium.example/x"),
    ("https://a.example/x?source=news", "https://a.example/x?source=news"),
    ("https://a.example/x?a=1&b=2#c", "https://a.example/x?a=1&b=2#c"),
]


@pytest.mark.parametrize(("link", "tidy"), LINKS)
def test_a_link_loses_what_only_follows_visitors(link: str, tidy: str) -> None:
    assert without_tracking(link) == tidy
    assert without_tracking(tidy) == tidy


def test_one_page_in_several_spellings_is_one_page() -> None:
    for each in spellings("https://www.Blog.example/one/?p=1"):
        assert key(each) == key("http://blog.example/one?p=1")
    assert key("https://blog.example/all#one") != key("https://blog.example/all#two")
    assert key("https://blog.example/One") != key("https://blog.example/one")
    assert key(None) == ""
