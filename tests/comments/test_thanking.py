"""Thanks without an account."""

from typing import Any

import pytest
import sqlalchemy as sa

from app.comments import thanking
from app.comments.models import Comment, Thanks
from tests.making import Maker
from tests.visiting import Visitor

PUBLIC = {"REMOTE_ADDR": "9.9.9.9"}


@pytest.fixture
def comment(make: Maker) -> Comment:
    return make.comment(make.post(), approved=True)


@pytest.fixture
def later(make: Maker, time: Any) -> Any:
    """Lets the job come round once everything is old enough to be counted."""
    def count() -> int:
        thanking.count_due(make.session, now=time.forward(minutes=5))
        make.session.commit()
        make.session.expire_all()
        return make.session.scalars(sa.select(Comment.thanks)).first() or 0
    return count


def thank(visitor: Visitor, comment: Comment, agent: str = "Firefox", back: bool = False,
          **kwargs: Any) -> Any:
    return visitor.post(f"{comment.path}/thanks{'/withdrawal' if back else ''}",
                        environ_overrides={"HTTP_USER_AGENT": agent, **PUBLIC}, **kwargs)


def test_without_javascript_thanks_are_told_on_a_page_that_leads_back_and_takes_them_back(
        visitor: Visitor, comment: Comment) -> None:
    answer = thank(visitor, comment)
    assert "Set-Cookie" not in answer.headers
    page = visitor.follow(answer)
    assert "will see your thanks in a few minutes" in page.words
    assert comment.path in {each.get("href") for each in page.all("a")}
    [back] = [each["action"] for each in page.all("form") if "withdrawal" in each["action"]]
    page = visitor.follow(visitor.post(back))
    assert "are not counted any more" in page.words
    assert f"{comment.path}/thanks" in {each["action"] for each in page.all("form")}


def test_htmx_gets_the_way_to_take_them_back(visitor: Visitor, comment: Comment) -> None:
    answer = visitor.swap(f"{comment.path}/thanks")
    assert "Thanked" in answer.text
    assert f'action="{comment.path}/thanks/withdrawal"' in answer.text
    answer = visitor.swap(f"{comment.path}/thanks/withdrawal")
    assert f'action="{comment.path}/thanks"' in answer.text


def test_a_click_changes_no_page_and_is_counted_minutes_later(
        visitor: Visitor, comment: Comment, later: Any) -> None:
    before = visitor.client.get(comment.entry.path).data
    thank(visitor, comment, "Firefox")
    thank(visitor, comment, "Chromium")
    assert visitor.client.get(comment.entry.path).data == before
    assert later() == 2
    assert "thanked 2 times" in visitor.get(comment.entry.path).words


def test_nothing_is_counted_before_it_is_minutes_old(visitor: Visitor, comment: Comment,
                                                     make: Maker, time: Any) -> None:
    thank(visitor, comment)
    thanking.count_due(make.session, now=time.forward(minutes=4))
    make.session.refresh(comment)
    assert comment.thanks == 0


STEPS = [
    # what is pressed, with a count between where there is a "|", and what stands in the end
    (["give", "give"], 1),
    (["give", "back"], 0),
    (["back"], 0),
    (["give", "|", "give"], 1),
    (["give", "|", "back"], 0),
    (["give", "|", "back", "back", "|", "back"], 0),
    (["give", "|", "back", "give"], 1),
    (["give", "|", "back", "|", "give"], 1),
]


@pytest.mark.parametrize(("steps", "expected"), STEPS, ids=lambda value: " ".join(value)
                         if isinstance(value, list) else "")
def test_twice_is_once_and_back_is_back(visitor: Visitor, comment: Comment, later: Any,
                                        steps: list[str], expected: int) -> None:
    for step in steps:
        if step == "|":
            later()
        else:
            thank(visitor, comment, back=step == "back")
    assert later() == expected
    assert later() == expected


def test_what_is_kept_leads_to_nobody(visitor: Visitor, comment: Comment, make: Maker) -> None:
    other = make.comment(comment.entry, approved=True)
    for each in (comment, other):
        thank(visitor, each)
    voters = list(make.session.scalars(sa.select(Thanks.voter)))
    assert len(set(voters)) == 2
    assert not any("9.9.9" in voter or "Firefox" in voter for voter in voters)


def test_a_flood_from_one_network_is_slowed_down(visitor: Visitor, comment: Comment,
                                                 monkeypatch: pytest.MonkeyPatch,
                                                 later: Any) -> None:
    monkeypatch.setattr(thanking, "LIMIT", 3)
    for number in range(3):
        thank(visitor, comment, f"Browser {number}")
    answer = thank(visitor, comment, "Browser 4", status=429)
    assert int(answer.headers["Retry-After"]) > 0
    assert later() == 3


def test_an_address_that_all_seem_to_come_from_is_not_slowed_down(
        visitor: Visitor, comment: Comment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thanking, "LIMIT", 1)
    for number in range(3):
        visitor.post(f"{comment.path}/thanks", environ_overrides={
            "HTTP_USER_AGENT": f"Browser {number}", "REMOTE_ADDR": "10.0.0.1"})


def test_what_is_hidden_cannot_be_thanked(visitor: Visitor, make: Maker) -> None:
    comment = make.comment(make.post())
    thank(visitor, comment, status=404)
    visitor.get(f"{comment.path}/thanks", status=404)


def test_an_old_number_without_rows_stays(visitor: Visitor, comment: Comment, make: Maker,
                                          later: Any) -> None:
    comment.thanks = 12
    make.session.commit()
    thank(visitor, comment)
    assert later() == 13


def test_one_machine_cannot_thank_as_many_by_changing_the_name_of_its_browser(
        visitor: Visitor, comment: Comment, later: Any) -> None:
    for number in range(8):
        thank(visitor, comment, f"Browser {number}")
    assert later() == thanking.FROM_ONE_NETWORK
    thank(visitor, comment, "Browser 0", back=True)
    thank(visitor, comment, "Browser 7")
    thank(visitor, comment, "Browser 0")
    assert later() == thanking.FROM_ONE_NETWORK, "who took theirs back comes after the others"
    visitor.post(f"{comment.path}/thanks", environ_overrides={"REMOTE_ADDR": "9.9.8.9"})
    assert later() == thanking.FROM_ONE_NETWORK + 1


def test_what_many_browsers_of_one_network_thank_at_once_is_capped_too(
        visitor: Visitor, comment: Comment, later: Any, at_once: Any) -> None:
    browsers, path = [Visitor(visitor.app) for _ in range(6)], f"{comment.path}/thanks"

    def press(number: int) -> int:
        return browsers[number].post(path, environ_overrides={
            "HTTP_USER_AGENT": f"B{number}", **PUBLIC}).status_code

    assert at_once(press, 6) == [303] * 6
    assert later() == thanking.FROM_ONE_NETWORK
