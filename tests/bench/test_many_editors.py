"""Sixteen editors at one desk on SQLite, all deciding the same two hundred items at once."""

import logging
from collections import Counter
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.comments import actions as comments
from app.comments.models import Comment, CommentState
from app.database import db
from app.desk.models import Decision, ItemState, ReviewItem, Verb
from tests.at_once import at_once
from tests.making import Maker
from tests.visiting import Visitor

__all__ = ["at_once"]

EDITORS, ITEMS = 16, 200
NOUNS = {"approval": (Verb.APPROVE, CommentState.APPROVED),
         "rejection": (Verb.REJECT, CommentState.REJECTED), "spam": (Verb.SPAM, CommentState.SPAM)}


@pytest.fixture
def items(make: Maker, session: Session) -> list[int]:
    post = make.post()
    held = [make.comment(post, name=f"N{number} Reader") for number in range(ITEMS)]
    found = [make.item(comments.KIND, each.id).id for each in held]
    session.commit()
    return found


@pytest.fixture
def editors(make: Maker, session: Session, signed_in: Callable[..., Visitor]) -> list[Visitor]:
    found = [signed_in(make.account(Role.EDITOR, f"e{number}@lectern.example"))
             for number in range(EDITORS)]
    session.commit()
    return found


def test_each_item_is_decided_once(app: Flask, items: list[int], editors: list[Visitor],
                                   at_once: Callable[..., list[Any]],
                                   caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    nouns = list(NOUNS)

    def clear(number: int) -> Counter[int]:
        headers = {"Sec-Fetch-Site": "same-origin", "HX-Request": "true",
                   "HX-Request-Type": "partial"}
        return Counter(editors[number].client.post(
            f"/desk/items/{item}/{nouns[(number + item) % 3]}", headers=headers).status_code
            for item in items)

    start = monotonic()
    answers = sum(at_once(clear, EDITORS), Counter())
    spent = monotonic() - start
    judge(app, items)
    assert answers == {200: ITEMS, 409: ITEMS * (EDITORS - 1)}
    assert "locked" not in caplog.text
    print(f"\n{EDITORS} editors, {ITEMS} items, one by one: {answers[200]} decided,"
          f" {answers[409]} told that somebody was faster, {spent:.1f} s,"
          f" {EDITORS * ITEMS / spent:.0f} answers a second")


def test_each_item_is_decided_once_where_all_decide_the_lot(
        app: Flask, items: list[int], editors: list[Visitor],
        at_once: Callable[..., list[Any]], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    verbs = ["approve", "reject", "spam"]

    def clear(number: int) -> int:
        answer = editors[number].client.post(
            "/desk/decisions", data={"verb": verbs[number % 3], "ids": items},
            headers={"Sec-Fetch-Site": "same-origin"})
        return answer.status_code

    start = monotonic()
    answers = at_once(clear, EDITORS)
    spent = monotonic() - start
    judge(app, items)
    assert set(answers) == {303}
    assert "locked" not in caplog.text
    print(f"\n{EDITORS} editors, the same lot of {ITEMS} at once: {ITEMS} decided, {spent:.1f} s")


def judge(app: Flask, items: list[int]) -> None:
    """One decision an item, and each comment as its one decision says."""
    with app.app_context(), db.sessionmaker() as fresh:
        made = fresh.execute(sa.select(Decision.item_id, Decision.verb)).all()
        assert sorted(item for item, _verb in made) == sorted(items)
        rows = fresh.execute(
            sa.select(Decision.verb, Comment.state, ReviewItem.state)
            .join(Decision.item).join(Comment, Comment.id == ReviewItem.subject_id)).all()
    wanted = dict(NOUNS.values())
    assert len(rows) == ITEMS
    assert all(wanted[verb] is state and where is ItemState.DECIDED
               for verb, state, where in rows)
