"""The pipeline: order, the first finding, what else would have been said, what is stored."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.rules import queries
from app.rules.checks import RULES
from app.rules.facts import Facts
from app.rules.judging import PASSED, Line, Verdict, judge, undecided_before
from app.rules.models import EntryRules, Rulebook
from tests.conftest import NOON
from tests.making import Maker

DOUBTFUL = Facts("See https://a.example/", "Rita", links=("https://a.example/",) * 3)
KNOWN = Facts("Two metres.", "Rita", proof=True, verified=True, approved=3)


def line(name: str, verdict: Verdict | None = None, *, on: bool = True, **settings: Any) -> Line:
    rule = RULES[name]
    usual = {each: setting.default for each, setting in rule.settings.items()}
    return Line(rule, on, verdict or rule.verdicts[0], {**usual, **settings})


def test_without_a_doubt_a_comment_passes() -> None:
    judgement = judge(queries.lines(()), KNOWN)
    assert (judgement.finding, judgement.also) == (PASSED, ())
    assert judgement.verdict is Verdict.PASS


def test_the_first_finding_decides_and_the_others_are_noted() -> None:
    judgement = judge([line("links"), line("proof"), line("first")], DOUBTFUL)
    assert judgement.finding.rule == "links"
    assert [each.rule for each in judgement.also] == ["proof", "first"]


def test_the_order_decides() -> None:
    judgement = judge([line("first"), line("proof"), line("links")], DOUBTFUL)
    assert judgement.finding.rule == "first"
    assert [each.rule for each in judgement.also] == ["proof", "links"]


def test_an_editor_passes_although_later_rules_have_doubts() -> None:
    editor = Facts("x", staff=True)
    assert judge([line("staff"), line("first")], editor).verdict is Verdict.PASS
    assert judge([line("first"), line("staff")], editor).verdict is Verdict.HOLD


def test_a_rule_that_is_off_says_nothing_and_notes_nothing() -> None:
    judgement = judge([line("links", on=False), line("first"), line("proof", on=False)], DOUBTFUL)
    assert (judgement.finding.rule, judgement.also) == ("first", ())


def test_a_rule_decides_what_its_line_says() -> None:
    finding = judge([line("links", Verdict.SPAM, most=2)], DOUBTFUL).finding
    assert (finding.verdict, finding.words) == (Verdict.SPAM, DOUBTFUL.links)


@pytest.mark.parametrize(("facts", "lines", "undecided"), [
    (KNOWN, ["links", "first", "service"], True),
    (DOUBTFUL, ["links", "service"], False),
    (DOUBTFUL, ["service", "links"], True),
    (KNOWN, ["links"], False),
], ids=["nobody has spoken", "somebody has", "somebody speaks later", "it is not there"])
def test_a_costly_rule_is_asked_only_while_nothing_is_decided(
        facts: Facts, lines: list[str], undecided: bool) -> None:
    found = undecided_before("service", [line(name) for name in lines], facts)
    assert (found is not None) is undecided


def test_a_costly_rule_that_is_off_is_not_asked() -> None:
    assert undecided_before("service", [line("service", on=False)], KNOWN) is None


def test_without_a_rulebook_the_rules_stand_as_they_usually_do() -> None:
    assert [each.rule.name for each in queries.lines(())] == list(RULES)
    assert all(each.on is each.rule.on for each in queries.lines(()))


def test_a_rule_that_a_rulebook_does_not_know_stands_at_its_usual_place() -> None:
    stored = [line(name).as_json() for name in reversed(RULES) if name not in {"ban", "length"}]
    order = [each.rule.name for each in queries.lines(stored)]
    assert sorted(order) == sorted(RULES)
    assert order[0] == "length"
    assert order.index("ban") == order.index("staff") + 1


def test_a_stored_rule_that_is_gone_is_passed_over() -> None:
    stored = [{"name": "horoscope", "on": True, "verdict": "spam", "settings": {}}]
    assert "horoscope" not in [each.rule.name for each in queries.lines(stored)]


def test_a_stored_setting_or_verdict_that_is_gone_is_as_usual() -> None:
    stored = [{"name": "links", "on": True, "verdict": "refuse", "settings": {"colour": 3}}]
    found = next(each for each in queries.lines(stored) if each.rule.name == "links")
    assert (found.verdict, found.settings) == (Verdict.HOLD, {"most": 2})


def test_what_is_stored_comes_back_as_it_was() -> None:
    book = [line("first", comments=1).as_json(), line("links", Verdict.SPAM, on=False).as_json()]
    found = {each.rule.name: each for each in queries.lines(book)}
    assert found["first"].settings == {"comments": 1}
    assert (found["links"].on, found["links"].verdict) == (False, Verdict.SPAM)


def save(session: Session, *lines: Line) -> None:
    session.add(Rulebook(rules=[each.as_json() for each in lines], saved_at=NOON, saved_by="Ed"))
    session.commit()


def test_the_newest_rulebook_holds(session: Session) -> None:
    save(session, line("links", most=1))
    save(session, line("links", most=5))
    links = next(each for each in queries.in_force(session) if each.rule.name == "links")
    assert links.settings["most"] == 5


def test_an_entry_changes_some_rules_and_keeps_the_others(session: Session, make: Maker) -> None:
    entry, other = make.post(), make.post()
    save(session, line("links", most=1))
    session.add(EntryRules(entry_id=entry.id, saved_at=NOON, saved_by="Ed",
                           changes={"first": {"on": False}, "links": {"settings": {"most": 9}}}))
    session.commit()
    here = {each.rule.name: each for each in queries.in_force(session, entry.id)}
    there = {each.rule.name: each for each in queries.in_force(session, other.id)}
    assert (here["first"].on, here["links"].settings["most"]) == (False, 9)
    assert (there["first"].on, there["links"].settings["most"]) == (True, 1)


def test_facts_are_kept_without_the_text_and_come_back_with_it() -> None:
    kept = DOUBTFUL.kept()
    assert "body" not in kept
    assert Facts.of(DOUBTFUL.body, {**kept, "also": []}) == DOUBTFUL


def test_facts_of_an_older_version_are_as_by_default() -> None:
    assert Facts.of("Hello.", {"name": "Rita", "links": []}) == Facts("Hello.", "Rita")
