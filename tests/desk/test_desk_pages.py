"""The desk as an editor sees it: the queue, one item, the log."""

import re

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.comments import actions as comments
from app.comments.models import Comment
from app.desk.models import ReviewItem, Verb
from app.writing import actions as drafts
from tests.conftest import FakeClock
from tests.counting import queries
from tests.making import Maker
from tests.visiting import Page, Visitor


def shown(page: Page) -> list[int]:
    """The items of a page, in its order."""
    return [int(each.removeprefix("item-")) for each in page.ids if re.fullmatch(r"item-\d+", each)]


def test_an_empty_desk_says_so(editor: Visitor) -> None:
    assert "Nothing waits." in editor.get("/desk/").text


def test_a_card_shows_who_what_where_and_since_when(
        editor: Visitor, comment: Comment, item: ReviewItem) -> None:
    page = editor.get("/desk/")
    assert shown(page) == [item.id]
    for words in ("Rita Reader", "They do not argue.", "Boats", "Baker", "2026-05-04T12:00:00Z"):
        assert words in page.text
    assert "rita@reader.example" in page.text or "reader.example" not in page.text


def test_the_first_card_and_only_it_is_selected(make: Maker, editor: Visitor) -> None:
    post = make.post()
    for _ in range(3):
        make.comment(post)
    cards = [each for each in editor.get("/desk/").all("article") if "desk-item" in each["class"]]
    assert [each.get("aria-current") for each in cards] == ["true", None, None]


def test_what_came_last_comes_first(make: Maker, editor: Visitor, time: FakeClock) -> None:
    post, items = make.post(), []
    for _ in range(3):
        items.append(make.item(comments.KIND, make.comment(post).id))
        time.forward(minutes=1)
    assert shown(editor.get("/desk/")) == [items[2].id, items[1].id, items[0].id]


@pytest.fixture
def crowd(make: Maker, session: Session) -> dict[str, int]:
    """Items of two kinds, by a name for each."""
    boats, bread = make.post("About boats"), make.post("About bread")
    kept = {
        "rope": make.comment(boats, "A rope is 100% hemp_free."),
        "anchor": make.comment(boats, "An anchor, 1000 kilos.", name="Anton Anchor"),
        "loaf": make.comment(bread, "Rye bread keeps longer.", name="Bo Baker"),
    }
    found = {name: make.item(comments.KIND, each.id).id for name, each in kept.items()}
    found["piece"] = make.item(drafts.KIND, make.submission(title="Night shifts").id).id
    session.commit()
    return found


SEARCHES = {
    "rope": ["rope"], "ROPE": ["rope"], "ro": ["rope"],
    "anton": ["anchor"], "Anton Anchor": ["anchor"],
    "boats": ["rope", "anchor"], "boats anchor": ["anchor"],
    "bread": ["loaf"], "night": ["piece"], "  rye   keeps ": ["loaf"],
    "100%": ["rope"], "%": ["rope"], "_": ["rope"], "100_": [], "hemp_": ["rope"],
    "\\": [], "'": [], '"; --': [], "nothing like it": [],
    "": ["rope", "anchor", "loaf", "piece"]}


def test_a_search_finds_by_text_person_and_title_and_takes_every_sign_as_itself(
        editor: Visitor, crowd: dict[str, int]) -> None:
    for words, found in SEARCHES.items():
        page = editor.get("/desk/", query_string={"q": words})
        assert sorted(shown(page)) == sorted(crowd[name] for name in found), words
        assert found or "Nothing that waits has" in page.text, words


def test_a_search_is_shown_as_it_was_typed_and_never_as_markup(editor: Visitor) -> None:
    page = editor.get("/desk/", query_string={"q": "<script>alert(1)</script>"})
    assert "<script>alert" not in page.text
    assert page.all("input")[0]["value"] == "<script>alert(1)</script>"


def test_a_nul_in_a_search_is_no_crash(editor: Visitor) -> None:
    assert editor.client.get("/desk/?q=a%00b").status_code in {200, 404}
    assert editor.client.get("/desk/?kind=%00").status_code == 404


def test_an_endless_search_is_cut(editor: Visitor, crowd: dict[str, int]) -> None:
    assert shown(editor.get("/desk/", query_string={"q": "rope " * 2000})) == [crowd["rope"]]


def test_the_queue_can_be_narrowed_to_a_kind(editor: Visitor, crowd: dict[str, int]) -> None:
    assert shown(editor.get("/desk/?kind=submission")) == [crowd["piece"]]
    assert len(shown(editor.get("/desk/?kind=comment"))) == 3
    assert shown(editor.get("/desk/?kind=feed-item")) == []
    assert shown(editor.get("/desk/?kind=comment&q=loaf")) == []


def test_a_kind_that_is_none_is_not_there(editor: Visitor, crowd: dict[str, int]) -> None:
    assert "There is no such kind." in editor.get("/desk/?kind=nonsense", 404).text


def counts(text: str) -> dict[str, int]:
    return {label: int(number) for label, number in re.findall(
        r'>([\w ]+) <span class="count">(\d+)</span>', text)}


def test_the_numbers_are_those_of_what_waits(
        make: Maker, editor: Visitor, crowd: dict[str, int]) -> None:
    expected = {"All": 4, "Comments": 3, "Reports": 0, "Appeals": 0, "Guest posts": 1,
                "Feed items": 0, "Changed sources": 0, "Gone sources": 0}
    assert counts(editor.get("/desk/").text) == expected
    answer = editor.swap(f"/desk/items/{crowd['loaf']}/spam")
    expected |= {"All": 3, "Comments": 2}
    assert counts(answer.text) == expected
    assert counts(editor.get("/desk/").text) == expected


def test_a_long_queue_costs_as_many_queries_as_a_short_one(
        make: Maker, session: Session, editor: Visitor) -> None:
    def fill(number: int) -> None:
        for each in range(number):
            post = make.post()
            parent = make.comment(post, approved=True)
            make.comment(post, parent=parent, name=f"N{number}{each} Reader")
            sent = make.submission(make.account(Role.GUEST, f"g{number}{each}@lectern.example"))
            other = make.account(Role.EDITOR, f"e{number}{each}@lectern.example")
            make.item(drafts.KIND, sent.id).claimed_by_id = other.id
            session.commit()

    fill(1)
    few = queries(editor, "/desk/")
    fill(9)
    many = queries(editor, "/desk/")
    assert len(shown(editor.get("/desk/"))) == 20
    assert len(many) == len(few), many


def test_the_log_costs_as_many_queries_whatever_it_holds(make: Maker, editor: Visitor) -> None:
    post = make.post()
    for number in (1, 9):
        for _ in range(number):
            make.comment(post, approved=True)
        if number == 1:
            few = queries(editor, "/desk/log")
    assert len(queries(editor, "/desk/log")) == len(few)


def undo_forms(page: Page) -> list[str]:
    return [form["action"] for form in page.all("form") if form["action"].endswith("/undo")]


def test_the_log_is_newest_first_and_offers_what_can_be_taken_back(
        make: Maker, session: Session, editor: Visitor, time: FakeClock) -> None:
    post, decisions = make.post("Boats"), []
    for verb in (Verb.APPROVE, Verb.REJECT, Verb.SPAM):
        waiting = make.item(comments.KIND, make.comment(post).id)
        decisions.append(make.decision(waiting, verb, reason="Off topic").id)
        time.forward(minutes=1)
    page = editor.get("/desk/log")
    assert undo_forms(page) == [f"/desk/decisions/{each}/undo" for each in reversed(decisions)]
    table = page.words.partition("Take back")[2]
    assert table.index("Spam") < table.index("Rejected") < table.index("Approved")
    assert "Off topic" in page.text
    editor.post(f"/desk/decisions/{decisions[1]}/undo")
    page = editor.get("/desk/log")
    assert f"/desk/decisions/{decisions[1]}/undo" not in undo_forms(page)
    assert "taken back by Editor Quill" in page.text


def test_the_log_goes_on_on_the_next_page(make: Maker, editor: Visitor) -> None:
    post = make.post()
    for number in range(51):
        make.comment(post, approved=True, name=f"Reader{number}")
    first = editor.get("/desk/log")
    assert len(undo_forms(first)) == 50
    [link] = [each["href"] for each in first.all("a") if each.get("rel") == "next"]
    assert len(undo_forms(editor.get(link))) == 1


def test_an_item_has_a_page_of_its_own_with_all_that_was_decided(
        make: Maker, editor: Visitor, item: ReviewItem) -> None:
    make.decision(item, Verb.REJECT, reason="Off topic")
    page = editor.get(f"/desk/items/{item.id}")
    assert "They do not argue." in page.text
    assert "Off topic" in page.text
    assert "Rejected" in page.text
    assert f"/desk/items/{item.id}/approval" not in page.text, "it waits no more"


def test_a_card_says_what_was_decided_from_there_before(
        make: Maker, session: Session, editor: Visitor) -> None:
    post = make.post()
    for verb in (Verb.APPROVE, Verb.APPROVE, Verb.SPAM):
        make.decision(make.item(comments.KIND, make.comment(post).id), verb)
    make.comment(post)
    make.comment(post, name="Somebody Else")
    page = editor.get("/desk/")
    assert "2 approved, 1 spam so far." in page.words
    assert "Nothing decided from here before." in page.words
