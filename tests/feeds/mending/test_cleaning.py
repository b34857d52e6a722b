"""A foreign text becomes a row of clean blocks with nothing that was not written for readers."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import text
from app.feeds.mending.cleaning import Cleaned, clean, final, words_of
from app.feeds.parsing import ParsedItem

BASE = "https://blog.example/2026/post/"
TITLE = "What a night shift knows"
REL = 'rel="ugc nofollow noopener noreferrer"'


def cleaned(html: str, title: str = TITLE, **item: str) -> Cleaned:
    """An item with this content."""
    return clean(ParsedItem(title=title, content_html=html, **{"base": BASE, **item}))


def made_of(html: str, title: str = TITLE) -> str:
    """What becomes of a content."""
    return cleaned(html, title).html


# Blocks

@pytest.mark.parametrize(("came", "becomes"), [
    ("<p>One</p>\n<p>&nbsp;</p><p><br/></p><p><span></span></p>", "<p>One</p>"),
    ("<div>One</div><div>Two</div>", "<p>One</p><p>Two</p>"),
    ("One<br><br>Two<br />\n<br /><br />three<br>four", "<p>One</p><p>Two</p><p>three<br>four</p>"),
    ("<p>One<br><br><b>Two</b> and<br></p>", "<p>One</p><p><b>Two</b> and</p>"),
    ("<div>loose <i>text</i><p>One</p>and more</div>",
     "<p>loose <i>text</i></p><p>One</p><p>and more</p>"),
    ("<span><p>One</p><p>Two</p></span>", "<p>One</p><p>Two</p>"),
    ("<h1>Not the title</h1><p>x</p>", "<h2>Not the title</h2><p>x</p>"),
    ("<blockquote>One<br><br>Two</blockquote>", "<blockquote><p>One</p><p>Two</p></blockquote>"),
    ('<p style="color:red" class="x" id="y" data-hx-get="/z">One</p>', "<p>One</p>"),
    ("Two words\n\nand 1 &lt; 2", "<p>Two words</p><p>and 1 &lt; 2</p>"),
    ("<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>"),
])
def test_what_came_becomes_a_row_of_blocks(came: str, becomes: str) -> None:
    assert re.sub(r"(?<=>)\s+(?=<)", "", made_of(came)) == becomes


def test_a_table_that_only_lays_out_is_opened_and_one_of_facts_stays() -> None:
    layout = "<table><tr><td><p>Left.</p></td></tr><tr><td>Below.</td></tr></table>"
    facts = "<table><tr><th>Year</th><td>1</td></tr><tr><th>More</th><td>2</td></tr></table>"
    assert made_of(layout) == "<p>Left.</p><p>Below.</p>"
    assert made_of(facts).count("<th>") == 2


def test_a_title_that_stands_over_the_text_again_is_taken_out() -> None:
    found = cleaned("<div><h1>What a Night Shift knows!</h1></div><p>One</p>")
    assert found.html == "<p>One</p>"
    assert [each["name"] for each in found.findings] == ["doubled-title"]


def test_a_title_that_was_printed_twice_is_printed_once() -> None:
    assert cleaned("<p>x</p>", f"{TITLE} {TITLE}").title == TITLE
    assert cleaned("<p>x</p>", f"{TITLE} | {TITLE}").title == TITLE
    assert cleaned("<p>x</p>", "Boo Boo").title == "Boo Boo"


# Links

@pytest.mark.parametrize(("came", "becomes"), [
    ("x", "https://blog.example/2026/post/x"), ("/x?a=1&b=2", "https://blog.example/x?a=1&amp;b=2"),
    ("../x", "https://blog.example/2026/x"), ("//cdn.example/x", "https://cdn.example/x"),
    ("#fn1", "https://blog.example/2026/post/#fn1"), ("https://far.example/", "https://far.example/"),
])
def test_a_link_is_absolute(came: str, becomes: str) -> None:
    assert made_of(f'<p><a href="{came}">x</a></p>') == f'<p><a href="{becomes}" {REL}>x</a></p>'


def test_without_a_base_the_items_own_link_is_one() -> None:
    found = cleaned("<p><a href='x'>x</a></p>", base="", link="https://item.example/a/b")
    assert 'href="https://item.example/a/x"' in found.html


# Code

HOSTILE = [
    "<script>alert(1)</script>", "<style>p{}</style>", "<svg><script>alert(1)</script></svg>",
    "<svg onload=alert(1)>", "<img src=x onerror=alert(1)>", "<p onclick=alert(1)>x</p>",
    "<iframe src='https://evil.example/'></iframe>",
    "<iframe srcdoc='<script>x</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>", "<a href=' java\nscript:alert(1)'>x</a>",
    "<a href='data:text/html,x'>x</a>", "<object data=x></object>", "<embed src=x>",
    "<math><mtext><script>alert(1)</script></mtext></math>", "<p hx-get=/desk/>x</p>",
    "<p data-hx-on:click=x>x</p>", "<form action=/desk/><button>x</button></form>",
    "<meta http-equiv=refresh content=0>", "<base href=https://evil.example/>", "<link rel=x>",
    "<noscript><p title='</noscript><script>alert(1)</script>'>x</noscript>",
    "<textarea><script>alert(1)</script></textarea>", "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>", "<p><style><img src='</style><script>x</script>'>",
    "<video src=x onerror=alert(1)></video>", "<img src='data:image/svg+xml,x'>",
    "<iframe src='https://www.youtube.com.evil.example/embed/x'></iframe>",
]
CODE = re.compile(r"<(?:script|style|svg|math|iframe|object|embed|form|button|meta|base|link|video)"
                  r"|<[^>]*\s(?:on\w+|style|hx-|data-|srcdoc)|(?:href|src)=\"(?!https?:)", re.I)


@pytest.mark.parametrize("came", HOSTILE)
def test_no_code_passes(came: str) -> None:
    for html in (came, f"<p>words</p>{came}", f"<div><p>{came}</p></div>", f"{came}<p>words"):
        found = made_of(html)
        assert not CODE.search(found)
        assert text.clean_html(found) == text.clean_html(text.clean_html(found))


PIECES = [*HOSTILE, "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<br>", "text", " ", "<table>",
          "<tr>", "<td>", "</table>", "<a href='/x'>", "</a>", "<h1>", "</h1>", "&lt;script&gt;",
          "<!--", "-->", "<span>", "<ul>", "<li>", "<img src='/a.jpg'>", "<pre>", "<blockquote>",
          "\"", "'"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_no_code_passes_however_it_is_nested(pieces: list[str]) -> None:
    found = made_of("".join(pieces))
    assert not CODE.search(found)
    assert "<img" not in text.clean_html(found)


@pytest.mark.parametrize(("source", "becomes"), [
    ("https://www.youtube.com/embed/dQw4w9?rel=0", "https://www.youtube.com/watch?v=dQw4w9"),
    ("//player.vimeo.com/video/123", "https://vimeo.com/123"),
    ("https://w.soundcloud.com/player/?url=x", "https://w.soundcloud.com/player/?url=x"),
])
def test_a_known_player_becomes_a_link_with_its_title(source: str, becomes: str) -> None:
    found = made_of(f'<p>One</p><iframe src="{source}" title="On trust"></iframe>')
    assert f'<a href="{becomes}" {REL}>On trust</a>' in found


def test_a_recording_becomes_a_link() -> None:
    found = made_of('<audio controls><source src="https://cdn.example/a.mp3"></audio>')
    label = "Listen or watch at cdn.example"
    assert found == f'<p><a href="https://cdn.example/a.mp3" {REL}>{label}</a></p>'


# What is no part of the text

@pytest.mark.parametrize("printed", [
    "<p hidden>x</p>", "<div style='display: none'>Preheader</div>",
    "<span style='visibility:hidden'>x</span>", "<i aria-hidden='true'></i>",
    "<span class='screen-reader-text'>opens in a new window</span>",
    "<p style='font-size:0px'>x</p>",
    "<div class='sharedaddy sd-sharing-enabled'><h3>Share this:</h3><ul><li>x</li></ul></div>",
    "<div class='addtoany_share_save_container'><a href='https://www.addtoany.com/x'>x</a></div>",
    "<p>Share this:</p><ul><li><a href='https://twitter.com/intent/tweet?u'>Tweet12</a></li>"
    "<li><a href='https://www.facebook.com/sharer.php?u'>Facebook3</a></li></ul>",
    "<p><a href='https://www.linkedin.com/shareArticle?x'>LinkedIn</a> "
    "<a href='mailto:?subject=x'>Email</a></p>",
    "<p>Share this: Facebook12 Twitter3 LinkedIn</p>",
    "<h3>Leave a Reply</h3>", "<p>Leave a comment</p>", "<p>3 comments</p>",
    "<p>The post <a href='x'>What a night</a> appeared first on <a href='y'>Blog</a>.</p>",
    "<p><a href='x'>Continue reading <span>What a night</span> →</a></p>",
    "<p><a href='x'>Read more…</a></p>", "<p>Your email address will not be published.</p>",
    "<h3>Leave a Reply</h3><p>Your email address will not be published. Required fields are marked"
    " *</p>",
])
def test_what_blogs_print_around_a_text_is_taken_out(printed: str) -> None:
    assert made_of(f"<p>One</p><p>Two</p>{printed}") == "<p>One</p><p>Two</p>"


def test_what_was_taken_out_is_told() -> None:
    html = "<p>One</p><p>Share this: Facebook12 Twitter3</p><h3>Leave a Reply</h3>"
    found = cleaned(html).findings
    assert [(each["name"], each["sure"], each["before"]) for each in found] == [
        ("left-out", True, "Share this: Facebook12 Twitter3"),
        ("left-out", True, "Leave a Reply")]


def test_a_link_at_the_end_of_a_sentence_that_only_says_read_more_goes() -> None:
    assert made_of("<p>One and <a href='x'>Read more</a></p>") == "<p>One and </p>"


@pytest.mark.parametrize("written", [
    "<p>Share your doubts early, and post them where all can see.</p>",
    "<p>Like most of us, I tweet too much.</p>",
    "<p>See <a href='https://twitter.com/intent/tweet?u'>this tweet</a> for what I mean by it.</p>",
    "<p>Read more books, says Ada, and then says no more about it, so that we have to guess what"
    " she means by that and why, for such a long time that it becomes a paragraph of its own, which"
    " is just what happened to all of us in that year.</p>",
    "<ul><li>Email</li><li>Print</li></ul>",
])
def test_what_the_author_wrote_stays(written: str) -> None:
    assert words_of(made_of(f"<p>One</p>{written}")) == f"One {words_of(final(written, BASE))}"


def test_where_nothing_would_be_left_the_text_stays() -> None:
    assert made_of("<div style='display:none'><p>All of it.</p></div>") == "<p>All of it.</p>"


# Pictures

@pytest.mark.parametrize(("came", "source"), [
    ('<img src="/a.jpg" alt="A">', "https://blog.example/a.jpg"),
    ('<img src="data:image/gif;base64,x" data-src="/a.jpg">', "https://blog.example/a.jpg"),
    ('<img src="/s.jpg" srcset="/b.jpg 800w, /c.jpg 1600w, /d.jpg 2400w">',
     "https://blog.example/c.jpg"),
    ('<img src="/s.jpg" srcset="/d.jpg 2400w, /e.jpg 3200w">', "https://blog.example/d.jpg"),
    ('<img src="/s.jpg" srcset="/x1.jpg 1x, /x2.jpg 2x">', "https://blog.example/x2.jpg"),
    ('<picture><source srcset="/a.webp"><img src="/a.jpg"></picture>', "https://blog.example/a.jpg"),
])
def test_of_a_picture_the_best_address_is_kept(came: str, source: str) -> None:
    assert f'title="{source}">' in made_of(f"<p>One</p><p>{came}</p>")


@pytest.mark.parametrize("pixel", [
    '<img src="https://x.example/a.gif" width="1" height="1">',
    '<img src="https://x.example/a.gif" height="0">',
    '<img src="https://x.example/a.gif" style="width:1px;height:1px">',
    '<img src="http://feeds.feedburner.com/~r/blog/~4/x" alt="">',
    '<img src="https://pixel.wp.com/b.gif?x=1">', '<img src="https://x.example/open.aspx?id=1">',
    '<img src="https://medium.com/_/stat?event=x">', '<img alt="nothing">',
    '<img src="https://x.example/pixel.gif">',
])
def test_a_pixel_that_counts_readers_is_no_picture(pixel: str) -> None:
    assert made_of(f"<p>One</p>{pixel}") == "<p>One</p>"


def test_an_emoji_that_was_made_a_picture_is_a_sign_again() -> None:
    emoji = '<img src="https://s.w.org/images/core/emoji/72x72/1f600.png" alt="😀">'
    assert made_of(f"<p>Well {emoji}</p>") == "<p>Well 😀</p>"


def test_pictures_elsewhere_are_shown_to_nobody() -> None:
    html = made_of('<p>One</p><img src="https://x.example/a.jpg" alt="A &quot;b&quot;">')
    assert html == ('<p>One</p><p><img alt="A &quot;b&quot;" title="https://x.example/a.jpg"></p>')
    assert "<img" not in text.clean_html(html)


# Standfirst, scripts and sizes

@pytest.mark.parametrize(("summary", "standfirst"), [
    ("<p>About something else.</p>", "About something else."),
    ("<p>The text begins like this and goes […]</p><p>The post X appeared first on Y.</p>", ""),
    ("<p>About it […]</p><p>The post <a>X</a> appeared first on <a>Y</a>.</p>", "About it…"),
    ("<p>Itâ€™s good.</p>", "It’s good."),
    ("Read more…", ""), ("", ""),
])
def test_a_standfirst_is_what_the_text_does_not_say(summary: str, standfirst: str) -> None:
    found = cleaned("<p>The text begins like this and goes on.</p>", summary_html=summary)
    assert found.standfirst == standfirst


@pytest.mark.parametrize("words", ["مرحبا بكم في المدونة", "领导力与信任", "リーダーシップ"])
def test_every_script_stays_as_it_was_written(words: str) -> None:
    found = cleaned(f'<p dir="rtl" lang="ar">{words}</p>', title=words + "!")
    assert (found.html, found.plain) == (f'<p dir="rtl" lang="ar">{words}</p>', words)


def test_an_item_without_a_title_is_called_by_its_first_words() -> None:
    assert cleaned("<p>Short.</p>", title="").title == "Short."
    assert cleaned("", title="").title == "Untitled"


@pytest.mark.parametrize("hostile", [
    "<div>" * 50_000, "<p><b>" * 50_000, "<" * 60_000, "<table><tr><td>" * 20_000,
    "<br>" * 12_000, "?a" * 100_000, "â€" * 100_000,
    "<p>Share this " + "1" * 200_000, "a://" * 50_000,
    "<a href='https://twitter.com/share'>1</a>" * 5_000, "<img srcset='" + "a " * 100_000 + "'>",
    "<p " + " ".join(f"a{number}" for number in range(20_000)) + ">x",
    "<blockquote>" * 200 + "x<br><br>" * 3_000,
], ids=lambda html: html[:20])
def test_no_text_takes_long(hostile: str) -> None:
    before = time.process_time()
    cleaned(hostile)
    assert time.process_time() - before < 3


@pytest.mark.parametrize("around", ["", "<div>" * 300, "<div>" * 1200])
@pytest.mark.parametrize("picture", [
    '<img src="/media/ab/ours.jpg">', '<img src="/media/ab/ours.jpg" title="http://10.0.0.1/x">',
    '<img title="http://10.0.0.1/x">',
])
def test_no_feed_shows_a_file_of_ours_or_says_what_to_fetch(around: str, picture: str) -> None:
    html = clean(ParsedItem(title="T", link="https://a.example/1",
                            content_html=f"{around}<p>Words.</p>{picture}")).html
    assert "Words." in html
    assert ' src="' not in html
    assert 'title="http://10.0.0.1' not in html


def test_a_link_to_a_folder_called_like_ours_leads_to_theirs() -> None:
    html = clean(ParsedItem(title="T", link="https://a.example/1",
                            content_html='<p>A <a href="/media/a.mp3">file</a> of theirs.')).html
    assert 'href="https://a.example/media/a.mp3"' in html
