"""Gone at the source: proposed once, never done by itself, withdrawn if it comes back."""

import re

import pytest
import sqlalchemy as sa

from app.desk import queries as desk_queries
from app.desk.models import ItemState, ReviewItem, Verb
from app.feeds.changes.leaving import GONE
from tests.feeds.asking import Source, source
from tests.feeds.documents import Item
from tests.feeds.feed_server import feed_server
from tests.making import Maker
from tests.visiting import Visitor

__all__ = ["feed_server", "source"]

ITEMS = [Item(f"item{day}", date=f"0{day} May 2026 09:00:00 GMT") for day in range(1, 4)]
WITHOUT = [ITEMS[0], ITEMS[2]]


def card(source: Source) -> ReviewItem | None:
    """The card that says that the second item is gone."""
    found = desk_queries.item_of(source.session, GONE, source.stored()[1].id)
    if found:
        source.session.refresh(found)
    source.session.commit()
    return found


@pytest.fixture
def published(source: Source, make: Maker) -> Source:
    """A feed with three items, the second of which is published."""
    source.says(*ITEMS)
    make.decision(source.card(1), Verb.APPROVE)
    return source


def test_gone_is_a_proposal_and_nothing_happens_by_itself(published: Source, editor: Visitor,
                                                          visitor: Visitor) -> None:
    assert published.says(*WITHOUT) == "0 new, 0 updated, 2 unchanged, 1 gone"
    visitor.get("/posts/item2")
    words = editor.get("/desk/?kind=feed-gone").words
    assert "Gone at The Second Shelf" in words
    assert "Take it down" in words
    assert published.visit() == "0 new, 0 updated, 2 unchanged"


def test_taken_down_and_back_it_keeps_its_date(published: Source, editor: Visitor,
                                               visitor: Visitor) -> None:
    before = published.entries()[1].published_at
    published.says(*WITHOUT)
    item = card(published)
    assert item
    answer = editor.post(f"/desk/items/{item.id}/approval")
    assert "Taken down: " in editor.follow(answer).words
    visitor.get("/posts/item2", status=404)
    undo = re.findall(r"/desk/decisions/\d+/undo", editor.get("/desk/log").text)
    editor.post(undo[0])
    visitor.get("/posts/item2")
    assert published.entries()[1].published_at == before


def test_what_is_kept_is_not_proposed_again(published: Source, editor: Visitor,
                                            visitor: Visitor) -> None:
    published.says(*WITHOUT)
    item = card(published)
    assert item
    editor.post(f"/desk/items/{item.id}/rejection")
    published.says(*ITEMS)
    published.says(*WITHOUT)
    visitor.get("/posts/item2")
    again = card(published)
    assert again
    assert again.state is ItemState.DECIDED


def test_what_comes_back_withdraws_the_proposal(published: Source) -> None:
    published.says(*WITHOUT)
    assert published.stored()[1].missing_since
    assert published.says(*ITEMS) == "0 new, 0 updated, 3 unchanged"
    item = card(published)
    assert item
    assert item.state is ItemState.WITHDRAWN
    assert published.stored()[1].missing_since is None


def test_what_nobody_published_here_is_not_proposed_but_its_card_says_it(
    source: Source, editor: Visitor,
) -> None:
    source.says(*ITEMS)
    source.says(*WITHOUT)
    assert card(source) is None
    assert "It is gone at its source since" in editor.get("/desk/").words


def test_dropping_off_the_end_of_the_feed_is_not_going(published: Source) -> None:
    newer = Item("newer", date="04 May 2026 09:00:00 GMT")
    published.says(*ITEMS[1:], newer)
    published.says(ITEMS[2], newer, Item("newest", date="04 May 2026 11:00:00 GMT"))
    assert not published.session.scalar(sa.select(sa.func.count()).where(ReviewItem.kind == GONE))


def test_what_is_gone_and_was_spam_comes_down_and_back_with_its_date(
        published: Source, editor: Visitor, visitor: Visitor) -> None:
    before = published.entries()[1].published_at
    published.says(*WITHOUT)
    item = card(published)
    assert item
    editor.post(f"/desk/items/{item.id}/spam")
    published.says(*ITEMS)
    visitor.get("/posts/item2", status=404)
    undo = re.findall(r"/desk/decisions/\d+/undo", editor.get("/desk/log").text)
    editor.post(undo[0])
    visitor.get("/posts/item2")
    assert published.entries()[1].published_at == before
