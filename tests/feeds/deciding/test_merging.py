"""Three versions of a text made one: a row a case, a sentence a row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.feeds.deciding.merging import Choice, Side, blocks, merge, merged

N, US, THEM, ALIKE, CONFLICT = Side.NOBODY, Side.US, Side.THEM, Side.ALIKE, Side.CONFLICT

# As imported, ours, theirs, who changed what, and what becomes of it where nobody chooses.
TABLE = [
    ("nobody changed anything", "abc", "abc", "abc", [N], "abc"),
    ("they changed a block", "abc", "abc", "aBc", [N, THEM, N], "aBc"),
    ("we changed a block", "abc", "aBc", "abc", [N, US, N], "aBc"),
    ("each changed another block: both stand", "abcde", "aBcde", "abcDe", [N, US, N, THEM, N],
     "aBcDe"),
    ("each changed one of two neighbours: both stand", "abcd", "aBcd", "abCd", [N, US, THEM, N],
     "aBCd"),
    ("both changed it alike", "abc", "aBc", "aBc", [N, ALIKE, N], "aBc"),
    ("both changed it differently: theirs, unless somebody chooses", "abc", "aXc", "aYc",
     [N, CONFLICT, N], "aYc"),
    ("they added a block, we took another away", "abcd", "abd", "abcde", [N, US, N, THEM], "abde"),
    ("both added at the same place", "ab", "axb", "ayb", [N, CONFLICT, N], "ayb"),
    ("we took away what they changed", "abc", "ac", "aBc", [N, CONFLICT, N], "aBc"),
    ("they took away what we left alone", "abc", "abc", "ac", [N, THEM, N], "ac"),
    ("everything is new on both sides", "a", "x", "y", [CONFLICT], "y"),
    ("empty at first", "", "x", "", [US], "x"),
    ("empty altogether", "", "", "", [], ""),
]


@pytest.mark.parametrize(("imported", "ours", "theirs", "sides", "result"),
                         [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_table(imported: str, ours: str, theirs: str, sides: list[Side],
                   result: str) -> None:
    chunks = merge(imported, ours, theirs)
    assert [chunk.side for chunk in chunks] == sides
    assert "".join(merged(chunks, {})) == result


@pytest.mark.parametrize(("choice", "result"), [
    (Choice.OURS, "aXc"), (Choice.THEIRS, "aYc"), (Choice.BOTH, "aXYc"), (Choice.IMPORTED, "abc")])
def test_an_editor_chooses_whose_words_stand(choice: Choice, result: str) -> None:
    assert "".join(merged(merge("abc", "aXc", "aYc"), {1: choice})) == result


TEXT = st.text("abcd", max_size=7)


@given(TEXT, TEXT, TEXT)
def test_no_block_is_lost_and_every_choice_gives_one_of_the_versions(
    imported: str, ours: str, theirs: str
) -> None:
    chunks = merge(imported, ours, theirs)
    everywhere = range(len(chunks))
    for choice, whole in ((Choice.OURS, ours), (Choice.THEIRS, theirs),
                          (Choice.IMPORTED, imported)):
        assert "".join(merged(chunks, dict.fromkeys(everywhere, choice))) == whole


@given(TEXT, TEXT)
def test_what_only_one_side_changed_is_taken_by_itself(imported: str, changed: str) -> None:
    for ours, theirs in ((changed, imported), (imported, changed), (changed, changed)):
        chunks = merge(imported, ours, theirs)
        assert CONFLICT not in [chunk.side for chunk in chunks]
        assert "".join(merged(chunks, {})) == changed


BLOCKS = [
    ("<p>a</p>\n<h2>b</h2><ul><li><p>c</p></li><li>d</li></ul>",
     ["<p>a</p>", "<h2>b</h2>", "<ul><li><p>c</p></li><li>d</li></ul>"]),
    ("loose <em>words</em><p>a</p>more", ["loose <em>words</em>", "<p>a</p>", "more"]),
    ("<p>a</p><hr><p>b</p>", ["<p>a</p>", "<hr>", "<p>b</p>"]),
    ("<figure><blockquote><p>q</p></blockquote><figcaption>x</figcaption></figure>",
     ["<figure><blockquote><p>q</p></blockquote><figcaption>x</figcaption></figure>"]),
    ('<p><a title="a </p> b > c" href="/x">a</a></p><p>b</p>',
     ['<p><a title="a </p> b > c" href="/x">a</a></p>', "<p>b</p>"]),
    ("<p>a</p>\n  \n", ["<p>a</p>"]),
    ("", []),
    ("</p>stray</ul><p>open", ["</p>", "stray</ul>", "<p>open"]),
]


@pytest.mark.parametrize(("html", "found"), BLOCKS)
def test_a_text_falls_into_its_outermost_blocks(html: str, found: list[str]) -> None:
    assert list(blocks(html)) == found


@given(st.text('<>/"ph2ulhr a', max_size=60))
def test_cutting_loses_nothing_but_white_space(html: str) -> None:
    assert "".join("".join(blocks(html)).split()) == "".join(html.split())


def test_white_space_and_entities_are_no_change() -> None:
    chunks = merge(["<p>a  &amp;\nb</p>"], ["<p>a &amp; b</p>"], ["<p>a &#38; b</p>"])
    assert [chunk.side for chunk in chunks] == [N]
