"""The list of all entries at the desk, and taking one down."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.entries import actions
from app.entries.models import EntryState
from tests.conftest import NOON
from tests.counting import queries
from tests.making import Maker
from tests.visiting import Visitor


def test_the_list_shows_every_state_last_touched_first(editor: Visitor, make: Maker,
                                                       time: Any) -> None:
    make.post("Old one")
    time.forward(minutes=1)
    make.post("New one", published=False)
    words = editor.get("/desk/entries/").words
    assert words.index("New one") < words.index("Old one")


@pytest.mark.parametrize(("state", "seen"), [
    ("", ["Out", "In"]), ("published", ["Out"]), ("draft", ["In"]), ("removed", []),
])
def test_the_list_is_narrowed_to_a_state(state: str, seen: list[str], editor: Visitor,
                                         make: Maker) -> None:
    make.post("Out")
    make.post("In", published=False)
    words = editor.get(f"/desk/entries/?state={state}").words
    assert [title for title in ("Out", "In") if f" {title} " in words] == seen


def test_the_list_is_searched_by_a_word_of_the_title(editor: Visitor, make: Maker) -> None:
    make.post("The 100% kettle")
    make.post("The radio")
    for _ in range(2):
        words = editor.get("/desk/entries/?q=100%25").words
        assert "kettle" in words
        assert "radio" not in words
        assert "kettle" in editor.get("/desk/entries/?q=KETT").words
        assert "kettle" not in editor.get("/desk/entries/?q=kettle&state=draft").words
        assert "Nothing here has that word" in editor.get("/desk/entries/?q=anchor").words
        make.index()


@pytest.mark.parametrize("address", ["?state=nonsense", "?page=0", "?page=-1", "?page=1000000000",
                                     "?page=x", "?page=2", "?page=²", "?state=Published"])
def test_a_list_that_does_not_exist_is_not_found(address: str, editor: Visitor,
                                                 make: Maker) -> None:
    make.post()
    editor.get(f"/desk/entries/{address}", status=404)


def test_the_list_costs_the_same_for_one_and_for_twenty(editor: Visitor, make: Maker) -> None:
    authors = [make.person(f"Person {number}") for number in range(20)]
    make.post(author=authors[0], topics=("One",), series="Tips")
    one = queries(editor, "/desk/entries/")
    for number, author in enumerate(authors[1:], 2):
        make.post(author=author, topics=(f"Topic {number}",), series="Tips")
    assert len(queries(editor, "/desk/entries/")) == len(one)


def test_a_published_entry_is_taken_down_and_put_up_again(
    editor: Visitor, visitor: Visitor, make: Maker, session: Session,
) -> None:
    post = make.post("Down and up")
    answer = editor.post(f"/desk/entries/{post.id}/removal")
    assert "is taken down" in editor.follow(answer).words
    visitor.get("/posts/down-and-up", status=404)
    actions.publish(session, post, now=NOON)
    session.commit()
    visitor.get("/posts/down-and-up")


@pytest.mark.parametrize("state", [EntryState.DRAFT, EntryState.WAITING, EntryState.REMOVED])
def test_what_is_not_public_cannot_be_taken_down(state: EntryState, editor: Visitor, make: Maker,
                                                 session: Session) -> None:
    post = make.post(published=False)
    post.state = state
    session.commit()
    page = editor.post(f"/desk/entries/{post.id}/removal", status=409)
    assert "is not public" in page.text
    session.refresh(post)
    assert post.state is state


def test_taking_down_twice_is_told_the_second_time(editor: Visitor, make: Maker) -> None:
    post = make.post()
    editor.post(f"/desk/entries/{post.id}/removal")
    editor.post(f"/desk/entries/{post.id}/removal", status=409)


def test_an_entry_that_never_was_is_not_found(editor: Visitor) -> None:
    for path in ("/desk/entries/77", "/desk/posts/77", "/desk/episodes/77"):
        editor.get(path, status=404)
        editor.get("/desk/posts/99999999999999999999999", status=404)
    editor.post("/desk/entries/77/removal", status=404)


def test_a_title_is_text_in_the_list(editor: Visitor, make: Maker) -> None:
    make.post("<script>alert(1)</script>")
    assert "<script>alert" not in editor.get("/desk/entries/").text


def test_an_empty_piece_that_was_only_begun_is_not_in_the_list(editor: Visitor,
                                                               guest: Visitor) -> None:
    guest.post("/write/")
    assert "Nothing here" in editor.get("/desk/entries/").words


def test_the_episode_and_the_post_lead_each_to_their_own_form(editor: Visitor, make: Maker,
                                                              session: Session) -> None:
    post, episode = make.post(), make.episode()
    session.execute(sa.text("SELECT 1"))
    session.commit()
    assert editor.client.get(f"/desk/entries/{post.id}").location == f"/desk/posts/{post.id}"
    assert (editor.client.get(f"/desk/entries/{episode.id}").location
            == f"/desk/episodes/{episode.id}")
    editor.get(f"/desk/posts/{episode.id}", status=404)
    editor.get(f"/desk/episodes/{post.id}", status=404)
