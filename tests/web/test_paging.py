"""Lists come in pages, and a page that cannot be is not there."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.entries.desk import LOOKED_THROUGH
from app.entries.models import Entry, EntryState
from app.posts.routes import PAGE
from tests.conftest import NOON
from tests.making import Maker
from tests.visiting import Page, Visitor


@pytest.fixture
def posts(session: Session) -> None:
    """Two pages of posts and one more."""
    session.add_all(Entry(slug=f"p{number}", title=f"Post {number}", html="<p>x</p>",
                          state=EntryState.PUBLISHED, published_at=NOON, created_at=NOON,
                          updated_at=NOON) for number in range(2 * PAGE + 1))
    session.commit()


def links(page: Page) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in page.all("a")
            if link.get("rel") in {"next", "prev"}}


IMPOSSIBLE = (
    "-1", "0", "4", "100001", "1000000000", "9" * 40, "9" * 5000, "0000000011" + "0" * 40, "x",
    "", "1.0", "1e3", "²", "٣", " 1", "+1", "0x1")


@pytest.mark.parametrize("path", ["/posts/", "/desk/log"])
def test_a_page_that_cannot_be_is_not_there(editor: Visitor, posts: None, path: str) -> None:
    for number in IMPOSSIBLE:
        answer = editor.client.get(path, query_string={"page": number})
        page = editor.checked(answer, 404)
        assert "There is no such page in this list." in page.text, number


def test_a_list_leads_from_its_first_page_to_its_last_and_back(
        visitor: Visitor, posts: None) -> None:
    first = visitor.get("/posts/")
    assert links(first) == {"next": "/posts/?page=2"}
    second = visitor.get("/posts/?page=2")
    assert links(second) == {"prev": "/posts/", "next": "/posts/?page=3"}
    last = visitor.get("/posts/?page=3")
    assert links(last) == {"prev": "/posts/?page=2"}


def test_every_row_is_on_one_page_and_only_one(visitor: Visitor, posts: None) -> None:
    seen: list[str] = []
    for number in (1, 2, 3):
        found = {link["href"] for link in visitor.get(f"/posts/?page={number}").all("a")
                 if link["href"].startswith("/posts/p")}
        seen += found
    assert len(seen) == len(set(seen)) == 2 * PAGE + 1


def test_a_list_that_fits_on_a_page_has_no_other(visitor: Visitor) -> None:
    assert links(visitor.get("/posts/")) == {}


def test_what_narrows_a_list_stays_from_page_to_page(
        editor: Visitor, session: Session, posts: None) -> None:
    for entry in session.query(Entry):
        entry.title = "One & two"
    session.add_all(Entry(title="One & two", created_at=NOON, updated_at=NOON) for _ in range(10))
    session.commit()
    page = editor.get("/desk/entries/", query_string={"q": "One &"})
    assert links(page) == {"next": "/desk/entries/?q=One+%26&page=2"}
    assert links(editor.get(links(page)["next"])) == {"prev": "/desk/entries/?q=One+%26"}


def test_a_search_that_stops_half_way_goes_on_from_there(
        editor: Visitor, session: Session, make: Maker) -> None:
    # The oldest stands where the first look ends, and the one before it just within.
    old = {LOOKED_THROUGH - 1: "Within reach", LOOKED_THROUGH: "Out of reach"}
    session.execute(sa.insert(Entry).execution_options(cache_tags=()), [
        {"section": "posts", "title": old.get(age, "Newer"), "created_at": NOON,
         "updated_at": NOON - timedelta(minutes=age)} for age in range(LOOKED_THROUGH + 1)])
    session.commit()
    first = editor.get("/desk/entries/?q=reach")
    assert ("Within reach" in first.words, "Out of reach" in first.words) == (True, False)
    second = editor.get(links(first)["next"])
    assert ("Within reach" in second.words, "Out of reach" in second.words) == (False, True)
    assert links(second) == {}
    nothing = editor.get("/desk/entries/?q=zzz")
    assert "Go on looking with “Older”." in nothing.words
    assert "before=" in links(nothing)["next"]
    # Once they are indexed nothing stops it.
    make.index(), make.index()
    both = editor.get("/desk/entries/?q=reach")
    assert ("Within reach" in both.words, "Out of reach" in both.words) == (True, True)
    assert links(editor.get("/desk/entries/?q=zzz")) == {}


def test_a_search_goes_on_past_many_rows_of_one_moment(editor: Visitor, session: Session) -> None:
    session.execute(sa.insert(Entry).execution_options(cache_tags=()), [
        {"section": "posts", "title": "The oldest" if not age else "Newer", "created_at": NOON,
         "updated_at": NOON - timedelta(days=not age)} for age in range(2 * LOOKED_THROUGH)])
    session.commit()
    page, looked = editor.get("/desk/entries/?q=oldest"), 1
    while "The oldest" not in page.words:
        page, looked = editor.get(links(page)["next"]), looked + 1
    assert looked <= 3


@pytest.mark.parametrize("moment", ["x", "2026-13-01", "9" * 30, "0001-01-01T00:00:00+14:00"])
def test_a_search_from_a_moment_that_cannot_be_is_not_there(editor: Visitor, moment: str) -> None:
    editor.get("/desk/entries/", 404, query_string={"q": "x", "before": moment})
