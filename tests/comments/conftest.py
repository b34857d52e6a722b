"""What tests of comments may use: one comment with everybody who can do something about it."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.comments import actions
from app.comments.cases import appealing, following, reporting
from app.comments.cases.models import Appeal, Complaint
from app.comments.models import Comment
from app.desk.deciding import actions as desk
from app.desk.models import Decision, ReviewItem, Verb
from app.rules.models import Rulebook
from tests.at_once import at_once
from tests.conftest import FakeClock
from tests.making import Maker

__all__ = ["at_once"]


class Life:
    """One comment, and the hands of its sender, its readers and an editor on it."""

    def __init__(self, make: Maker, time: FakeClock) -> None:
        self.make, self.time, self.session = make, time, make.session
        self.comment = make.comment(make.post("On waiting"), "May I?")
        self.readers = 0

    def item(self, kind: str = actions.KIND) -> ReviewItem:
        """The item that is about the comment, or the newest report or appeal about it."""
        tables: dict[str, Any] = {reporting.KIND: Complaint, appealing.KIND: Appeal}
        if kind == actions.KIND:
            return self.make.item(kind, self.comment.id)
        newest = self.session.scalars(sa.select(tables[kind].id).where(
            tables[kind].comment_id == self.comment.id).order_by(tables[kind].id.desc())).first()
        return self.make.item(kind, newest or 0)

    def decide(self, kind: str, verb: Verb, **kwargs: Any) -> Decision:
        return self.make.decision(self.item(kind), verb, **kwargs)

    def approve(self) -> None:
        self.decide(actions.KIND, Verb.APPROVE)

    def reject(self) -> None:
        self.decide(actions.KIND, Verb.REJECT, reason="Off topic")

    def spam(self) -> None:
        self.decide(actions.KIND, Verb.SPAM)

    def appeal(self) -> None:
        appealing.send(self.session, self.comment, "It is about waiting.", now=self.time.now())

    def grant_appeal(self) -> None:
        self.decide(appealing.KIND, Verb.APPROVE)

    def refuse_appeal(self) -> None:
        self.decide(appealing.KIND, Verb.REJECT)

    def report(self) -> None:
        self.readers += 1
        reporting.report(self.session, self.comment, f"reader-{self.readers}",
                         reporting.Reason.RUDE, "", now=self.time.now())

    def keep(self) -> None:
        self.decide(reporting.KIND, Verb.APPROVE)

    def hide(self) -> None:
        self.decide(reporting.KIND, Verb.REJECT, reason="Personal attack")

    def hide_as_spam(self) -> None:
        self.decide(reporting.KIND, Verb.SPAM)

    def withdraw(self) -> None:
        following.withdraw(self.session, self.comment, now=self.time.now())

    def edit(self, body: str = "May I, please?") -> None:
        following.revise(self.session, self.comment, following.Words("Baker", body),
                         now=self.time.now())

    def _undo(self, kind: str) -> None:
        newest = sa.select(Decision).where(Decision.item_id == self.item(kind).id)
        decision = self.session.scalars(newest.order_by(Decision.id.desc()).limit(1)).one()
        desk.undo(self.session, decision, self.make.account(Role.EDITOR), now=self.time.now())

    def undo(self) -> None:
        self._undo(actions.KIND)

    def undo_appeal(self) -> None:
        self._undo(appealing.KIND)

    def undo_report(self) -> None:
        self._undo(reporting.KIND)

    def trust_everybody(self) -> None:
        """From now on the rules publish whatever no other rule has a doubt about."""
        rules = [{"name": name, "on": False, "verdict": "hold", "settings": {}}
                 for name in ("first", "proof")]
        self.watch(*rules)

    def watch(self, *rules: dict[str, Any]) -> None:
        """Saves a rulebook with these rules and all others as usual."""
        self.session.add(Rulebook(rules=list(rules), saved_at=self.time.now(), saved_by="a test"))
        self.session.commit()


@pytest.fixture
def life(make: Maker, time: FakeClock) -> Life:
    """A comment that waits, and what can be done about it."""
    return Life(make, time)


@pytest.fixture
def comment(life: Life) -> Comment:
    """The comment itself."""
    return life.comment


@pytest.fixture
def erase(app: Flask, session: Session) -> Callable[[], None]:
    """Lets the worker erase what is due."""
    def run() -> None:
        session.commit()
        app.extensions["jobs"].run("erase-old-words")
        session.expire_all()
    return run
