"""Bans and always-holds: made from a comment, listed, lifted, over in time."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.comments import actions as comments
from app.comments.gathering import Sender
from app.comments.models import Comment
from app.desk.models import ReviewItem
from app.entries.models import Entry
from app.readers.models import Reader
from app.rules import actions as rules
from app.rules import queries as rulebooks
from app.rules.models import Sanction, Sanctioned
from app.rules.sanctioning import actions, queries
from tests.conftest import NOON, FakeClock
from tests.counting import queries as asked
from tests.making import Maker
from tests.visiting import Page, Visitor

ADDRESS = "/desk/rules/sanctions"
NETWORK = "198.51.100.7/32"


@pytest.fixture
def post(make: Maker) -> Entry:
    return make.post("Boats")


def send(make: Maker, post: Entry, body: str, email: str = "mo@bad.example",
         **sender: Any) -> Comment:
    remark = comments.Remark("Mo", email, "", body)
    sent = comments.submit(make.session, post, remark, Sender(**sender), now=make.now())
    return make.session.get_one(Comment, sent.id)


@pytest.fixture
def item(make: Maker, post: Entry) -> ReviewItem:
    """A comment from a network at the desk."""
    return make.item(comments.KIND, send(make, post, "Buy boats.", network=NETWORK).id)


def form(item: ReviewItem, **fields: str) -> dict[str, str]:
    return {"item": str(item.id), "target": "email:mo@bad.example", "effect": "ban",
            "lasts": "month", "day": "", "note": ""} | fields


def offered(page: Page) -> list[str]:
    return [each["value"] for each in page.all("input") if each.get("name") == "target"]


def test_who_was_not_confirmed_can_be_named_by_address_or_network(editor: Visitor,
                                                                  item: ReviewItem) -> None:
    page = editor.get(f"{ADDRESS}/new?item={item.id}")
    assert offered(page) == ["email:mo@bad.example", "network:198.51.100.7/32",
                             "network:198.51.100.0/24", "network:198.51.0.0/16"]
    assert "198.51.100.7 alone" in page.words
    assert "198.51.0.0/16 (65,536 addresses)" in page.words
    assert "Buy boats." in page.words
    [chosen] = [each["value"] for each in page.all("input")
                if each.get("name") == "target" and "checked" in each]
    assert chosen == "email:mo@bad.example", "who sent it, not all that share a network"


def test_a_confirmed_reader_can_be_named_as_one(editor: Visitor, make: Maker, post: Entry,
                                                session: Session) -> None:
    reader = Reader(email="mo@bad.example", name="Mo", confirmed_at=NOON)
    session.add(reader)
    session.commit()
    comment = send(make, post, "Hm.", reader=reader, network="2001:db8:1:2::/64")
    item = make.item(comments.KIND, comment.id)
    page = editor.get(f"{ADDRESS}/new?item={item.id}")
    assert offered(page) == ["reader:1", "email:mo@bad.example", "network:2001:db8:1:2::/64",
                             "network:2001:db8:1::/48", "network:2001:db8::/32"]
    editor.post(ADDRESS, form(item, target="reader:1"))
    assert "Mo, mo@bad.example (confirmed)" in editor.get(ADDRESS).words


def test_a_ban_sets_aside_what_comes_and_the_log_takes_it_back(
        editor: Visitor, make: Maker, post: Entry, item: ReviewItem) -> None:
    assert "is set aside as spam at once, with a line in the log that can be taken back" in (
        editor.get(ADDRESS).words)
    page = editor.follow(editor.post(ADDRESS, form(item, note="Third time.")))
    assert "Banned from now on: mo@bad.example, whoever types it." in page.words
    assert "Third time." in page.words
    second = make.item(comments.KIND, send(make, post, "Again.").id)
    assert (second.state, second.rule) == ("decided", "ban")
    undo = [each["action"] for each in editor.get("/desk/log").all("form")
            if each["action"].endswith("/undo")]
    editor.post(undo[0])


def test_an_always_hold_of_a_network_reaches_its_neighbours(
        editor: Visitor, make: Maker, post: Entry, item: ReviewItem) -> None:
    editor.post(ADDRESS, form(item, target="network:198.51.100.0/24", effect="hold"))
    near = send(make, post, "Near.", "a@b.example", network="198.51.100.9/32")
    far = send(make, post, "Far.", "c@d.example", network="198.51.101.9/32")
    assert make.item(comments.KIND, near.id).rule == "always-hold"
    assert make.item(comments.KIND, far.id).rule == "first"


@pytest.mark.parametrize(("lasts", "day", "shown"), [
    ("week", "", "11 May 2026, 12:00 UTC"), ("month", "", "3 June 2026, 12:00 UTC"),
    ("year", "", "4 May 2027, 12:00 UTC"), ("date", "2026-05-04", "5 May 2026, 00:00 UTC"),
    ("ever", "", "for good"), ("ever", "2026-05-04", "for good")])
def test_it_ends_when_it_was_said_to(editor: Visitor, item: ReviewItem, lasts: str, day: str,
                                     shown: str) -> None:
    page = editor.follow(editor.post(ADDRESS, form(item, lasts=lasts, day=day)))
    assert shown in page.words


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"target": ""}, "Please choose who or where."),
    ({"target": "network:0.0.0.0/0"}, "Not a valid choice"),
    ({"effect": "hang"}, "Not a valid choice"),
    ({"lasts": "date"}, "Which day, please?"),
    ({"lasts": "date", "day": "soon"}, "A day such as 2026-12-31, please."),
    ({"lasts": "date", "day": "2026-05-03"}, "A day that is still to come"),
    ({"lasts": "date", "day": "9999-12-31"}, "A day that is still to come"),
    ({"note": "x" * 301}, "At most 300 characters."),
])
def test_a_mistake_is_told_and_nothing_is_made(editor: Visitor, item: ReviewItem,
                                               fields: dict[str, str], sentence: str) -> None:
    answer = editor.post(ADDRESS, form(item, **fields), 422)
    assert sentence in answer.text
    assert "Nobody is banned" in editor.get(ADDRESS).text


@pytest.mark.parametrize("number", ["", "0", "x", "9" * 30, "²"])
def test_a_comment_that_is_not_there_cannot_be_aimed_at(editor: Visitor, number: str) -> None:
    editor.get(f"{ADDRESS}/new?item={number}", 404)
    editor.post(ADDRESS, {"item": number}, 404)


def test_without_a_comment_the_form_leads_to_the_list(editor: Visitor) -> None:
    assert editor.client.get(f"{ADDRESS}/new").location == ADDRESS


def test_the_same_once_more_replaces_what_held(editor: Visitor, item: ReviewItem,
                                               session: Session) -> None:
    editor.post(ADDRESS, form(item, lasts="week"))
    editor.post(ADDRESS, form(item, lasts="ever"))
    [held] = session.scalars(queries.listed(NOON, past=False)).all()
    assert held.until is None
    assert "lifted by Editor Quill" in editor.get(f"{ADDRESS}?state=past").words


def test_what_is_lifted_holds_no_more_and_only_once(editor: Visitor, make: Maker, post: Entry,
                                                    item: ReviewItem) -> None:
    editor.post(ADDRESS, form(item))
    [lift] = [each["action"] for each in editor.get(ADDRESS).all("form")
              if each["action"].endswith("/lifting")]
    assert "Lifted." in editor.follow(editor.post(lift)).words
    assert make.item(comments.KIND, send(make, post, "Again.").id).rule == "first"
    editor.post(lift, status=409)
    editor.post(f"{ADDRESS}/99/lifting", status=404)


def test_what_is_over_is_past_and_cannot_be_lifted(editor: Visitor, item: ReviewItem,
                                                   time: FakeClock) -> None:
    editor.post(ADDRESS, form(item, lasts="week"))
    time.forward(days=8)
    assert "Nobody is banned" in editor.get(ADDRESS).text
    assert "its time was up" in editor.get(f"{ADDRESS}?state=past").words
    editor.post(f"{ADDRESS}/1/lifting", status=409)
    editor.get(f"{ADDRESS}?state=odd", 404)


def test_what_a_ban_does_is_said_as_the_rules_are_now(editor: Visitor, session: Session) -> None:
    lines = rulebooks.lines([{"name": "ban", "on": True, "verdict": "hold"},
                             {"name": "always-hold", "on": False}])
    rules.save(session, lines, started_from=0, by="Helen", now=NOON)
    words = editor.get(ADDRESS).words
    assert "A comment from somewhere banned waits for an editor" in words
    assert "the rule “Always hold” is switched off" in words


def test_the_list_asks_no_more_for_more(editor: Visitor, session: Session) -> None:
    def banned(number: int) -> None:
        reader = Reader(email=f"{number}@x.example", confirmed_at=NOON)
        session.add(reader)
        session.commit()
        actions.impose(session, reader.key, Sanctioned.BAN, until=None, note="", by="Helen",
                       now=NOON)
    banned(1)
    one = len(asked(editor, ADDRESS))
    for number in range(2, 21):
        banned(number)
    assert len(asked(editor, ADDRESS)) == one
    assert len(session.scalars(queries.listed(NOON, past=False)).all()) == 20


def test_a_reader_who_is_gone_still_has_a_line(editor: Visitor, session: Session) -> None:
    session.add(Sanction(target="reader:77", effect=Sanctioned.BAN, made_by="Helen", made_at=NOON))
    session.commit()
    assert "A reader who is gone" in editor.get(ADDRESS).words
