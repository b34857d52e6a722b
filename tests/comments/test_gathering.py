"""What is known of a comment on its way in: the proof, the hidden field, who sends it."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import clock
from app.accounts.models import Role
from app.comments import actions
from app.comments.candidate import Candidate
from app.comments.gathering import Sender, gather
from app.comments.models import Comment, CommentState
from app.database import db, for_writing
from app.desk.models import ItemState, ReviewItem
from app.entries.models import Entry
from app.rules import proof
from app.rules.models import Rulebook, Sanction, Sanctioned
from tests.at_once import at_once
from tests.conftest import NOON, FakeClock
from tests.making import Maker
from tests.rules.solving import solve
from tests.visiting import Visitor

__all__ = ["at_once"]

GOOD = {"author_name": "Rita Reader", "author_email": "rita@reader.example", "body": "It worked."}
OPEN = [{"name": "first", "on": False}]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "FEWEST", 2)
    monkeypatch.setattr(proof, "MOST", 6)


@pytest.fixture
def address(make: Maker) -> str:
    return f"{make.post().path}/comments"


def newest(session: Session) -> tuple[Comment, ReviewItem]:
    comment = session.scalars(sa.select(Comment).order_by(Comment.id.desc())).first()
    assert comment is not None
    item = session.scalars(sa.select(ReviewItem).where(ReviewItem.subject_id == comment.id)).one()
    return comment, item


def save(session: Session, rules: list[dict[str, Any]]) -> None:
    session.add(Rulebook(rules=rules, saved_at=NOON, saved_by="Ed"))
    session.commit()


def answer(visitor: Visitor) -> str:
    return solve(visitor.client.get("/_/challenge").json)


def test_with_its_sum_a_comment_has_one_doubt_less(visitor: Visitor, session: Session,
                                                   address: str) -> None:
    save(session, OPEN)
    visitor.post(address, {**GOOD, "altcha": answer(visitor)})
    comment, item = newest(session)
    assert (item.rule, item.facts["proof"]) == ("", True)
    assert (comment.state, item.state) == (CommentState.APPROVED, ItemState.DECIDED)


def test_without_javascript_a_comment_is_held_and_never_refused(
        visitor: Visitor, session: Session, address: str) -> None:
    save(session, OPEN)
    said = visitor.post(address, GOOD)
    comment, item = newest(session)
    assert (comment.state, item.rule) == (CommentState.WAITING, "proof")
    assert "without JavaScript that is normal" in visitor.follow(said).words


@pytest.mark.parametrize("sent", ["", "nonsense", "e30=", "\u20ac", "A" * 100_000])
def test_a_bad_sum_is_as_good_as_none(visitor: Visitor, session: Session, address: str,
                                      sent: str) -> None:
    save(session, OPEN)
    visitor.post(address, {**GOOD, "altcha": sent})
    assert newest(session)[1].rule == "proof"


def test_a_sum_counts_once(visitor: Visitor, session: Session, address: str) -> None:
    save(session, OPEN)
    solved = answer(visitor)
    visitor.post(address, {**GOOD, "altcha": solved})
    visitor.post(address, {**GOOD, "body": "Once more.", "altcha": solved})
    comment, item = newest(session)
    assert (comment.body, comment.proof, item.rule) == ("Once more.", None, "proof")


def test_a_sum_that_took_longer_than_an_hour_is_as_good_as_none(
        visitor: Visitor, session: Session, address: str, time: FakeClock) -> None:
    save(session, OPEN)
    solved = answer(visitor)
    time.forward(minutes=61)
    visitor.post(address, {**GOOD, "altcha": solved})
    assert newest(session)[1].rule == "proof"


def test_a_refused_comment_does_not_spend_its_sum(visitor: Visitor, session: Session,
                                                  address: str) -> None:
    save(session, [*OPEN, {"name": "length", "settings": {"least": 5}}])
    solved = answer(visitor)
    visitor.post(address, {**GOOD, "body": "Ha", "altcha": solved}, status=422)
    visitor.post(address, {**GOOD, "body": "Haha!", "altcha": solved})
    assert newest(session)[0].state is CommentState.APPROVED


def test_of_several_comments_at_once_with_one_sum_one_has_it(
        app: Flask, make: Maker, session: Session,
        at_once: Callable[..., list[Any]]) -> None:
    entry_id = make.post().id

    def send(number: int) -> bool:
        with app.app_context(), for_writing(db.sessionmaker()) as own:
            entry = own.get(Entry, entry_id)
            assert entry is not None
            own.commit()
            remark = actions.Remark("Rita", f"r{number}@reader.example", "", f"Remark {number}.")
            actions.submit(own, entry, remark, Sender(proof="one and the same"), now=clock.now())
        return True

    assert all(at_once(send, 4))
    session.rollback()
    comments = session.scalars(sa.select(Comment)).all()
    assert sorted(comment.proof is not None for comment in comments) == [False, False, False, True]
    facts = [item.facts["proof"] for item in session.scalars(sa.select(ReviewItem))]
    assert sorted(facts) == [False, False, False, True]


def test_the_form_has_a_field_that_people_neither_see_nor_reach(visitor: Visitor,
                                                                make: Maker) -> None:
    page = visitor.get(make.post().path)
    [field] = [each for each in page.all("input") if each.get("name") == "subject"]
    assert (field["tabindex"], field["autocomplete"]) == ("-1", "off")
    [around] = [each for each in page.all("div") if "data-unseen" in each]
    assert (around["aria-hidden"], around["class"]) == ("true", "hidden")


def test_whoever_fills_in_the_hidden_field_is_set_aside_and_not_told(
        visitor: Visitor, session: Session, address: str) -> None:
    said = visitor.post(address, {**GOOD, "subject": "Best prices"})
    comment, item = newest(session)
    assert said.headers["Location"] == comment.follow_path
    assert (comment.state, item.rule) == (CommentState.SPAM, "honeypot")


def test_blanks_in_the_hidden_field_are_nobodys_doing(visitor: Visitor, session: Session,
                                                      address: str) -> None:
    visitor.post(address, {**GOOD, "subject": "  "})
    assert newest(session)[1].facts["honeypot"] is False


def test_an_editor_who_is_signed_in_is_published_at_once(editor: Visitor, session: Session,
                                                         address: str) -> None:
    editor.post(address, {**GOOD, "author_email": "Editor@lectern.example"})
    comment, item = newest(session)
    assert (comment.state, item.facts["staff"]) == (CommentState.APPROVED, True)
    assert item.person_key == f"account:{comment.account_id}"


def test_an_account_under_another_address_proves_nothing(editor: Visitor, session: Session,
                                                         address: str) -> None:
    editor.post(address, GOOD)
    comment, item = newest(session)
    assert (comment.account_id, item.facts["verified"]) == (None, False)
    assert comment.state is CommentState.WAITING


def test_the_address_of_an_editor_proves_nothing_to_whoever_types_it(
        visitor: Visitor, session: Session, make: Maker, address: str) -> None:
    make.account()
    visitor.post(address, {**GOOD, "author_email": "editor@lectern.example"})
    comment, item = newest(session)
    assert (comment.account_id, item.facts["staff"], comment.state) == (
        None, False, CommentState.WAITING)


def test_an_account_that_was_approved_before_is_known(
        signed_in: Callable[..., Visitor], session: Session, make: Maker, address: str) -> None:
    save(session, [{"name": "first", "settings": {"comments": 1}}])
    reader = signed_in(make.account(Role.READER, "rita@reader.example"))
    reader.post(address, {**GOOD, "altcha": answer(reader)})
    assert newest(session)[1].rule == "first"
    editor = signed_in(Role.EDITOR)
    editor.post(f"/desk/items/{newest(session)[1].id}/approval")
    reader.post(address, {**GOOD, "body": "Again.", "altcha": answer(reader)})
    assert newest(session)[0].state is CommentState.APPROVED


def send_from(app: Flask, address: str, body: str, where: str) -> None:
    sent = app.test_client().post(address, data={**GOOD, "body": body},
                                  headers={"Sec-Fetch-Site": "same-origin"},
                                  environ_base={"REMOTE_ADDR": where})
    assert sent.status_code == 303


@pytest.mark.parametrize(("effect", "rule", "state"), [
    (Sanctioned.BAN, "ban", CommentState.SPAM),
    (Sanctioned.HOLD, "always-hold", CommentState.WAITING)])
def test_a_sanction_meets_whatever_comes_from_there_and_nobody_else(
        app: Flask, session: Session, address: str, effect: Sanctioned, rule: str,
        state: CommentState) -> None:
    session.add(Sanction(target="network:8.8.8.0/24", effect=effect, made_by="Ed", made_at=NOON))
    session.commit()
    send_from(app, address, "One.", "8.8.8.200")
    assert (newest(session)[1].rule, newest(session)[0].state) == (rule, state)
    send_from(app, address, "Two.", "8.8.9.1")
    assert newest(session)[1].rule == "first"


def test_a_ban_of_an_account_holds_wherever_it_signs_in(
        signed_in: Callable[..., Visitor], session: Session, make: Maker, address: str) -> None:
    account = make.account(Role.READER, "rita@reader.example")
    session.add(Sanction(target=f"account:{account.id}", effect=Sanctioned.BAN, made_by="Ed",
                         made_at=NOON))
    session.commit()
    signed_in(account).post(address, GOOD)
    assert newest(session)[1].rule == "ban"


def test_a_comment_with_new_words_is_no_duplicate_of_itself_and_keeps_its_sum(
        visitor: Visitor, session: Session, address: str) -> None:
    visitor.post(address, {**GOOD, "altcha": answer(visitor)})
    stored, _item = newest(session)
    comment = Candidate(stored.entry, stored.author_name, stored.author_email, "", "",
                        stored.body, stored.html, NOON, stored.network, id=stored.id)
    assert comment.digest == stored.digest
    _lines, facts = gather(session, comment, Sender(proof=stored.proof), NOON)
    assert (facts.duplicate, facts.from_identity, facts.proof) == (False, 0, True)


def test_what_is_kept_of_where_a_comment_came_from_is_one_prefix(app: Flask, session: Session,
                                                                 address: str) -> None:
    send_from(app, address, "One.", "2001:4860:4860:1:2:3:4:5")
    comment, item = newest(session)
    assert comment.network == "2001:4860:4860:1::/64"
    assert ":2:3:4:5" not in str(item.facts)
