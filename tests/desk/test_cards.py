"""What a card tells an editor: marked words, why, what stands around it, who is behind it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.comments import actions as comments
from app.comments.models import Comment
from app.desk.cards import cards_of
from app.desk.models import ReviewItem, Verb
from tests.conftest import FakeClock
from tests.counting import queries
from tests.making import Maker
from tests.visiting import Page, Visitor


@pytest.fixture
def card(editor: Visitor, item: ReviewItem) -> Callable[[], Page]:
    """The page of the one item."""
    return lambda: editor.get(f"/desk/items/{item.id}")


def test_what_a_rule_matched_is_marked_in_the_text(
        session: Session, comment: Comment, item: ReviewItem, card: Callable[[], Page]) -> None:
    item.matched = ["argue", "<b>", "p"]
    session.commit()
    assert "They do not <mark>argue</mark>." in card().text
    assert "<<mark>" not in card().text, "a tag is no text"


def test_what_was_searched_for_is_marked_too(editor: Visitor, item: ReviewItem) -> None:
    assert "They do <mark>not</mark> argue." in editor.get("/desk/?q=not").text


def test_hostile_words_stay_words(make: Maker, session: Session, editor: Visitor) -> None:
    comment = make.comment(make.post(), 'A <img src=x onerror=alert(1)> "q" & <mark>.')
    item = make.item(comments.KIND, comment.id)
    item.matched = ["<img", '"q"', "&", "mark", "amp"]
    session.commit()
    page = editor.get(f"/desk/items/{item.id}")
    assert not [each for each in page.all("img") if "onerror" in each]
    assert "<mark>&lt;img</mark> src=x" in page.text
    assert "<mark>&amp;</mark>" in page.text


def test_other_rules_that_had_a_doubt_are_told(
        session: Session, item: ReviewItem, card: Callable[[], Page]) -> None:
    item.facts = {"also": [{"rule": "links", "why": "It has a link in it."}]}
    session.commit()
    assert f"Why it waits: {item.why}" in card().words
    assert "Also: It has a link in it." in card().words


def test_a_card_shows_the_thread_that_it_continues(make: Maker, editor: Visitor) -> None:
    post = make.post()
    first = make.comment(post, "The very first.", approved=True, name="Gran Parent")
    second = make.comment(post, "The answer.", approved=True, parent=first, name="Par Ent")
    make.comment(post, "Another answer.", approved=True, parent=second)
    make.decision(make.item(comments.KIND, make.comment(
        post, "An answer that is gone.", parent=second).id), Verb.SPAM)
    waiting = make.comment(post, "The third.", parent=second)
    page = editor.get(f"/desk/items/{make.item(comments.KIND, waiting.id).id}")
    assert "In answer to Par Ent, beside 1 other answer" in page.words
    assert "Gran Parent: The very first." in page.words
    assert second.path in {each["href"] for each in page.all("a")}


def test_links_are_listed_with_where_they_really_lead(make: Maker, editor: Visitor) -> None:
    comment = make.comment(make.post(), "See https://bank.example@evil.example/x?a=1&b=2 now.")
    page = editor.get(f"/desk/items/{make.item(comments.KIND, comment.id).id}")
    assert "<strong>evil.example</strong>" in page.text or "bank.example@" not in comment.html


def test_an_address_of_a_sender_that_is_no_web_address_is_no_link(
        make: Maker, session: Session, editor: Visitor, comment: Comment) -> None:
    comment.author_url = "javascript:alert(1)"
    session.commit()
    assert "javascript:" not in editor.get("/desk/").text


def test_whether_the_address_is_confirmed_is_said(
        make: Maker, session: Session, comment: Comment, card: Callable[[], Page]) -> None:
    assert "rita@reader.example not confirmed" in card().words
    comment.account_id = make.account(Role.READER).id
    session.commit()
    assert "rita@reader.example signed in" in card().words


def test_the_persons_history_stands_beside_it(
        make: Maker, time: FakeClock, session: Session, editor: Visitor) -> None:
    post = make.post()
    for number in range(7):
        verb = Verb.REJECT if number == 6 else Verb.APPROVE
        make.decision(make.item(comments.KIND, make.comment(post, f"Past {number}.").id), verb)
        time.forward(days=1)
    make.comment(post, "Now.")
    make.comment(post, "And now.")
    make.comment(post, "Of somebody else.", name="Somebody Else")
    item = make.item(comments.KIND, make.comment(post, "Here.").id)
    page = editor.get(f"/desk/items/{item.id}")
    assert "6 approved, 1 rejected so far." in page.words
    assert [number for number in range(7) if f"Past {number}." in page.words] == [2, 3, 4, 5, 6]
    assert page.words.index("Past 6.") < page.words.index("Past 2.")
    assert "3 of theirs wait" in page.words
    assert "Known since 4 May 2026" in page.words
    [theirs] = {each["href"] for each in page.all("a") if "/desk/?person=" in each["href"]}
    assert len([each for each in editor.get(theirs).ids if each.endswith("-subject")]) == 3


def test_what_was_taken_back_counts_no_more(make: Maker, editor: Visitor) -> None:
    item = make.item(comments.KIND, make.comment(make.post()).id)
    decision = make.decision(item, Verb.SPAM)
    editor.post(f"/desk/decisions/{decision.id}/undo")
    assert "Nothing decided from here before." in editor.get(f"/desk/items/{item.id}").words


def test_twenty_full_cards_cost_as_many_queries_as_one(make: Maker, editor: Visitor) -> None:
    def fill(number: int) -> None:
        for each in range(number):
            post, name = make.post(), f"N{number}x{each} Reader"
            first = make.comment(post, approved=True, name=name)
            second = make.comment(post, approved=True, parent=first, name=name)
            item = make.item(comments.KIND, make.comment(post, parent=second, name=name).id)
            editor.post(f"/desk/items/{item.id}/notes", {"text": "A note."})

    fill(1)
    few = queries(editor, "/desk/")
    fill(19)
    assert len(queries(editor, "/desk/")) == len(few)


def test_a_comment_card_leads_to_a_ban(item: ReviewItem, card: Callable[[], Page]) -> None:
    assert f"/desk/rules/sanctions/new?item={item.id}" in {
        each["href"] for each in card().all("a")}


def test_a_note_stands_on_every_card_of_that_person_newest_first(
        make: Maker, editor: Visitor, signed_in: Callable[..., Visitor], comment: Comment,
        item: ReviewItem, time: FakeClock) -> None:
    make.comment(comment.entry, "From another person.", name="Anton Anchor")
    make.comment(comment.entry, "From the same person.")
    editor.post(f"/desk/items/{item.id}/notes", {"text": "Means well."})
    time.forward(minutes=1)
    answer = signed_in(Role.ADMIN).swap(f"/desk/items/{item.id}/notes", {"text": "<b>Agreed</b>"})
    assert answer.text.index("&lt;b&gt;Agreed") < answer.text.index("Means well.")
    page = editor.get("/desk/")
    assert page.text.count("<p>Means well.</p>") == 2
    assert page.words.count("Admin Quill, 4 May 2026") == 2


def test_a_note_is_taken_away_by_its_writer_only(
        editor: Visitor, signed_in: Callable[..., Visitor], item: ReviewItem) -> None:
    editor.post(f"/desk/items/{item.id}/notes", {"text": "Means well."})
    admin = signed_in(Role.ADMIN)
    assert "Take away" not in admin.get("/desk/").words
    admin.post("/desk/notes/1/removal", status=403)
    editor.swap("/desk/notes/1/removal")
    assert "Means well." not in editor.get("/desk/").text
    editor.post("/desk/notes/1/removal", status=404)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001, "a\ufffd"])
def test_a_note_that_cannot_be_is_not_kept(
        editor: Visitor, item: ReviewItem, text: str) -> None:
    editor.post(f"/desk/items/{item.id}/notes", {"text": text}, 422)
    assert "staff-notes" in (page := editor.get("/desk/").text)
    assert "Take away" not in page


def test_nobody_but_staff_reads_a_note(
        editor: Visitor, visitor: Visitor, comment: Comment, item: ReviewItem) -> None:
    editor.post(f"/desk/items/{item.id}/notes", {"text": "Means well."})
    editor.post(f"/desk/items/{item.id}/rejection", {"reason": "1"})
    assert "Means well." not in visitor.get(comment.follow_path).text


def test_a_card_is_drawn_again_only_if_it_shows_something_else(
        app: Flask, make: Maker, editor: Visitor) -> None:
    post, pieces = make.post(), app.extensions["pieces"]
    items = [make.item(comments.KIND, make.comment(post, f"Remark {number}.").id)
             for number in range(3)]
    editor.get("/desk/")
    drawn = pieces.drawn
    assert len(editor.get("/desk/").all("article")) == 3
    assert pieces.drawn == drawn
    items[0].person = "Somebody Else"
    make.session.commit()
    assert "Somebody Else" in editor.get("/desk/").words
    assert pieces.drawn == drawn + 1


def test_cards_come_in_the_order_that_was_asked_and_what_is_gone_is_left_out(
        make: Maker, session: Session) -> None:
    post = make.post()
    ids = [make.item(comments.KIND, make.comment(post).id).id for _ in range(3)]
    asked = [ids[1], ids[2], 999, ids[0]]
    shown = cards_of(session, asked, make.account(), make.now())
    assert [card.item.id for card in shown] == [ids[1], ids[2], ids[0]]


def test_nobody_has_an_item_whose_claim_outlived_an_account(
        editor: Visitor, session: Session, item: ReviewItem) -> None:
    editor.post(f"/desk/items/{item.id}/claim")
    session.refresh(item)
    item.claimed_by_id = None
    session.commit()
    assert "this open" not in editor.get("/desk/").words
