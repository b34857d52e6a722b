"""Lists come in pages, and a page that cannot be is not there."""

import pytest
from sqlalchemy.orm import Session

from app.entries.models import Entry, EntryState
from app.posts.routes import PAGE
from tests.conftest import NOON
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


@pytest.mark.parametrize("number", [
    "-1", "0", "4", "100001", "1000000000", "9" * 40, "9" * 5000, "0000000011" + "0" * 40, "x",
    "", "1.0", "1e3", "²", "٣", " 1", "+1", "0x1"])
@pytest.mark.parametrize("path", ["/posts/", "/desk/log"])
def test_a_page_that_cannot_be_is_not_there(
        editor: Visitor, posts: None, path: str, number: str) -> None:
    page = editor.get(path, 404, query_string={"page": number})
    assert "There is no such page in this list." in page.text


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
