"""Doubtful repairs wait at the desk; made with a press, they are an edit like any other."""

from app.desk.models import ReviewItem, Verb
from app.entries.models import Revision
from app.feeds.mending.doubts import apply
from app.feeds.models import Show
from tests.feeds.asking import Source
from tests.feeds.documents import Item
from tests.making import Maker
from tests.visiting import Visitor

TEXT = "<p>I don?t know.</p><p>A second paragraph.</p>"
BIO = '<p>Ada Penn is a harbour master. <a href="https://twitter.com/ada">@ada</a></p>'


def bring(source: Source, text: str = TEXT, title: str = "On trust") -> str:
    """Brings an item in, in full; the address of its repairs."""
    source.feed.show = Show.FULL
    source.session.commit()
    source.says(Item("one", title=title, text=text, author="Ada Penn"))
    return f"/desk/feeds/items/{source.stored()[0].id}/repairs"


def press(source: Source, editor: Visitor, address: str, index: int = 0,
          status: int = 303) -> None:
    """Presses the button beside a finding."""
    answer = editor.client.post(address, data={"index": str(index)},
                                headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == status, answer.text


def test_a_doubt_is_shown_as_a_difference_with_a_button(source: Source, editor: Visitor) -> None:
    address = bring(source)
    page = editor.get(f"/desk/items/{source.card().id}")
    assert "<del>I don?t know.</del> <ins>I don’t know.</ins>" in page.text
    assert f'action="{address}"' in page.text
    assert "I don?t know." in source.entries()[0].html


def test_a_press_makes_the_repair_and_keeps_the_text_as_it_was(
        source: Source, editor: Visitor) -> None:
    address = bring(source)
    press(source, editor, address)
    [entry] = source.entries()
    assert "<p>I don’t know.</p>" in entry.html
    assert source.session.query(Revision).one().source.startswith("<p>I don?t know.</p>")
    assert source.stored()[0].original == TEXT
    assert "I don’t know." in source.session.query(ReviewItem).one().text
    source.session.commit()
    page = editor.get(f"/desk/items/{source.card().id}")
    assert "Make this repair" not in page.words
    assert "1 repair made" in page.words


def test_the_second_press_comes_too_late(source: Source, editor: Visitor) -> None:
    address = bring(source)
    press(source, editor, address)
    press(source, editor, address, status=409)
    press(source, editor, address, 77, status=409)
    press(source, editor, address, -1, status=422)


def test_words_that_an_editor_has_changed_are_not_repaired(source: Source, editor: Visitor) -> None:
    address = bring(source)
    [entry] = source.entries()
    entry.source = entry.html = "<p>I did not know.</p>"
    source.session.commit()
    press(source, editor, address, status=409)
    assert source.entries()[0].html == "<p>I did not know.</p>"


def test_a_number_becomes_a_place_in_the_series(source: Source, editor: Visitor) -> None:
    address = bring(source, "<p>x</p>", "Tip #20: On trust")
    press(source, editor, address)
    [entry] = source.entries()
    assert entry.series is not None
    assert (entry.title, entry.series.title, entry.series_number) == ("On trust", "Tips", 20)


def test_a_number_that_is_taken_changes_nothing(source: Source, editor: Visitor,
                                                make: Maker) -> None:
    make.post(series="Tips")
    address = bring(source, "<p>x</p>", "Tip #1: On trust")
    press(source, editor, address, status=409)
    assert source.entries()[-1].title == "Tip #1: On trust"


def test_a_bare_number_is_one_of_the_feeds_own_series(source: Source, editor: Visitor) -> None:
    address = bring(source, "<p>x</p>", "024/ On trust")
    press(source, editor, address)
    series = source.entries()[0].series
    assert series is not None
    assert series.title == "The Second Shelf"


def test_a_bio_moves_from_the_text_to_its_author(source: Source, editor: Visitor,
                                                 make: Maker) -> None:
    address = bring(source, f"<p>One.</p><p>Two.</p>{BIO}")
    press(source, editor, address)
    make.decision(source.card(), Verb.APPROVE)
    [entry] = source.entries()
    assert entry.html == "<p>One.</p><p>Two.</p>"
    assert entry.byline[0].bio.startswith("Ada Penn is a harbour master.")
    assert "https://twitter.com/ada" in {each["url"] for each in entry.byline[0].links}


def test_a_bio_under_its_heading_is_the_authors_at_once(source: Source, make: Maker) -> None:
    bring(source, f"<p>One.</p><p>Two.</p><h3>About the author</h3>{BIO}")
    make.decision(source.card(), Verb.APPROVE)
    [entry] = source.entries()
    assert entry.html == "<p>One.</p><p>Two.</p>"
    assert entry.byline[0].bio.startswith("Ada Penn is a harbour master.")


def test_what_somebody_wrote_here_about_an_author_stays(
        source: Source, editor: Visitor, make: Maker) -> None:
    source.feed.author = make.person()
    address = bring(source, f"<p>One.</p><p>Two.</p>{BIO}")
    press(source, editor, address)
    [entry] = source.entries()
    assert entry.byline[0].bio == "Ada keeps *boats* apart."
    assert [each["url"] for each in entry.byline[0].links] == ["https://ada.example/"]


def test_a_repair_finds_its_words_as_they_are_written_in_html() -> None:
    found = {"name": "lost-signs", "where": "text", "before": "a & b don?t\xa0x",
             "after": "a & b don’t\xa0x"}
    repaired = apply("t", "<p>a &amp; b don?t&nbsp;x</p>", found)
    assert repaired is not None
    assert repaired.html == "<p>a &amp; b don’t&nbsp;x</p>"


def test_an_excerpt_is_cut_anew_from_the_repaired_text(source: Source, editor: Visitor) -> None:
    source.says(Item("one", text=f"{TEXT}<p>She left ?early?.</p>{BIO}", author="Ada Penn"))
    address = f"/desk/feeds/items/{source.stored()[0].id}/repairs"
    for index, found in enumerate(source.stored()[0].findings):
        if found["before"] != found["after"]:
            press(source, editor, address, index)
    [entry] = source.entries()
    assert entry.html == "<p>I don’t know. A second paragraph. She left “early”.</p>"


def test_a_repair_is_no_edit_and_is_made_again_when_its_source_changes(
        source: Source, editor: Visitor) -> None:
    source.says(Item("one", title="Tip #20: On trust", text=TEXT, author="Ada Penn"))
    address = f"/desk/feeds/items/{source.stored()[0].id}/repairs"
    for index in range(2):
        press(source, editor, address, index)
    source.says(Item("one", title="Tip #20: On trust", text=f"{TEXT}<p>New.</p>",
                     author="Ada Penn"))
    [entry] = source.entries()
    assert (entry.title, entry.html) == (
        "On trust", "<p>I don’t know. A second paragraph. New.</p>")
    assert all(each.get("made_by") for each in source.stored()[0].findings)


def test_what_a_blog_prints_between_text_and_bio_is_left_out(source: Source) -> None:
    bring(source, f"<p>One.</p><p>Two.</p><p>Leave a reply</p>{BIO}")
    assert "Leave a reply" not in source.entries()[0].html
    assert "harbour master" in source.entries()[0].html
