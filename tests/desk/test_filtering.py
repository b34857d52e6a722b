"""What part of the queue is shown: by kind, reason, entry, person, age and words, in two orders."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy.orm import Session

from app.comments import actions as comments
from app.desk import actions as desk
from app.desk import counting, kinds, searching
from app.desk import desk as queue_desk
from app.desk.filtering import Age, Filter, NoSuchFilter, Order
from app.desk.models import ReviewItem, Verb
from tests.conftest import NOON, FakeClock
from tests.making import Maker
from tests.visiting import Page, Visitor

Holds = Callable[..., ReviewItem]


@pytest.fixture
def hold(session: Session, make: Maker) -> Holds:
    """Puts a comment on the desk: `hold(ago=timedelta(days=2), rule="links")`."""
    def put(ago: timedelta = timedelta(0), *, urgency: int = 0, rule: str = "first",
            name: str = "Rita Reader", body: str | None = None) -> ReviewItem:
        comment = make.comment(make.post(), body, name=name)
        item = make.item(comments.KIND, comment.id)
        item.rule, item.waiting_since = rule, NOON - ago
        desk.press(item, urgency)
        session.commit()
        return item
    return put


def found(session: Session, shown: Filter) -> list[int]:
    return list(session.scalars(searching.looked_up(session, shown).query(NOON)))


def test_nothing_asked_shows_everything_that_waits_newest_first(
        session: Session, hold: Holds) -> None:
    old, new = hold(timedelta(days=3)), hold()
    assert Filter().is_empty
    assert found(session, Filter()) == [new.id, old.id]


def test_urgency_and_age_are_weighed_against_each_other(session: Session, hold: Holds) -> None:
    old = hold(timedelta(hours=3))
    pressing = hold(timedelta(hours=1), urgency=150)
    new = hold()
    assert found(session, Filter(order=Order.URGENT)) == [pressing.id, old.id, new.id]


@pytest.mark.parametrize(("age", "names"), [
    (Age.DAY, ["now", "yesterday"]), (Age.WEEK, ["now", "yesterday", "tuesday"]),
    (Age.OLDER, ["april"])])
def test_age_is_counted_back_from_now(
        session: Session, hold: Holds, age: Age, names: list[str]) -> None:
    ago = {"now": timedelta(0), "yesterday": timedelta(days=1), "tuesday": timedelta(days=6),
           "april": timedelta(days=7, seconds=1)}
    items = {name: hold(each).id for name, each in ago.items()}
    assert found(session, Filter(age=age)) == [items[name] for name in names]


def test_all_that_is_asked_must_be_so(session: Session, hold: Holds) -> None:
    item = hold(rule="links", name="Anton Anchor")
    hold(rule="links")
    hold(name="Anton Anchor")
    whole = Filter("comment", "links", item.entry_id, item.person_key, Age.DAY, "anchor")
    assert found(session, whole) == [item.id]
    assert found(session, Filter(entry_id=item.entry_id)) == [item.id]
    assert found(session, Filter(person_key=item.person_key, rule="first")) != [item.id]


def test_what_was_decided_is_in_no_filter(session: Session, make: Maker, hold: Holds) -> None:
    make.decision(hold(), Verb.SPAM)
    assert found(session, Filter()) == []


@pytest.mark.parametrize("shown", [
    Filter(), Filter(order=Order.URGENT),
    Filter("comment", "links", 7, "email:a+b@ü.example", Age.WEEK, "50% & \"more\"", Order.URGENT)])
def test_an_address_leads_back_to_its_filter(shown: Filter) -> None:
    path, _, query = shown.address().partition("?")
    assert path == "/desk/"
    assert Filter.of(query) == shown


def test_an_address_can_change_one_thing_and_keep_the_rest() -> None:
    shown = Filter(words="rope", age=Age.DAY)
    assert shown.address(age=None) == "/desk/?q=rope"
    assert shown.address("/desk/zen", words="", age=Age.OLDER) == "/desk/zen?age=older"


@pytest.mark.parametrize("query", [
    "kind=nonsense", "kind=%00", "reason=a%00b", "reason=%C3%A9", "reason=" + "x" * 41, "entry=-1",
    "entry=²", "entry=1234567890", "age=tomorrow", "order=random"])
def test_what_cannot_be_is_not_there(editor: Visitor, query: str) -> None:
    editor.get(f"/desk/?{query}", 404)


def test_what_a_browser_claims_to_look_at_is_no_reason_to_fail(hold: Holds) -> None:
    assert Filter.of("age=tomorrow") == Filter()
    with pytest.raises(NoSuchFilter, match="no such entry"):
        Filter.read({"entry": "x"})


def test_links_and_chips_keep_the_order(editor: Visitor, time: FakeClock, hold: Holds) -> None:
    hold(timedelta(days=3), urgency=10_000)
    hold()
    page = editor.get("/desk/?order=urgent&age=week")
    assert {each["href"] for each in page.all("a")} >= {"/desk/?kind=comment&age=week&order=urgent"}


def numbers(page: Page | str) -> dict[str, str]:
    text = page if isinstance(page, str) else page.text
    return dict(re.findall(r'>([\w ]+) <span class="(?:count|tally)">([\d,+]+)</span>', text))


def test_the_numbers_are_those_under_the_filter(
        make: Maker, session: Session, editor: Visitor, hold: Holds) -> None:
    link = hold(rule="links", body="A rope for sale.")
    hold(body="A rope of hemp.")
    hold(timedelta(days=30), rule="links", body="An anchor.")
    make.submission()
    none = {f"{kind.label}s": "0" for kind in kinds.every()}
    assert numbers(editor.get("/desk/")) == {
        **none, "All": "4", "Comments": "3", "Guest posts": "1", "Links": "2",
        "First comments": "1"}
    assert numbers(editor.get("/desk/?kind=submission")) == {
        **none, "All": "4", "Comments": "3", "Guest posts": "1"}
    assert numbers(editor.get("/desk/?reason=links&age=week")) == {
        **none, "All": "1", "Comments": "1", "Links": "1", "First comments": "1"}
    assert numbers(editor.get("/desk/?q=ROPE&kind=comment")) == {
        **none, "All": "2", "Comments": "2", "Links": "1", "First comments": "1"}
    headers = {"HX-Current-URL": "http://localhost/desk/?q=rope", "HX-Request": "true",
               "HX-Request-Type": "partial"}
    answer = editor.post(f"/desk/items/{link.id}/spam", status=200, headers=headers)
    assert numbers(answer.text)["All"] == "1"
    assert "/desk/?kind=comment&amp;q=rope" in answer.text


def test_the_numbers_under_an_age_go_with_the_clock(session: Session, hold: Holds) -> None:
    hold()
    for days, number in ((0, 1), (2, 0)):
        found = counting.counts(session, Filter(age=Age.DAY), NOON + timedelta(days=days))
        assert (found.all, found.here) == (number, number)


def test_of_many_no_number_claims_to_be_exact_but_of_those_that_one_decision_takes(
        monkeypatch: pytest.MonkeyPatch, editor: Visitor, hold: Holds) -> None:
    monkeypatch.setattr(counting, "MOST", 2)
    monkeypatch.setattr(queue_desk, "PAGE", 1)
    for rule in ("first", "first", "first", "links", "links"):
        hold(rule=rule)
    page = editor.get("/desk/")
    said = {"All": "2+", "Comments": "2+", "First comments": "2+", "Links": "2"}
    assert said.items() <= numbers(page).items()
    assert "All 5 that wait" in page.words
    assert "All 2 that match this filter" in editor.get("/desk/?reason=links").words
    assert "All 5 that match this filter" in editor.get("/desk/?kind=comment").words
    monkeypatch.setattr(counting, "AT_ONCE", 5)
    assert "All 5 that wait" in editor.get("/desk/").words
    assert "2+ left" in editor.get("/desk/zen").words
    monkeypatch.setattr(counting, "AT_ONCE", 3)
    assert "All 3+ that wait" in editor.get("/desk/?order=urgent").words


def test_of_words_that_many_have_no_more_are_counted_than_anybody_reads(
        session: Session, monkeypatch: pytest.MonkeyPatch, editor: Visitor, make: Maker,
        hold: Holds) -> None:
    monkeypatch.setattr(counting, "MOST", 2)
    monkeypatch.setattr(queue_desk, "PAGE", 1)
    for number in range(3):
        hold(timedelta(minutes=number), rule="links" if number else "first", body="A rope.")
        found = numbers(editor.get("/desk/?q=rope"))
        assert found["All"] == ("1", "2", "2+")[number]
    page = editor.get("/desk/?q=rope")
    assert numbers(page)["All"] == numbers(page)["Comments"] == "2+"
    assert "Guest posts …" in page.words
    assert "All 2+ that match this filter" in page.words
    assert "2+ left" in editor.get("/desk/zen?q=rope").words
    assert numbers(editor.get("/desk/?q=rope&reason=first"))["All"] == "1+"
    hold(timedelta(minutes=3), body="The oldest rope.")
    shown = searching.looked_up(session, Filter(words="rope", rule="first"))
    counted = counting.counts(session, shown, NOON)
    assert (counted.here, str(counting.number(session, shown, NOON, counted))) == (1, "2")
    every = {verb for kind in kinds.every() for verb in kind.effects}
    assert counting.possible(counted, Filter(words="rope")) == every, "there may be such ones"


@pytest.mark.parametrize(("typed", "there"), [
    ("ÉTHIQUE", "Une éthique"), ("strasse", "Die Straße"), ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ("привет", "ПРИВЕТ всем"), ("ﬁsh", "a fish"), ("sea boats", "Boats on the sea")])
def test_words_are_found_in_any_order_and_in_the_letters_of_any_script(
        session: Session, make: Maker, hold: Holds, typed: str, there: str) -> None:
    item = hold(body=there)
    hold(body="Something else.")
    for _ in range(2):
        assert found(session, Filter(words=typed)) == [item.id]
        make.index()
    item.text = "Other words."
    session.commit()
    for _ in range(2):
        assert found(session, Filter(words=typed)) == []
        assert found(session, Filter(words="other")) == [item.id]
        make.index()
    assert found(session, Filter(words="other", rule="links")) == []


def test_what_narrows_is_said_and_can_be_taken_away_one_by_one(
        editor: Visitor, hold: Holds) -> None:
    item = hold(rule="links", name="Anton Anchor")
    page = editor.get(f"/desk/?kind=comment&reason=links&entry={item.entry_id}&age=day&q=remark"
                      f"&person={quote(item.person_key)}&order=urgent")
    for words in ("Kind Comment", "Reason Links", f"On {item.title}", "From Anton Anchor",
                  "Waiting less than a day", "With “remark”"):
        assert words in page.words
    addresses = [each["href"] for each in page.all("a")]
    assert f"/desk/?kind=comment&reason=links&entry={item.entry_id}" \
           f"&person={quote(item.person_key, safe='')}&age=day&order=urgent" in addresses
    assert "/desk/?order=urgent" in addresses


def test_nothing_of_it_waiting_is_no_reason_to_have_a_coffee(
        editor: Visitor, hold: Holds) -> None:
    hold()
    page = editor.get("/desk/?reason=nobody-knows&person=nobody&entry=99&age=older")
    assert "Nothing of this waits." in page.text
    assert "coffee" not in page.text
