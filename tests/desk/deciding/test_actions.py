"""Deciding and taking back: one door, the first one wins, all of it or nothing."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app import mail
from app.accounts.models import Account, Role
from app.comments.cases import following
from app.comments.models import Comment, CommentState
from app.database import db, writing
from app.desk import changing, claiming
from app.desk.deciding import actions
from app.desk.deciding.actions import AlreadyDecided
from app.desk.kinds import NotPossible
from app.desk.models import Decision, ItemState, ReviewItem, Verb
from app.entries.models import EntryState
from app.mail import OutgoingMail
from app.writing import actions as drafts
from app.writing.models import Submission, SubmissionState
from tests.conftest import NOON, FakeClock
from tests.making import Maker

WAITING, DECIDED, WITHDRAWN = ItemState.WAITING, ItemState.DECIDED, ItemState.WITHDRAWN
Stored = Callable[[Any], Any]


class Desk:
    """An item, and the hands of an editor on it."""

    def __init__(self, make: Maker, item: ReviewItem) -> None:
        self.make, self.session, self.item = make, make.session, item
        self.editor = make.account(Role.EDITOR)

    def approve(self) -> Decision:
        return actions.decide(self.session, self.item, Verb.APPROVE, self.editor, now=NOON)

    def reject(self) -> Decision:
        return actions.decide(self.session, self.item, Verb.REJECT, self.editor, now=NOON)

    def undo(self) -> None:
        newest = sa.select(Decision).order_by(Decision.id.desc()).limit(1)
        actions.undo(self.session, self.session.scalars(newest).one(), self.editor, now=NOON)

    def withdraw(self) -> None:
        changing.withdraw(self.session, self.item.kind, self.item.subject_id)
        self.session.commit()

    def claim(self) -> None:
        claiming.claim(self.session, self.item, self.editor, now=NOON)


@pytest.fixture
def desk(make: Maker, item: ReviewItem) -> Desk:
    return Desk(make, item)


# What was done before, what is done now, and where the item stands after it; AlreadyDecided where
# the desk says that somebody was faster.
STEPS = [
    # An item that waits can be decided, or taken back by its sender.
    ("", "approve", DECIDED),
    ("", "reject", DECIDED),
    ("", "withdraw", WITHDRAWN),
    ("", "claim", WAITING),
    # A claim is a courtesy: it stops nobody.
    ("claim", "approve", DECIDED),
    ("claim", "withdraw", WITHDRAWN),
    # The first decision stands.
    ("approve", "approve", AlreadyDecided),
    ("approve", "reject", AlreadyDecided),
    ("approve", "withdraw", AlreadyDecided),
    # Whatever was decided can be taken back, once, and decided anew.
    ("approve", "undo", WAITING),
    ("reject", "undo", WAITING),
    ("approve undo", "undo", AlreadyDecided),
    ("approve undo", "reject", DECIDED),
    ("approve undo reject", "undo", WAITING),
    ("approve undo reject undo", "approve", DECIDED),
    ("approve undo", "withdraw", WITHDRAWN),
    # What its sender has taken back is theirs again.
    ("withdraw", "approve", AlreadyDecided),
    ("withdraw", "withdraw", AlreadyDecided),
]


@pytest.mark.parametrize(("before", "act", "after"), STEPS)
def test_an_item_goes_only_where_the_table_says(
        desk: Desk, stored: Stored, before: str, act: str, after: Any) -> None:
    for step in before.split():
        getattr(desk, step)()
    stood = stored(desk.item).state
    if after is AlreadyDecided:
        with pytest.raises(AlreadyDecided):
            getattr(desk, act)()
        assert stored(desk.item).state is stood
    else:
        getattr(desk, act)()
        assert stored(desk.item).state is after


def test_an_old_decision_cannot_be_taken_back_over_a_newer_one(
        desk: Desk, comment: Comment, stored: Stored) -> None:
    old = desk.approve()
    desk.undo()
    newer = desk.reject()
    with pytest.raises(AlreadyDecided):
        actions.undo(desk.session, old, desk.editor, now=NOON)
    assert stored(comment).state is CommentState.REJECTED
    assert stored(newer).can_be_undone


@pytest.mark.parametrize(("verb", "state"), [
    (Verb.APPROVE, CommentState.APPROVED), (Verb.REJECT, CommentState.REJECTED),
    (Verb.SPAM, CommentState.SPAM)])
def test_a_decision_changes_the_comment_and_an_undo_changes_it_back(
        make: Maker, comment: Comment, item: ReviewItem, stored: Stored, verb: Verb,
        state: CommentState) -> None:
    decision = make.decision(item, verb)
    assert stored(comment).state is state
    actions.undo(make.session, decision, make.account(), now=NOON)
    assert stored(comment).state is CommentState.WAITING


def test_a_line_of_the_log_says_who_decided_what_when_and_why(
        make: Maker, item: ReviewItem, stored: Stored, time: FakeClock) -> None:
    time.forward(minutes=7)
    line = stored(make.decision(item, Verb.REJECT, reason="Off topic", message="Sorry."))
    assert (line.account_name, line.verb, line.reason, line.message) == (
        "Editor Quill", Verb.REJECT, "Off topic", "Sorry.")
    assert line.decided_at == time.now()
    assert line.can_be_undone


def test_who_comes_too_late_is_told_who_was_faster(make: Maker, item: ReviewItem) -> None:
    make.decision(item, Verb.SPAM)
    with pytest.raises(AlreadyDecided) as told:
        make.decision(item, Verb.APPROVE)
    assert told.value.decision is not None
    assert told.value.decision.sentence == "Editor Quill has decided it already: spam."


def test_after_a_withdrawal_nobody_is_said_to_have_been_faster(desk: Desk) -> None:
    desk.withdraw()
    with pytest.raises(AlreadyDecided) as told:
        desk.approve()
    assert told.value.decision is None


def test_a_decision_frees_a_claimed_item(desk: Desk, stored: Stored) -> None:
    desk.claim()
    assert stored(desk.item).claimed_by_id == desk.editor.id
    desk.approve()
    desk.undo()
    assert stored(desk.item).claimed_by_id is None


def numbers(app: Flask) -> tuple[int, int]:
    """How many decisions and how many mails there are."""
    with app.app_context(), db.sessionmaker() as fresh:
        return (len(fresh.scalars(sa.select(Decision)).all()),
                len(fresh.scalars(sa.select(OutgoingMail)).all()))


def test_a_decision_that_cannot_be_made_leaves_nothing_half_done(
        app: Flask, make: Maker, item: ReviewItem, stored: Stored) -> None:
    with pytest.raises(NotPossible, match="cannot be decided like this"):
        make.decision(item, Verb.RETURN)
    assert stored(item).state is WAITING
    assert numbers(app) == (0, 0)
    make.decision(item, Verb.APPROVE)


def test_an_effect_that_fails_takes_the_decision_with_it(
        app: Flask, make: Maker, session: Session, stored: Stored) -> None:
    sent = make.submission()
    sent.entry.html = ""
    session.commit()
    item = make.item(drafts.KIND, sent.id)
    with pytest.raises(NotPossible, match="a title and a text"):
        make.decision(item, Verb.APPROVE)
    assert stored(item).state is WAITING
    assert stored(sent).state is SubmissionState.SENT
    assert numbers(app) == (0, 0)


def test_an_undo_that_cannot_be_made_leaves_nothing_half_done(
        app: Flask, make: Maker, session: Session, stored: Stored, time: FakeClock) -> None:
    sent = make.submission()
    returned = make.decision(make.item(drafts.KIND, sent.id), Verb.RETURN)
    again = drafts.send_in(session, drafts.queries.piece(session, sent.account, sent.entry_id),
                           note="", wanted_at=None, now=time.now())
    with pytest.raises(NotPossible, match="sent this piece in again"):
        actions.undo(session, returned, make.account(), now=time.now())
    assert stored(returned).can_be_undone
    assert stored(sent).state is SubmissionState.RETURNED
    assert stored(again).state is SubmissionState.SENT
    session.commit()
    time.forward(minutes=1)
    app.extensions["jobs"].run(mail.JOB)
    [told] = outbox(app)
    assert told.sent_at == time.now(), "the mail about the first answer is not held back"


def in_line(app: Flask, act: Callable[[Session, ReviewItem, Account], Any], item: ReviewItem,
            by: Account) -> str:
    """What somebody at a desk of their own is told."""
    with app.app_context(), writing() as own:
        try:
            act(own, own.get_one(ReviewItem, item.id), own.get_one(Account, by.id))
        except AlreadyDecided:
            return "too late"
        return "done"


def test_of_many_who_decide_at_once_one_wins_and_the_others_are_told(
        app: Flask, make: Maker, item: ReviewItem, stored: Stored,
        at_once: Callable[..., list[Any]]) -> None:
    editor, verbs = make.account(), [Verb.APPROVE, Verb.REJECT, Verb.SPAM] * 2

    def decide(number: int) -> str:
        return in_line(app, lambda session, waiting, by: actions.decide(
            session, waiting, verbs[number], by, now=NOON), item, editor)

    answers = at_once(decide, 6)
    assert sorted(answers) == ["done"] + ["too late"] * 5
    assert numbers(app)[0] == 1
    with app.app_context(), db.sessionmaker() as fresh:
        assert fresh.scalars(sa.select(Decision.verb)).one() is verbs[answers.index("done")]


def test_of_many_who_take_back_at_once_one_does(
        app: Flask, make: Maker, session: Session, at_once: Callable[..., list[Any]]) -> None:
    sent = make.submission()
    item = make.item(drafts.KIND, sent.id)
    decision, editor = make.decision(item, Verb.REJECT), make.account()

    def undo(_number: int) -> str:
        return in_line(app, lambda session, waiting, by: actions.undo(
            session, session.get_one(Decision, decision.id), by, now=NOON), item, editor)

    assert sorted(at_once(undo, 5)) == ["done"] + ["too late"] * 4


def test_a_comment_that_is_withdrawn_and_decided_at_once_is_withdrawn(
        app: Flask, make: Maker, comment: Comment, item: ReviewItem, stored: Stored,
        at_once: Callable[..., list[Any]]) -> None:
    editor = make.account()

    def act(number: int) -> str:
        if number:
            return in_line(app, lambda session, _item, _by: following.withdraw(
                session, session.get_one(Comment, comment.id), now=NOON), item, editor)
        return in_line(app, lambda session, waiting, by: actions.decide(
            session, waiting, Verb.APPROVE, by, now=NOON), item, editor)

    decided, withdrawn = at_once(act, 2)
    assert decided in {"done", "too late"}
    assert withdrawn == "done", "a sender may withdraw whatever was decided"
    assert stored(comment).state is CommentState.WITHDRAWN
    assert stored(item).state is WITHDRAWN


def outbox(app: Flask) -> list[OutgoingMail]:
    with app.app_context(), db.sessionmaker() as fresh:
        return list(fresh.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id)))


def test_a_slip_that_is_undone_in_time_is_never_heard_of(
        app: Flask, make: Maker, time: FakeClock) -> None:
    decision = make.decision(make.item(drafts.KIND, make.submission().id), Verb.REJECT)
    time.forward(seconds=29)
    actions.undo(make.session, decision, make.account(), now=time.now())
    make.session.commit()
    time.forward(minutes=5)
    app.extensions["jobs"].run(mail.JOB)
    [dropped] = outbox(app)
    assert dropped.sent_at is None


def test_a_decision_that_was_told_is_taken_back_with_a_second_mail(
        app: Flask, make: Maker, time: FakeClock) -> None:
    decision = make.decision(make.item(drafts.KIND, make.submission().id), Verb.REJECT)
    time.forward(minutes=1)
    app.extensions["jobs"].run(mail.JOB)
    actions.undo(make.session, decision, make.account(), now=time.now())
    make.session.commit()
    time.forward(minutes=1)
    app.extensions["jobs"].run(mail.JOB)
    first, second = outbox(app)
    assert first.sent_at is not None
    assert second.sent_at is not None
    assert second.recipient == first.recipient
    assert first.subject in second.subject
    assert "taken back" in second.body


@pytest.mark.parametrize(("verb", "state", "entry_state"), [
    (Verb.APPROVE, SubmissionState.ACCEPTED, EntryState.PUBLISHED),
    (Verb.RETURN, SubmissionState.RETURNED, EntryState.DRAFT),
    (Verb.REJECT, SubmissionState.REJECTED, EntryState.DRAFT),
    (Verb.SPAM, SubmissionState.REJECTED, EntryState.REMOVED)])
def test_every_decision_on_a_piece_has_its_effect_and_its_way_back(
        make: Maker, stored: Stored, verb: Verb, state: SubmissionState,
        entry_state: EntryState) -> None:
    sent: Submission = make.submission()
    decision = make.decision(make.item(drafts.KIND, sent.id), verb)
    assert (stored(sent).state, stored(sent.entry).state) == (state, entry_state)
    actions.undo(make.session, decision, make.account(), now=NOON)
    assert (stored(sent).state, stored(sent.entry).state) == (
        SubmissionState.SENT, EntryState.WAITING)
