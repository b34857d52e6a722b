"""A feed's item at the desk: approved, refused, taken back, and polled again in between."""

import re
from typing import Any

import pytest
from flask import Flask

from app.desk.models import ItemState
from app.entries.models import EntryState
from app.feeds.deal import names
from tests.counting import queries
from tests.feeds.asking import Source
from tests.feeds.documents import Item
from tests.visiting import Visitor

ONE = Item("one", author="Ida Shelf")


def test_an_approved_item_is_published_with_all_that_it_came_with(
    source: Source, editor: Visitor, visitor: Visitor,
) -> None:
    source.says(ONE)
    editor.post(f"/desk/items/{source.card().id}/approval")
    page = visitor.get("/posts/one")
    assert "By Ida Shelf" in page.words
    assert "Notes on <em>running</em> things." in page.text
    assert "First published at The Second Shelf on 2 May 2026" in page.words.replace(" .", ".")
    assert {"rel": "canonical", "href": "https://second.example/one"} in page.all("link")
    assert 'datetime="2026-05-04T13:00:00Z"' in page.text, "the moment it went public here"
    assert "One" in visitor.get("/").words
    assert "One" in visitor.get("/people/ida-shelf").words
    assert "<title>One</title>" in visitor.client.get("/feed.xml").text
    assert "https://second.example/one" in visitor.client.get("/feed.json").text


@pytest.mark.parametrize("noun", ["rejection", "spam"])
def test_what_was_refused_stays_refused_however_often_it_is_fetched(
    noun: str, source: Source, editor: Visitor, visitor: Visitor,
) -> None:
    source.says(ONE)
    editor.post(f"/desk/items/{source.card().id}/{noun}")
    for text in ("", "<p>Changed there.</p>"):
        source.says(Item("one", text=text))
    assert [each.state for each in source.entries()] == [EntryState.REMOVED]
    assert source.card().state is ItemState.DECIDED
    assert "desk-item" not in editor.get("/desk/").text.split('id="keys-help"')[0].replace(
        "desk-items", "")
    visitor.get("/posts/one", status=404)


def test_an_approval_for_later_waits_for_its_time(source: Source, editor: Visitor, app: Flask,
                                                  visitor: Visitor) -> None:
    source.says(ONE)
    editor.post(f"/desk/items/{source.card().id}/approval", {"publish_at": "2026-05-06T08:00"})
    visitor.get("/posts/one", status=404)
    source.time.forward(days=2)
    app.extensions["jobs"].run("publish-due")
    visitor.get("/posts/one")


@pytest.mark.parametrize("noun", ["approval", "rejection", "spam"])
def test_every_decision_can_be_taken_back(noun: str, source: Source, editor: Visitor,
                                          visitor: Visitor) -> None:
    source.says(ONE)
    card = source.card()
    editor.post(f"/desk/items/{card.id}/{noun}")
    undo = re.findall(r"/desk/decisions/\d+/undo", editor.get("/desk/log").text)
    editor.post(undo[0])
    assert (source.card().id, source.card().state) == (card.id, ItemState.WAITING)
    assert source.entries()[0].state is EntryState.WAITING
    visitor.get("/posts/one", status=404)
    editor.post(undo[0], status=409)


def test_a_feeds_item_cannot_be_sent_back(source: Source, editor: Visitor) -> None:
    source.says(ONE)
    assert "Send back" not in editor.get("/desk/").words.split("Keys")[0]
    editor.post(f"/desk/items/{source.card().id}/return", status=422)
    assert source.card().state is ItemState.WAITING


def test_nobody_is_written_to_about_a_feeds_item(source: Source, editor: Visitor, app: Flask,
                                                 tmp_path: Any) -> None:
    source.says(ONE)
    editor.post(f"/desk/items/{source.card().id}/approval")
    source.time.forward(minutes=5)
    app.extensions["jobs"].run_all()
    assert not list(tmp_path.rglob("*.eml"))


def test_the_desk_costs_the_same_for_one_item_and_for_twenty(source: Source,
                                                             editor: Visitor) -> None:
    source.says(Item("item0", author="Writer 0"))
    one = queries(editor, "/desk/")
    source.says(*(Item(f"item{number}", author=f"Writer {number}") for number in range(20)))
    assert len(queries(editor, "/desk/")) == len(one)


def test_an_editor_who_opens_the_text_first_publishes_what_they_saved(
    source: Source, editor: Visitor, visitor: Visitor,
) -> None:
    source.says(ONE)
    entry = source.entries()[0]
    editor.post(f"/desk/posts/{entry.id}", {
        "title": "One, mended", "source": "<p>Mended.</p>", "version": "1",
        "discussion": "auto"})
    card = editor.get("/desk/?q=mended").words
    assert "One, mended" in card
    editor.post(f"/desk/items/{source.card().id}/approval")
    page = visitor.get(source.entries()[0].path)
    assert "Mended." in page.words
    assert "By Ida Shelf" in page.words


def test_a_card_leads_to_where_an_unknown_name_is_said(source: Source, editor: Visitor) -> None:
    source.says(Item("one", author="Ida Shelf"))
    page = editor.get("/desk/")
    assert f"/desk/feeds/{source.feed.id}#names" in [each.get("href") for each in page.all("a")]
    [name] = names.every(source.session, source.feed)
    editor.post(f"/desk/feeds/names/{name.id}")
    assert "say who it is" not in editor.get("/desk/").words


def test_an_excerpt_says_where_all_of_it_is(source: Source, editor: Visitor,
                                            visitor: Visitor) -> None:
    source.says(Item("one", title="On trust", text="<p>" + "A word more. " * 90 + "</p>"))
    editor.post(f"/desk/items/{source.card().id}/approval")
    words = visitor.get("/posts/on-trust").words.replace(" ,", ",")
    assert "An excerpt. All of it is at The Second Shelf, first published on" in words
