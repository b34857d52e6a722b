"""Documents of every kind, become items that are plain, bounded and typed."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.feeds.parsing import ParsedFeed, ParsedItem, ParseFailed, parse
from app.feeds.parsing.parser_child import DOCUMENTS, ChildDied, ParserChild
from app.feeds.parsing.parser_pool import LONG, ParserPool

SAMPLES = Path(__file__).with_name("samples")
URL = "https://blog.example/feeds/main.xml"
EMPTY = b"<rss version='2.0'><channel><title>t</title></channel></rss>"


def read(body: bytes | str, content_type: str = "application/xml") -> ParsedFeed:
    """A document from our example's address."""
    data = body.encode() if isinstance(body, str) else body
    return parse(data, content_type=content_type, url=URL)


def rss(item: str, channel: str = "") -> ParsedFeed:
    """An RSS 2.0 feed with this in its only item."""
    return read(
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        f"<channel>{channel}<item>{item}</item></channel></rss>"
    )


def atom(entry: str) -> ParsedItem:
    """The only entry of an Atom feed with this in it."""
    return read(f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{entry}</entry></feed>').items[0]


def refusal(body: bytes | str, content_type: str = "application/xml") -> str:
    """The sentence a document is refused with."""
    with pytest.raises(ParseFailed) as failure:
        read(body, content_type)
    return str(failure.value)


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.*")), ids=lambda path: path.name)
def test_every_kind_of_feed_gives_the_same_item(sample: Path) -> None:
    feed = read(sample.read_bytes(), "text/xml; charset=iso-8859-1")
    item = feed.items[0]
    assert feed.title == "Le café du chef"
    assert item.title == "Décider, voilà"
    assert item.link == "https://blog.example/decider"
    assert item.published in (datetime(2024, 3, 1, 9, 30, tzinfo=UTC), None)
    assert "<p>Être là — “enfin”.</p>" in item.content_html


def test_a_full_item_is_read_whole() -> None:
    feed = rss(
        "<title>One</title><guid isPermaLink='false'>17</guid><link>/one?a=1&amp;b=2</link>"
        "<dc:creator>Ada Lovelace</dc:creator><pubDate>Fri, 01 Mar 2024 10:30:00 +0100</pubDate>"
        "<category>Trust</category><category>Trust</category>"
        "<category>Two &amp;amp; more</category>"
        "<description>Short.</description>"
        "<content:encoded>&lt;p&gt;Long enough.&lt;/p&gt;</content:encoded>",
        "<title>T</title><link>https://blog.example/</link><description>About</description>"
        "<language>en_GB</language><ttl>90</ttl>",
    )
    assert (feed.site_url, feed.description, feed.language, feed.ttl_minutes) == (
        "https://blog.example/", "About", "en-GB", 90
    )
    assert feed.items == (ParsedItem(
        guid="17", link="https://blog.example/one?a=1&b=2", title="One", author="Ada Lovelace",
        published=datetime(2024, 3, 1, 9, 30, tzinfo=UTC), summary_html="Short.",
        content_html="<p>Long enough.</p>", topics=("Trust", "Two & more"),
        base="https://blog.example/one?a=1&b=2",
    ),)


# Titles and names

@pytest.mark.parametrize(("written", "read_as"), [
    ("AT&amp;T", "AT&T"),
    ("AT&amp;amp;T", "AT&T"),
    ("&lt;b&gt;Bold&lt;/b&gt; move", "Bold move"),
    ("<![CDATA[<em>Bold</em> move]]>", "Bold move"),
    ("&lt;script&gt;alert(1)&lt;/script&gt;Bold", "Bold"),
    ("&lt;img src=x onerror=alert(1)&gt;Bold", "Bold"),
    ("1 &lt; 2 and 3 &gt; 2", "1 < 2 and 3 > 2"),
    ("List&lt;String&gt; in Java", "List<String> in Java"),
    ("  two\n\t lines&#160;and   gaps ", "two lines and gaps"),
    ("right\u202eto left", "rightto left"),
    ("voilà", "voilà"),
    ("fünf&#8217;s", "fünf’s"),
    ("", ""),
])
def test_a_title_is_plain_text(written: str, read_as: str) -> None:
    assert rss(f"<title>{written}</title>").items[0].title == read_as


@pytest.mark.parametrize(("kind", "written", "read_as"), [
    ("text", "&lt;b&gt; is bold, &amp;amp; is and", "<b> is bold, &amp; is and"),
    ("html", "&lt;b&gt;Bold&lt;/b&gt; &amp;amp; brave", "Bold & brave"),
    ("xhtml", '<div xmlns="http://www.w3.org/1999/xhtml"><b>Bold</b> &amp; brave</div>',
     "Bold & brave"),
])
def test_an_atom_title_is_what_its_type_says(kind: str, written: str, read_as: str) -> None:
    assert atom(f'<title type="{kind}">{written}</title>').title == read_as


@pytest.mark.parametrize(("written", "read_as"), [
    ("ada@example.org (Ada Lovelace)", "Ada Lovelace"),
    ("Ada Lovelace &lt;ada@blog.example&gt;", "Ada Lovelace"),
    ("Ada Lovelace", "Ada Lovelace"),
    ("Ada (Countess)", "Ada (Countess)"),
    ("ada@example.org", ""),
    ("&lt;b&gt;Ada&lt;/b&gt;", "Ada"),
])
def test_an_author_is_a_name_without_an_address(written: str, read_as: str) -> None:
    assert rss(f"<author>{written}</author>").items[0].author == read_as


def test_all_authors_are_named() -> None:
    ada = "<author><name>Ada</name><email>a@x.org</email></author>"
    assert atom(f"{ada}<author><name>Ben</name></author>").author == "Ada, Ben"


def test_long_words_are_cut() -> None:
    item = rss(f"<title>{'a' * 5000}</title><guid>{'b' * 5000}</guid>"
               f"<category>{'c' * 5000}</category>").items[0]
    assert (len(item.title), len(item.guid), len(item.topics[0])) == (300, 1000, 100)
    assert item.title.endswith("…")


def test_nul_and_control_characters_are_dropped() -> None:
    item = rss("<title>a\x00b\x01c&#0;&#1;&#xD800;&#xFFFFFFFF;d</title>"
               "<description>x\x00y\x1b[31m</description>").items[0]
    assert re.sub("\ufffd", "", item.title) == "abcd"
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", item.content_html)


# Characters

@pytest.mark.parametrize("label", ["windows-1252", "iso-8859-1", "us-ascii", "koi8-r", "nonsense"])
@pytest.mark.parametrize("content_type", ["text/xml", "text/xml; charset=latin-1", "text/css", ""])
def test_utf_8_under_a_wrong_label_is_read_as_utf_8(label: str, content_type: str) -> None:
    body = "<rss><channel><title>“voilà</title></channel></rss>"
    assert read(f'<?xml version="1.0" encoding="{label}"?>{body}', content_type).title == "“voilà"


def test_real_windows_1252_is_read_as_such() -> None:
    body = '<?xml version="1.0" encoding="windows-1252"?><rss><channel><title>“là”</title>'
    assert read((body + "</channel></rss>").encode("cp1252")).title == "“là”"


def test_a_byte_pasted_into_utf_8_does_not_spoil_the_rest() -> None:
    body = "<rss><channel><title>voilà, déjà, été, où, ça X</title></channel></rss>".encode()
    assert read(body.replace(b"X", b"\x92")).title == "voilà, déjà, été, où, ça ’"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "gb18030", "iso-2022-jp"])
def test_other_encodings_are_left_to_their_labels(encoding: str) -> None:
    label = encoding.removesuffix("-be")
    body = "<rss><channel><title>日本</title></channel></rss>"
    text = f'<?xml version="1.0" encoding="{label}"?>{body}'
    assert read(text.encode(encoding), "").title == "日本"


# Links, guids and dates

@pytest.mark.parametrize(("written", "link"), [
    ("https://x.example/a b", "https://x.example/a b"),
    ("/relative", "https://blog.example/relative"),
    ("page", "https://blog.example/feeds/page"),
    ("//cdn.example/x", "https://cdn.example/x"),
    ("javascript:alert(1)", None),
    ("JaVaScRiPt:alert(1)", None),
    ("java&#10;script:alert(1)", None),
    ("data:text/html,x", None),
    ("file:///etc/passwd", None),
    ("mailto:a@b.example", None),
    ("http://", None),
    ("http://[::1", None),
    ("", None),
])
def test_a_link_is_absolute_http_or_none(written: str, link: str | None) -> None:
    assert rss(f"<title>x</title><link>{written}</link>").items[0].link == link


def test_a_guid_is_a_permalink_only_if_it_is_an_address() -> None:
    assert rss("<guid>https://x.example/1</guid>").items[0].link == "https://x.example/1"
    bare = rss("<guid>1</guid>").items[0]
    assert (bare.guid, bare.link) == ("1", None)


def test_a_guid_is_the_same_wherever_the_feed_is_served() -> None:
    body = b"<rss><channel><item><guid>post-1</guid></item></channel></rss>"
    assert {parse(body, content_type="", url=url).items[0].guid
            for url in ("http://a.example/", "https://b.example/f/")} == {"post-1"}


@pytest.mark.parametrize(("written", "date"), [
    ("Fri, 01 Mar 2024 09:30:00 GMT", datetime(2024, 3, 1, 9, 30, tzinfo=UTC)),
    ("2024-03-01T09:30:00+05:45", datetime(2024, 3, 1, 3, 45, tzinfo=UTC)),
    ("2024-03-01", datetime(2024, 3, 1, tzinfo=UTC)),
    ("Mon, 01 Jan 0001 00:00:00 GMT", None),
    ("Mon, 01 Jan 1900 00:00:00 GMT", None),
    ("Fri, 31 Dec 9999 23:59:59 GMT", None),
    ("31/12/2024 25:61", None),
    ("yesterday", None),
    ("", None),
    ("9" * 50, None),
])
def test_a_date_is_utc_or_none(written: str, date: datetime | None) -> None:
    assert rss(f"<title>x</title><pubDate>{written}</pubDate>").items[0].published == date


def test_an_entry_that_only_says_when_it_changed_was_published_then() -> None:
    item = atom("<title>x</title><updated>2024-03-01T09:30:00Z</updated>")
    assert item.published == item.updated == datetime(2024, 3, 1, 9, 30, tzinfo=UTC)


# Contents

def test_the_richest_content_is_taken_as_received() -> None:
    content = '<content type="html">&lt;p onclick="x"&gt;long&lt;/p&gt;</content>'
    item = atom(f"<summary>s</summary>{content}")
    assert item.content_html == '<p onclick="x">long</p>'
    assert item.summary_html == "<p>s</p>"


def test_plain_text_content_becomes_escaped_paragraphs() -> None:
    item = atom('<content type="text">1 &lt; 2\n\n&lt;script&gt;</content>')
    assert item.content_html == "<p>1 &lt; 2</p><p>&lt;script&gt;</p>"


def test_content_is_cut_at_a_million_signs() -> None:
    item = rss(f"<description>{'word ' * 300_000}</description>").items[0]
    assert len(item.content_html) == 10**6


def test_the_base_of_relative_links_is_the_nearest_one_given() -> None:
    content = '<content type="html">&lt;a href="x"&gt;x&lt;/a&gt;</content>'
    assert atom(f"<title>x</title>{content}").base == URL
    assert atom(f'<link href="/a/b"/>{content}').base == "https://blog.example/a/b"
    based = content.replace("<content", '<content xml:base="https://base.example/"')
    assert atom(f'<link href="/a/b"/>{based}').base == "https://base.example/"


def test_of_too_many_items_the_newest_stay_in_their_order() -> None:
    items = "".join(
        f"<item><title>{number}</title>"
        f"<pubDate>{1 + number % 28} Jan {1990 + number // 28} 00:00 GMT</pubDate></item>"
        for number in range(600)
    )
    titles = [item.title for item in read(f"<rss><channel>{items}</channel></rss>").items]
    assert titles == [str(number) for number in range(100, 600)]


@pytest.mark.parametrize(("channel", "minutes"), [
    ("<ttl>60</ttl>", 60), ("<ttl>soon</ttl>", None), ("<ttl>-5</ttl>", None), ("", None),
    ("<sy:updatePeriod>daily</sy:updatePeriod>", 1440),
    ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 30),
    ("<sy:updatePeriod>never</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
])
def test_how_often_to_come_back_is_read_in_minutes(channel: str, minutes: int | None) -> None:
    assert rss("<title>x</title>", channel).ttl_minutes == minutes


# What is no feed, and what is broken

@pytest.mark.parametrize(("body", "sentence"), [
    (b"", "This address answers with nothing at all."),
    (b" \n\x00", "This address answers with something that is not a feed."),
    (b"<!DOCTYPE html><title>x</title><p>hi", "This address answers with a web page, not a feed."),
    (b"\xef\xbb\xbf<!-- x --> <HTML lang=en><body><rss></body>",
     "This address answers with a web page, not a feed."),
    ('<!DOCTYPE html PUBLIC "a" "b"><html>'.encode("utf-16"),
     "This address answers with a web page, not a feed."),
    (b'{"error": "no"}', "This address answers with JSON that is not a JSON Feed."),
    (b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
     "This address answers with something that is not a feed."),
    (b"just words", "This address answers with something that is not a feed."),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>",
     "This address answers with something that is not a feed."),
    (b"<rss version='2.0'><channel><title>x</ti",
     "The feed is cut off or broken: it cannot be read past line 1."),
])
def test_what_is_no_feed_is_told_in_a_sentence(body: bytes, sentence: str) -> None:
    assert refusal(body) == sentence


def test_a_feed_without_items_is_a_feed() -> None:
    assert read(EMPTY) == ParsedFeed(title="t")


def test_broken_xml_is_used_as_far_as_it_goes() -> None:
    feed = read("<rss version='2.0'><channel><title>t</title><item><title>A & B</title>"
                "<link>https://x.example/1</link></item><item><title>C")
    assert feed.items[0].title == "A & B"
    assert feed.items[0].link == "https://x.example/1"


def bombs() -> Iterator[tuple[str, str]]:
    """Declarations of entities that grow, reach outside, or hide."""
    steps = zip("abcdefgh", "bcdefghi", strict=True)
    laughs = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in steps
    )
    yield "laughs", laughs
    yield "long", f'<!ENTITY i "{"x" * 100_000}">'
    yield "file", '<!ENTITY i SYSTEM "file:///etc/passwd">'
    yield "network", '<!ENTITY i PUBLIC "x" "http://127.0.0.1/x">'
    yield "parameter", '<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;'
    yield "in a comment that is none", f'<!ENTITY z "<!--">{laughs}<!ENTITY y "-->">'
    yield "after a harmless one", f'<!ENTITY nbsp "&#160;">\n{laughs}'
    yield "after a bracket", f'<!ENTITY z "]>">{laughs}'


@pytest.mark.parametrize("bomb", [pytest.param(text, id=name) for name, text in bombs()])
@pytest.mark.parametrize("document", [
    "<!DOCTYPE rss [{}]>{}", "<!DOCTYPE rss [\n{}\n]>{}", "<!-- <rss> --><!DOCTYPE rss [{}]>{}",
    "<!-- <!DOCTYPE html> --><!DOCTYPE rss [{}]>{}", "{}{}", "x<!DOCTYPE rss [{}]>{}",
    "<!DOCTYPE rss><!DOCTYPE rss [{}]>{}",
])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_of_its_own_are_refused(bomb: str, document: str, encoding: str) -> None:
    body = document.format(bomb, f"<rss><channel><title>{'&i;' * 50}</title></channel></rss>")
    assert refusal(body.encode(encoding)) == (
        "The feed defines entities of its own, which is refused for safety."
    )


@pytest.mark.parametrize(("encoding", "opening"), [
    ("utf-7", "+ADwAIQ-"), ("UTF7", "+ADwAIQ-"), ("unicode_escape", "\\x3c!"),
    ("raw_unicode_escape", "\\u003c!"),
])
@pytest.mark.parametrize("bomb", [pytest.param(text, id=name) for name, text in bombs()])
def test_entities_in_another_alphabet_are_not_expanded_either(
    bomb: str, encoding: str, opening: str
) -> None:
    hidden = f"<!DOCTYPE rss [{bomb}]>".replace("<!", opening)
    body = f"{hidden}<rss><channel><title>{'&i;' * 50}</title></channel></rss>"
    for feed in (read(f"<?xml version='1.0' encoding='{encoding}'?>{body}"),
                 read(f"<?xml version='1.0'?>{body}", f"text/xml; charset={encoding}")):
        assert not re.search("xx|ha|root:", feed.title)


def test_a_short_name_for_a_character_is_harmless() -> None:
    body = '<!DOCTYPE rss [\n<!ENTITY nbsp "&#160;">\n<!ENTITY me "Ada">\n]>'
    assert read(body + "<rss><channel><title>a&nbsp;&me;</title></channel></rss>").title == "a Ada"


# The child process

@pytest.fixture
def child() -> Iterator[ParserChild]:
    child = ParserChild()
    yield child
    child.close()


def test_a_hostile_author_is_stopped_within_its_processor_time_and_told() -> None:
    body = f"<rss><channel><item><author>{'a' * 40_000}</author></item></channel></rss>".encode()
    started = time.monotonic()
    with pytest.raises(ParseFailed) as failure:
        parse(body, content_type="", url=URL, cpu_seconds=0.5)
    assert time.monotonic() - started < 5
    assert str(failure.value) == "The feed takes more than 0.5 seconds of work to read."
    assert read(EMPTY).title == "t"


def test_the_child_stays_warm_and_is_replaced_in_time(child: ParserChild) -> None:
    pids = []
    for _ in range(DOCUMENTS + 1):
        child.ask(EMPTY, "", 5)
        pids.append(child.pid)
    assert len(set(pids[:DOCUMENTS])) == 1
    assert pids[DOCUMENTS] != pids[0]


def test_a_child_that_was_killed_is_replaced(child: ParserChild) -> None:
    child.ask(EMPTY, "", 5)
    assert child.pid
    os.kill(child.pid, 9)
    with suppress(ChildDied):
        child.ask(EMPTY, "", 5)
    assert child.ask(EMPTY, "", 5)["version"] == "rss20"


def test_a_document_that_needs_too_much_memory_is_told() -> None:
    child = ParserChild(memory=128 << 20)
    with pytest.raises(ChildDied) as death:
        child.ask(b"<rss><channel><title>" + b"x" * 20_000_000 + b"</title></channel></rss>", "", 8)
    assert str(death.value) == "The feed needs more memory to read than it may have."
    assert child.ask(EMPTY, "", 5)["version"] == "rss20"
    child.close()


def test_threads_take_turns(child: ParserChild) -> None:
    titles: list[str] = []

    def ask(number: int) -> None:
        body = EMPTY.replace(b">t<", b">%d<" % number)
        titles.append(child.ask(body, "", 5)["feed"]["title"]["text"])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(titles, key=int) == [str(number) for number in range(20)]


def test_nobody_waits_for_a_long_document() -> None:
    pool = ParserPool(size=1)
    pool.ask(EMPTY, "", 5)
    hostile = (b"<rss><channel>" + b" " * LONG + b"<item><author>" + b"a" * 90_000
               + b"</author></item></channel></rss>")
    died: list[ChildDied] = []

    def toil() -> None:
        try:
            pool.ask(hostile, "", 0.5)
        except ChildDied as death:
            died.append(death)

    busy = threading.Thread(target=toil)
    busy.start()
    assert pool.ask(EMPTY, "", 5)["version"] == "rss20"
    assert not died
    busy.join()
    assert died


def test_of_a_document_in_many_pieces_all_arrives_in_its_order() -> None:
    items = "".join(f"<item><title>{number}</title><description>{'a long text ' * 500}"
                    "</description></item>" for number in range(100))
    found = read(f"<rss><channel>{items}</channel></rss>").items
    assert [item.title for item in found] == [str(number) for number in range(100)]


FORKS = """
import os, threading
from app.feeds.parsing.parser_child import ChildDied, ParserChild
empty = b"<rss><channel/></rss>"
child = ParserChild()
child.ask(empty, "", 5)
first = child.pid
def toil():
    try:
        child.ask(b"<rss><channel><item><author>" + b"a" * 90_000, "", 1)
    except ChildDied:
        pass
busy = threading.Thread(target=toil)
busy.start()
while not child._lock.locked():
    pass
if (other := os.fork()) == 0:
    child.ask(empty, "", 5)
    mine = child.pid
    child.close()
    os._exit(0 if mine != first else 1)
assert os.waitpid(other, 0)[1] == 0
busy.join()
child.ask(empty, "", 5)
print(child.pid)
"""


def test_a_process_forked_in_mid_work_has_a_child_of_its_own_and_none_outlives_us() -> None:
    done = subprocess.run([sys.executable, "-W", "error::ResourceWarning", "-c", FORKS],
                          capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)
