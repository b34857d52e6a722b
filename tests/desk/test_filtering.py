"""What part of the queue is shown: by kind, reason, entry, person, age and words, in two orders."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.comments import actions as comments
from app.desk import actions as desk
from app.desk.filtering import Age, Filter, NoSuchFilter, Order
from app.desk.models import ReviewItem
from tests.conftest import NOON, FakeClock
from tests.making import Maker
from tests.visiting import Visitor

Holds = Callable[..., ReviewItem]


@pytest.fixture
def hold(session: Session, make: Maker) -> Holds:
    """Puts a comment on the desk that waits as said: `hold(ago=timedelta(days=2), rule="links")`."""
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
    return [item.id for item in session.scalars(shown.query(NOON))]


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
    make.decision(hold(), desk.Verb.SPAM)
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
