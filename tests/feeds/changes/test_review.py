"""A change at the source of an edited post, at the desk: taken, kept, merged, and taken back."""

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.desk import queries as desk_queries
from app.desk.models import ItemState, ReviewItem, Verb
from app.entries import wording
from app.entries.wording import Words
from app.feeds.changes.updating import CHANGE
from app.feeds.models import Show
from tests.counting import queries
from tests.feeds.asking import Source, source
from tests.feeds.documents import Item
from tests.feeds.feed_server import feed_server
from tests.making import Maker
from tests.visiting import Visitor

__all__ = ["feed_server", "source"]

FIRST = "<p>Opening.</p><p>The middle.</p><p>The end.</p>"
OURS = "<p>Opening.</p><p>The middle, edited.</p><p>The end.</p>"
THEIRS = "<p>Opening.</p><p>The middle.</p><p>The end, changed there.</p>"
CLASH = "<p>Opening.</p><p>The middle, changed there.</p><p>The end.</p>"
ONE = Item("one", text=FIRST)


def edit(source: Source, text: str = OURS, title: str = "One", number: int = 0) -> None:
    """An editor saves the text in the meantime."""
    entry = source.entries()[number]
    wording.write(source.session, entry, Words(title, "", text), by="Ada", now=source.time.now())
    source.session.commit()


def change(source: Source, number: int = 0) -> ReviewItem:
    """The card about a change at the source."""
    item = desk_queries.item_of(source.session, CHANGE, source.stored()[number].id)
    assert item is not None
    source.session.refresh(item)
    source.session.commit()
    return item


@pytest.fixture
def published(source: Source, make: Maker) -> Source:
    """A feed whose one item is published in full, and edited since."""
    source.feed.show = Show.FULL
    source.session.commit()
    source.says(ONE)
    make.decision(source.card(), Verb.APPROVE)
    edit(source)
    source.time.forward(hours=1)
    return source


def text(source: Source) -> str:
    return " ".join(source.entries()[0].html.split())


def test_a_change_never_overwrites_and_waits_with_three_versions(
    published: Source, editor: Visitor, visitor: Visitor,
) -> None:
    published.says(replace(ONE, text=THEIRS))
    assert "The middle, edited." in visitor.get("/posts/one").words
    words = editor.get("/desk/").words
    for told in ("Changed source", "The Second Shelf has changed this after it was edited here.",
                 "As imported", "There now", "As we edited it", "The middle, edited.",
                 "The end, changed there.", "loses nothing of ours", "Take theirs", "Keep ours"):
        assert told in words


def test_taking_theirs_keeps_ours_where_only_we_changed_something(
    published: Source, editor: Visitor, visitor: Visitor,
) -> None:
    published.says(replace(ONE, text=THEIRS, title="One, better"))
    editor.post(f"/desk/items/{change(published).id}/approval")
    page = visitor.get("/posts/one")
    assert "One, better" in page.words
    assert "The middle, edited." in page.words
    assert "The end, changed there." in page.words


def test_where_both_changed_the_same_theirs_is_taken_and_that_was_said_before(
    published: Source, editor: Visitor,
) -> None:
    published.says(replace(ONE, text=CLASH))
    assert "1 place changed on both sides" in editor.get("/desk/").words
    editor.post(f"/desk/items/{change(published).id}/approval")
    assert text(published) == "<p>Opening.</p> <p>The middle, changed there.</p> <p>The end.</p>"


def test_keeping_ours_changes_nothing_and_is_not_asked_again(published: Source, editor: Visitor,
                                                             ) -> None:
    published.says(replace(ONE, text=CLASH))
    before = text(published)
    editor.post(f"/desk/items/{change(published).id}/rejection")
    published.visit()
    assert text(published) == before
    assert change(published).state is ItemState.DECIDED


@pytest.mark.parametrize("noun", ["approval", "rejection", "spam"])
def test_a_decision_is_taken_back_with_every_word(noun: str, published: Source, editor: Visitor,
                                                  ) -> None:
    published.says(replace(ONE, text=CLASH))
    card = change(published)
    for _ in range(2):
        editor.post(f"/desk/items/{card.id}/{noun}")
        undo = re.findall(r"/desk/decisions/\d+/undo", editor.get("/desk/log").text)
        editor.post(undo[0])
        assert " ".join(OURS.split()) == text(published).replace("> <", "><")
        assert (change(published).id, change(published).state) == (card.id, ItemState.WAITING)


def test_a_merge_that_was_edited_since_is_not_taken_back_over_that_edit(
    published: Source, editor: Visitor, make: Maker,
) -> None:
    published.says(replace(ONE, text=CLASH))
    decision = make.decision(change(published), Verb.APPROVE)
    edit(published, "<p>Later still.</p>")
    editor.post(f"/desk/decisions/{decision.id}/undo", status=409)
    assert text(published) == "<p>Later still.</p>"


def test_the_next_change_begins_from_what_was_decided_about(published: Source, editor: Visitor,
                                                            ) -> None:
    published.says(replace(ONE, text=CLASH))
    editor.post(f"/desk/items/{change(published).id}/rejection")
    published.says(replace(ONE, text=CLASH.replace("The end.", "A new end.")))
    assert change(published).state is ItemState.WAITING
    editor.post(f"/desk/items/{change(published).id}/approval")
    assert text(published) == "<p>Opening.</p> <p>The middle, edited.</p> <p>A new end.</p>"


def test_what_was_taken_whole_follows_its_source_again(published: Source, editor: Visitor) -> None:
    edit(published, "<p>All ours.</p>")
    published.says(replace(ONE, text=CLASH))
    editor.post(f"/desk/items/{change(published).id}/approval")
    entry = published.entries()[0]
    wording.write(published.session, entry, Words("One", "", published.stored()[0].source_html
                                                  or ""), by="Ada", now=published.time.now())
    published.session.commit()
    published.says(replace(ONE, text="<p>Newest.</p>"))
    assert text(published) == "<p>Newest.</p>"
    assert change(published).state is ItemState.DECIDED


def test_a_source_that_changes_again_changes_its_one_card(published: Source, editor: Visitor,
                                                          session: Session) -> None:
    published.says(replace(ONE, text=CLASH))
    seen = change(published).waiting_since
    published.says(replace(ONE, text=CLASH.replace("changed there", "changed twice")))
    assert session.scalar(sa.select(sa.func.count()).where(ReviewItem.kind == CHANGE)) == 1
    session.commit()
    assert "changed twice" in editor.get("/desk/").words
    editor.post(f"/desk/items/{change(published).id}/approval", {"seen": seen.isoformat()}, 409)


def test_a_source_that_goes_back_to_what_it_was_takes_its_card_away(published: Source) -> None:
    published.says(replace(ONE, text=CLASH))
    published.says(ONE)
    assert change(published).state is ItemState.WITHDRAWN
    assert published.stored()[0].source_html is None


def test_where_our_editors_were_faster_there_is_nothing_to_decide(published: Source) -> None:
    published.says(replace(ONE, text=OURS))
    assert desk_queries.item_of(published.session, CHANGE, published.stored()[0].id) is None


def merge_form(editor: Visitor, item: ReviewItem) -> dict[str, str]:
    """What the page sends if nothing is touched."""
    page = editor.get(f"/desk/feeds/changes/{item.id}")
    return {each["name"]: each["value"] for each in page.all("input")
            if each.get("type") == "hidden" or "checked" in each}


def test_a_merge_block_by_block_without_javascript(published: Source, editor: Visitor,
                                                   visitor: Visitor) -> None:
    published.says(replace(ONE, text=CLASH.replace("The end.", "A new end."), title="Theirs"))
    item = change(published)
    form = merge_form(editor, item)
    assert {name: value for name, value in form.items() if name not in {"seen", "version"}} == {
        "title-0": "theirs", "text-1": "theirs", "text-2": "theirs"} or "text-1" in form
    chosen = form | {"title-0": "ours", "text-1": "both"}
    shown = editor.get(f"/desk/feeds/changes/{item.id}", query_string=chosen)
    preview = shown.text.split('id="preview"')[1]
    assert "The middle, edited." in preview
    editor.post(f"/desk/feeds/changes/{item.id}/merge", chosen)
    page = visitor.get("/posts/one")
    assert "Theirs" not in page.words
    assert "The middle, edited." in page.words
    assert "A new end." in page.words
    assert "Merged block by block" in editor.get("/desk/log").words
    undo = re.findall(r"/desk/decisions/\d+/undo", editor.get("/desk/log").text)
    editor.post(undo[0])
    assert text(published).replace("> <", "><") == OURS


def test_a_merge_is_refused_where_either_side_moved_on(published: Source, editor: Visitor) -> None:
    published.says(replace(ONE, text=CLASH))
    item = change(published)
    form = merge_form(editor, item)
    edit(published, "<p>Saved meanwhile.</p>")
    editor.post(f"/desk/feeds/changes/{item.id}/merge", form, 422)
    form = merge_form(editor, item)
    published.says(replace(ONE, text="<p>Changed once more.</p>"))
    editor.post(f"/desk/feeds/changes/{item.id}/merge", form, 409)
    assert text(published) == "<p>Saved meanwhile.</p>"
    editor.post(f"/desk/feeds/changes/{item.id}/merge", merge_form(editor, item))
    editor.post(f"/desk/feeds/changes/{item.id}/merge", form, 409)


def test_a_merge_without_its_version_or_of_something_else_is_refused(
    published: Source, editor: Visitor,
) -> None:
    published.says(replace(ONE, text=CLASH))
    for version in ({}, {"version": "9" * 5_000}, {"version": "٣"}):
        editor.post(f"/desk/feeds/changes/{change(published).id}/merge",
                    {"text-1": "nonsense", **version}, 422)
    editor.get(f"/desk/feeds/changes/{published.card().id}", status=404)
    assert "edited" in text(published)


def test_nothing_hostile_in_a_changed_text_reaches_the_desk(published: Source,
                                                            editor: Visitor) -> None:
    published.says(replace(ONE, title="<img src=x onerror=alert(1)>",
                           text="<p onclick='x'>Words<script>alert(2)</script></p>"
                                "<div hx-get='/desk/' id='main'>y</div>"))
    for path in ("/desk/", f"/desk/feeds/changes/{change(published).id}"):
        for _tag, attributes in editor.get(path).elements:
            assert not {"onerror", "onclick"} & attributes.keys()
            assert attributes.get("hx-get") != "/desk/"


def test_twenty_changes_cost_the_desk_as_many_queries_as_one(source: Source, editor: Visitor,
                                                             ) -> None:
    items = [Item(f"item{number}", text=FIRST, author="Ida") for number in range(6)]
    source.feed.show = Show.FULL
    source.session.commit()
    source.says(*items)
    for number in range(6):
        edit(source, number=number)
    source.says(replace(items[0], text=THEIRS), *items[1:])
    one = queries(editor, "/desk/?kind=feed-change")
    source.says(*(replace(each, text=THEIRS) for each in items))
    assert len(queries(editor, "/desk/?kind=feed-change")) == len(one)


def test_a_post_that_became_spam_comes_down_and_stays_down_until_that_is_undone(
    published: Source, editor: Visitor, visitor: Visitor,
) -> None:
    before = published.entries()[0].published_at
    published.says(replace(ONE, text=CLASH))
    answer = editor.post(f"/desk/items/{change(published).id}/spam")
    assert "Spam, taken down: " in editor.follow(answer).words
    published.says(replace(ONE, text="<p>Buy even more.</p>"))
    visitor.get("/posts/one", status=404)
    assert change(published).state is ItemState.DECIDED
    undo = re.findall(r"/desk/decisions/\d+/undo", editor.get("/desk/log").text)
    editor.post(undo[0])
    assert "The middle, edited." in visitor.get("/posts/one").words
    assert (published.entries()[0].published_at, change(published).state) == (
        before, ItemState.WAITING)


def test_spam_takes_all_that_waits_about_a_post_off_the_desk_and_undo_puts_it_back(
    source: Source, editor: Visitor,
) -> None:
    source.says(ONE)
    edit(source)
    source.says(replace(ONE, text=CLASH))
    editor.post(f"/desk/items/{change(source).id}/spam")
    source.session.refresh(card := source.card())
    assert card.state is ItemState.WITHDRAWN
    undo = re.findall(r"/desk/decisions/\d+/undo", editor.get("/desk/log").text)
    editor.post(undo[0])
    source.session.refresh(card)
    assert (card.state, change(source).state) == (ItemState.WAITING, ItemState.WAITING)
    editor.post(f"/desk/items/{card.id}/approval")


def test_a_change_is_told_with_its_author_and_the_history_in_its_own_words(
    published: Source, editor: Visitor,
) -> None:
    published.says(replace(ONE, text=CLASH))
    card = change(published)
    assert [card.person] == [person.name for person in published.entries()[0].byline]
    editor.post(f"/desk/items/{card.id}/rejection")
    published.says(replace(ONE, text=CLASH), Item("two"))
    history = editor.get(f"/desk/items/{published.card(1).id}").words
    assert "1 approved, 1 ours kept so far." in history
    assert "Ours kept" in history
