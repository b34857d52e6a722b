"""Transcripts as people have them, made into lines; as a table, and with made-up ones."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.episodes.transcripts import Line, UnreadableTranscript, as_vtt, read
from app.text import one_line, tidy

ADA = Line(1.0, 2.5, "Ada", "Good morning.")

READABLE = [
    ("WebVTT with hours", "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n<v Ada>Good morning.", [ADA]),
    ("and without", "WEBVTT\n\n00:01.000 --> 00:02.500\n<v Ada>Good morning.</v>", [ADA]),
    ("hours beyond a day", "WEBVTT\n\n100:00:01.000 --> 100:00:02.500\n<v Ada>Late.",
     [Line(360001.0, 360002.5, "Ada", "Late.")]),
    ("without its first line", "00:01.000 --> 00:02.500\n<v Ada>Good morning.", [ADA]),
    ("with cue names and settings",
     "WEBVTT\n\nintro\n00:01.000 --> 00:02.500 align:start line:0\n<v Ada>Good morning.", [ADA]),
    ("a voice with classes", "WEBVTT\n\n00:01.000 --> 00:02.500\n<v.loud.first Ada>Good morning.",
     [ADA]),
    ("other tags", "WEBVTT\n\n00:01.000 --> 00:02.500\n<v Ada><b.x>Good</b> morning.", [ADA]),
    ("a name before a colon", "WEBVTT\n\n00:01.000 --> 00:02.500\nAda: Good morning.", [ADA]),
    ("words over two lines", "WEBVTT\n\n00:01.000 --> 00:02.500\n<v Ada>Good\nmorning.", [ADA]),
    ("notes and styles", "WEBVTT - a title\n\nNOTE made by hand\nover two lines\n\nSTYLE\n"
     "::cue { color: red }\n\n00:01.000 --> 00:02.500\n<v Ada>Good morning.", [ADA]),
    ("a byte order mark", "\ufeffWEBVTT\n\n00:01.000 --> 00:02.500\n<v Ada>Good morning.", [ADA]),
    ("Windows lines", "WEBVTT\r\n\r\n00:01.000 --> 00:02.500\r\n<v Ada>Good morning.\r\n", [ADA]),
    ("character references", "WEBVTT\n\n00:01.000 --> 00:02.500\n<v O&#39;Neill &amp; Co>1 &lt; 2",
     [Line(1.0, 2.5, "O'Neill & Co", "1 < 2")]),
    ("a speaker who goes on", "WEBVTT\n\n00:01.000 --> 00:02.500\n<v Ada>Good morning.\n\n"
     "00:03.000 --> 00:04.000\nAll of you.", [ADA, Line(3.0, 4.0, "Ada", "All of you.")]),
    ("a cue without words", "WEBVTT\n\n00:00.000 --> 00:01.000\n\n"
     "00:01.000 --> 00:02.500\n<v Ada>Good morning.", [ADA]),
    ("SubRip", "1\n00:00:01,000 --> 00:00:02,500\nAda: Good morning.\n\n2\n"
     "00:00:03,000 --> 00:00:04,000\nBen: Hello.", [ADA, Line(3.0, 4.0, "Ben", "Hello.")]),
    ("plain paragraphs", "Ada: Good\nmorning.\n\nAnd welcome.\n\nBen: Hello: you.",
     [Line(0, 0, "Ada", "Good morning."), Line(0, 0, "Ada", "And welcome."),
      Line(0, 0, "Ben", "Hello: you.")]),
    ("plain words of nobody in particular", "Good morning.", [Line(0, 0, "", "Good morning.")]),
    ("nothing", "  \n\n ", []),
]

UNREADABLE = [
    ("a time in words", "WEBVTT\n\nnoon --> one\nHello.", "cannot be read: 'noon --> one'"),
    ("a time without thousandths", "WEBVTT\n\n00:01 --> 00:02\nHello.", "cannot be read"),
    ("half a time", "WEBVTT\n\n00:01.000 -->\nHello.", "cannot be read"),
    ("an end before its beginning", "WEBVTT\n\n00:02.000 --> 00:01.000\nHello.",
     "ends before it begins"),
    ("times that go backwards", "WEBVTT\n\n00:05.000 --> 00:06.000\nA.\n\n"
     "00:01.000 --> 00:02.000\nB.", "go backwards"),
    ("times without a word", "WEBVTT\n\n00:01.000 --> 00:02.000\n", "no spoken line"),
    ("a header alone", "WEBVTT", "no spoken line"),
]


@pytest.mark.parametrize(("name", "source", "lines"), READABLE, ids=[row[0] for row in READABLE])
def test_a_transcript_is_read(name: str, source: str, lines: list[Line]) -> None:
    assert read(source) == lines


@pytest.mark.parametrize(("name", "source", "sentence"), UNREADABLE,
                         ids=[row[0] for row in UNREADABLE])
def test_a_broken_transcript_is_refused_in_a_sentence(name: str, source: str,
                                                      sentence: str) -> None:
    with pytest.raises(UnreadableTranscript, match=sentence) as told:
        read(source)
    assert str(told.value).endswith(".")
    assert "\n" not in str(told.value)


# Half of it made of what means something in WebVTT itself.
pieces = st.one_of(st.text(max_size=20), st.sampled_from([
    "<b>", "</v>", "<v Eve>", "<", ">", "&amp;", "&", "-->", "00:01.000", "NOTE", "Eve: ", "\n\n"]))
words = st.lists(pieces, min_size=1, max_size=6).map(
    lambda typed: one_line(tidy("".join(typed)))).filter(bool)


@st.composite
def conversations(draw: st.DrawFn) -> list[Line]:
    starts = sorted(draw(st.lists(st.integers(0, 3_599_999_999), max_size=6)))
    return [Line(start / 1000, (start + draw(st.integers(0, 60_000))) / 1000, draw(words),
                 draw(words)) for start in starts if start < 3_599_900_000]


@given(conversations())
def test_what_is_written_as_webvtt_is_read_back(lines: list[Line]) -> None:
    back = read(as_vtt(lines)) if lines else []
    assert [(each.speaker, each.text) for each in back] == [
        (each.speaker, each.text) for each in lines]
    assert [(round(each.start * 1000), round(each.end * 1000)) for each in back] == [
        (round(each.start * 1000), round(each.end * 1000)) for each in lines]


@given(st.text(st.sampled_from("WEBVTT\n\n00:1.,->< v:Ada/&;\ufeff\r\t\x00"), max_size=200))
def test_no_text_at_all_breaks_the_reader(source: str) -> None:
    with suppress(UnreadableTranscript):
        assert all(line.text and line.start <= line.end for line in read(source))
