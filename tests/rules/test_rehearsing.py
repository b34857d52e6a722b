"""Rehearsal: what proposed rules would have done with the comments of the last 90 days."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.comments import actions as comments
from app.comments.cases import following
from app.database import db
from app.desk.deciding import actions as desk
from app.desk.models import ReviewItem, Verb
from app.rules import actions, past, queries, rehearsing, telling
from app.rules.facts import Facts
from app.rules.judging import Line, Verdict, decisive, judge
from app.rules.rehearsing import Fate, Past, Rehearsal, rehearse
from tests.conftest import NOON, FakeClock
from tests.counting import statements
from tests.making import Maker

A, R, S, W, T = Fate.APPROVED, Fate.REJECTED, Fate.SPAM, Fate.WAITING, Fate.RULES
# A reader whom no rule but those on the text has a doubt about.
TRUSTED = Facts("", verified=True, approved=9, proof=True).kept()
USUAL = queries.lines(())
Watching = Callable[..., list[Line]]


def rules(words: str = "", blocked: str = "") -> list[Line]:
    """The usual rules with these watched and blocked words."""
    lists = {"watched": words.split(), "blocked": blocked.split()}
    return [replace(line, settings={"words": lists[line.rule.name]})
            if line.rule.name in lists else line for line in USUAL]


def history(said: str, facts: dict[str, Any] = TRUSTED) -> list[Past]:
    """Comments from "boats:approved tea:spam", a word and its fate each."""
    pairs = [each.split(":") for each in said.split()]
    return [Past(number, "Rita", f"I like {word}.", facts, Fate[fate.upper()])
            for number, (word, fate) in enumerate(pairs, 1)]


def run(said: str, now: list[Line], then: list[Line]) -> Rehearsal:
    return rehearse(history(said), lambda entry: now, lambda entry: then)


def sentences(told: Iterable[telling.Told]) -> list[str]:
    return [" ".join(filter(None, (each.sentence, each.beside))) for each in told]


NOTHING_HELD = "Would have held nothing."
NO_SPAM = "Would have set aside nothing as spam."
NO_PASS = "Would have published nothing at once."


@pytest.mark.parametrize(("said", "words", "told"), [
    ("", "tea", [NOTHING_HELD, NO_SPAM, NO_PASS]),
    ("tea:approved tea:approved tea:rejected boats:approved", "tea",
     ["Would have held 3, of which you approved 2.", NO_SPAM,
      "Would have published 1 at once, which you approved."]),
    ("tea:approved", "tea", ["Would have held 1, which you approved.", NO_SPAM, NO_PASS]),
    ("tea:spam", "tea", ["Would have held 1, which you did not approve.", NO_SPAM, NO_PASS]),
    ("tea:spam", "", [NOTHING_HELD, NO_SPAM,
                      "Would have published 1 at once, which you rejected or called spam."]),
    ("a:spam b:rejected c:approved", "",
     [NOTHING_HELD, NO_SPAM,
      "Would have published 3 at once, of which you rejected or called spam 2."]),
    ("tea:approved tea:approved", "tea",
     ["Would have held 2, of which you approved all.", NO_SPAM, NO_PASS]),
    ("tea:rejected tea:spam", "tea",
     ["Would have held 2, of which you approved none.", NO_SPAM, NO_PASS]),
    ("tea:waiting tea:rules tea:rules", "tea",
     ["Would have held nothing that an editor has decided. Counted apart: 1 that still waits"
      " and 2 that the rules decided and no editor has read.", NO_SPAM, NO_PASS]),
    ("tea:approved tea:waiting", "tea",
     ["Would have held 1, which you approved. Counted apart: 1 that still waits.",
      NO_SPAM, NO_PASS]),
])
def test_a_history_reads_as_sentences(said: str, words: str, told: list[str]) -> None:
    assert sentences(telling.ends(run(said, USUAL, rules(words)))) == told


def test_what_would_be_set_aside_or_refused_is_told() -> None:
    then = [replace(line, settings={"least": 1, "most": 100}) if line.rule.name == "length"
            else line for line in rules(blocked="tea")]
    result = run(f"tea:approved tea:spam {'x' * 200}:approved", USUAL, then)
    assert sentences(telling.ends(result)) == [
        NOTHING_HELD, "Would have set aside 2 as spam, of which you approved 1.",
        "Would have refused 1, which you approved.", NO_PASS]


@pytest.mark.parametrize(("now", "then", "told"), [
    ("", "tea", ["Newly held, set aside or refused: 2, of which you approved 1."]),
    ("tea", "", ["Newly published at once: 2, of which you rejected or called spam 1."]),
    ("tea", "tea", []),
    ("tea", "boats", ["Newly held, set aside or refused: 1, which you approved.",
                      "Newly published at once: 2, of which you rejected or called spam 1."]),
])
def test_the_difference_to_the_rules_as_they_are_is_told(now: str, then: str,
                                                         told: list[str]) -> None:
    result = run("tea:approved tea:rejected boats:approved", rules(now), rules(then))
    assert sentences(telling.changes(result)) == told


def test_what_is_set_aside_instead_of_held_is_told() -> None:
    result = run("tea:approved", rules("tea"), rules(blocked="tea"))
    assert sentences(telling.changes(result)) == [
        "Stopped as now, but in another way: 1, which you approved."]


def test_a_comment_is_listed_with_the_rule_and_its_words() -> None:
    result = run("tea:approved", USUAL, rules("tea"))
    assert [case.rules for case in result.stopped.cases] == ["Watched words: tea."]
    result = run("tea:approved", rules("tea"), USUAL)
    assert [case.rules for case in result.let_through.cases] == [
        "No rule any more; now “Watched words: tea”."]
    assert [case.rules for case in run("tea:spam", USUAL, USUAL).mistaken.cases] == [
        "No rule finds anything."]


def test_a_list_stops_at_fifty_but_the_count_does_not() -> None:
    result = run("tea:approved " * 70, USUAL, rules("tea"))
    assert result.ends[Verdict.HOLD].all == 70
    assert len(result.ends[Verdict.HOLD].cases) == rehearsing.SHOWN == 50


def test_of_a_comment_without_facts_only_the_text_is_judged() -> None:
    result = rehearse(history("tea:approved boats:spam", {}), lambda entry: USUAL,
                      lambda entry: rules("tea"))
    assert sentences(telling.ends(result))[0] == "Would have held 1, which you approved."
    assert result.mute == 1
    assert any("Not counted: 1 of which only the text is known" in each
               for each in telling.limits(result, USUAL, USUAL))


def test_what_a_rehearsal_cannot_hear_is_said_when_it_matters() -> None:
    on = [replace(line, on=True) if line.rule.name == "service" else line for line in USUAL]
    assert len(telling.limits(Rehearsal(), USUAL, USUAL)) == 1
    assert "not asked again" in telling.limits(Rehearsal(), USUAL, on)[1]


def test_asking_for_the_decisive_finding_alone_is_the_same_judgement() -> None:
    lines = rules("tea", "boats")
    for body in ("tea", "boats", "boats and tea", "neither"):
        for facts in (Facts(body), Facts.of(body, TRUSTED)):
            assert decisive(lines, facts) == judge(lines, facts).finding


@pytest.fixture
def rehearsed(session: Session, time: FakeClock) -> Callable[..., Rehearsal]:
    """Rehearses over what is in the database."""
    def run(lines: list[Line], **entry: Any) -> Rehearsal:
        session.expire_all()
        return past.rehearsal(session, lines, now=time.now(), **entry)
    return run


Rehearsed = Callable[..., Rehearsal]


def ends(result: Rehearsal) -> dict[str, dict[Fate, int]]:
    return {verdict.value: dict(tally.fates) for verdict, tally in result.ends.items() if tally.all}


def decided(make: Maker, verb: Verb, body: str = "Tea.") -> ReviewItem:
    comment = make.comment(make.post(), body)
    item = make.item(comments.KIND, comment.id)
    make.decision(item, verb)
    return item


def test_what_editors_decided_counts_and_what_was_withdrawn_does_not(
        make: Maker, session: Session, rehearsed: Rehearsed) -> None:
    decided(make, Verb.APPROVE)
    decided(make, Verb.SPAM)
    make.comment(make.post())
    following.withdraw(session, make.comment(make.post()), now=NOON)
    assert ends(rehearsed(USUAL)) == {"hold": {A: 1, S: 1, W: 1}}


def test_a_decision_that_was_taken_back_is_none(make: Maker, session: Session,
                                                rehearsed: Rehearsed) -> None:
    comment = make.comment(make.post())
    decision = make.decision(make.item(comments.KIND, comment.id), Verb.APPROVE)
    desk.undo(session, decision, make.account(), now=NOON)
    assert ends(rehearsed(USUAL)) == {"hold": {W: 1}}


def test_what_the_rules_decided_is_no_editors_word(make: Maker, session: Session,
                                                   rehearsed: Rehearsed) -> None:
    actions.save(session, rules(blocked="casino"), started_from=0, by="Helen", now=NOON)
    make.comment(make.post(), "A casino.")
    assert ends(rehearsed(USUAL)) == {"hold": {T: 1}}


def test_only_the_last_ninety_days_are_rehearsed(make: Maker, time: FakeClock,
                                                 rehearsed: Rehearsed) -> None:
    decided(make, Verb.APPROVE)
    time.forward(days=89)
    assert rehearsed(USUAL).heard == 1
    time.forward(days=2)
    assert rehearsed(USUAL).heard == 0


def test_more_than_fit_are_left_out_and_that_is_said(
        make: Maker, time: FakeClock, rehearsed: Rehearsed,
        monkeypatch: pytest.MonkeyPatch) -> None:
    for fate in (Verb.REJECT, Verb.APPROVE, Verb.APPROVE):
        decided(make, fate)
        time.forward(minutes=11)
    monkeypatch.setattr(past, "MOST", 2)
    result = rehearsed(USUAL)
    assert ends(result) == {"hold": {A: 2}}
    assert "there were more" in telling.heard(result)


def test_an_entrys_own_rules_go_on_to_hold_for_it(make: Maker, session: Session,
                                                  rehearsed: Rehearsed) -> None:
    post = make.post()
    make.comment(post, "One.")
    make.comment(make.post(), "Two.")
    off = {name: {"on": False} for name in ("first", "proof")}
    actions.save_for_entry(session, post.id, off, started_from="", by="Helen", now=NOON)
    assert ends(rehearsed(USUAL)) == {"hold": {W: 1}, "pass": {W: 1}}
    alone = rehearsed(USUAL, entry_id=post.id, changes={})
    assert ends(alone) == {"hold": {W: 1}}
    assert alone.stopped.all == 1


def test_a_rehearsal_asks_as_much_for_one_comment_as_for_many(
        app: Flask, make: Maker, session: Session) -> None:
    post = make.post()

    def asked() -> int:
        session.commit()
        with statements(app) as seen, db.sessionmaker() as reading:
            past.rehearsal(reading, USUAL, now=NOON + timedelta(minutes=1))
        return len(seen)
    make.comment(post)
    one = asked()
    for _ in range(12):
        make.comment(post)
    assert asked() == one
