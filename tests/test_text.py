"""Text from anyone: what is left of it is safe, and what was meant is still there."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import text

HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src='/media/a.webp' onload='alert(1)'>",
    "<img/src=x/onerror=alert(1)>",
    "<img src=\"x` `<script>alert(1)</script>\"` `>",
    "<svg onload=alert(1)>",
    "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style>"
    "<img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href=' java\nscript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href=\"https://ok.example/\" style=\"position:fixed\" class=\"primary\" id=\"queue\">x</a>",
    "<blockquote cite='javascript:alert(1)'>x</blockquote>",
    "<q cite='javascript:alert(1)'>x</q>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='javascript:alert(1)'>",
    "<base href='//evil.example/'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action='/desk/items/1/approval' method=post><button>x</button></form>",
    "<button formaction='javascript:alert(1)'>x</button>",
    "<input autofocus onfocus=alert(1)>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<style>@import '//evil.example/x.css';</style>",
    "<p hx-get='/account/' hx-trigger='load'>x</p>",
    "<p data-hx-get='/account/' data-hx-trigger='load'>x</p>",
    "<p data-hx-on='alert(1)' hx-on:click='alert(1)' hx-on--load='alert(1)'>x</p>",
    "<hx-partial hx-target='#queue'>x</hx-partial>",
    "<b sse-connect='/x' ws-connect='/y'>x</b>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<p lang='en\" onmouseover=\"alert(1)'>x</p>",
    "<a title='\"><img src=x onerror=alert(1)>'>x</a>",
    # If `<` stayed as it is inside an attribute, taking out the empty picture would open it.
    "<a title='<img '></a> <abbr title=' onmouseover=alert(1) x'>z</abbr>",
    "<abbr title='<h1'></abbr><abbr title='</h1 onclick=alert(1)'>z</abbr>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><script>alert(1)</script>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<plaintext><img src=x onerror=alert(1)>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<p><table><td><img src=x onerror=alert(1)><form><input name=parentNode>",
]
PIECES = st.sampled_from([
    *HOSTILE, "<", ">", "'", '"', "=", "/", "&", "&lt;", "&#60;", "<!--", "-->", "<p", "<a ",
    "<img ", "<h1>", "</h1>", "<svg>", "</svg>", "<math>", "<table>", "<b>", "</p>", "</b>",
    " title='",
    " href=", " src=", " onclick=", " style=", " class=", " id=", " data-x=", " hx-get=", "x",
    "javascript:", "/media/a.webp", "https://a.example/", "\n", "\t", "\x00", " ", "é", "😀",
    "\u2028"])
SOUP = st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=80))


class Seen(HTMLParser):
    """What a browser would see in a piece of HTML."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def assert_harmless(markup: str) -> None:
    seen = Seen(markup)
    assert set(seen.tags) <= text.ALLOWED_TAGS - {"h1"}
    for tag, name, value in seen.attributes:
        given_by_us = (tag, name, value) == ("a", "rel", text.OUTSIDE_REL)
        allowed = text.ALLOWED_ATTRIBUTES.get(tag, set()) | text.ALLOWED_ATTRIBUTES["*"]
        assert name in allowed or given_by_us, (tag, name)
        assert not re.match(r"on|hx-|data-|style$|class$|id$", name)
        if name in {"href", "cite"} and ":" in value.split("/")[0]:
            assert value.split(":")[0].lower() in text.ALLOWED_SCHEMES, value
        if name == "src":
            assert value.startswith("/media/")


@pytest.mark.parametrize("payload", HOSTILE)
def test_nothing_that_acts_gets_through(payload: str) -> None:
    assert_harmless(text.clean_html(payload))
    assert_harmless(text.clean_html(f"<p>before {payload} after</p>", base="https://a.example/b"))


@pytest.mark.parametrize("payload", HOSTILE)
def test_nothing_that_acts_gets_through_as_markdown_or_as_a_remark(payload: str) -> None:
    assert_harmless(text.markdown(payload))
    assert_harmless(text.remark(payload))


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


@settings(max_examples=200, deadline=None)
@given(SOUP)
def test_markdown_and_remarks_are_harmless_whatever_they_are_made_of(soup: str) -> None:
    assert_harmless(text.markdown(soup))
    assert_harmless(text.remark(soup))


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
    assert text.reading_minutes(markup) == minutes


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


@pytest.mark.parametrize("unit", ["[", "![", "*", "_", "`", ">", "<", "&", "(", "\\", "**_", "[](",
                                  "<a ", "<p>", "<b>", "- ", "> ", "|", "http://a.b/", "<!--", "~",
                                  "-- ", "\"'", "> — a\n"])
def test_nothing_that_repeats_is_without_end(unit: str) -> None:
    for make in (text.markdown, text.remark, text.clean_html, text.plain, text.slugify):
        make(unit * 10_000)
