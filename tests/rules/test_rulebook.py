"""The rulebook: what its form takes, what saving changes, and how a change reads in words."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.database import db, for_writing
from app.rules import actions, queries
from app.rules.checks import RULES
from app.rules.forms import EntryRulesForm, RulebookForm
from app.rules.judging import Line, Verdict
from app.rules.models import EntryRules, Rulebook
from app.rules.wording import differences, told
from tests.at_once import at_once
from tests.conftest import NOON, FakeClock
from tests.making import Maker

__all__ = ["at_once"]

USUAL = queries.lines(())
NAMES = [line.rule.name for line in USUAL]


def changed(name: str, lines: list[Line] = USUAL, settings: dict[str, Any] | None = None,
            **fields: Any) -> list[Line]:
    """The rules with one of them changed."""
    return [replace(line, **fields, settings={**line.settings, **(settings or {})})
            if line.rule.name == name else line for line in lines]


def sent(started_from: str = "0", **fields: str | None) -> RulebookForm:
    """The form of the usual rules as it is sent, with these fields changed or left out."""
    data = {"started_from": started_from}
    for part in RulebookForm.of(USUAL, 0).parts:
        for field in part:
            if field.type == "BooleanField":
                data |= {field.name: "y"} if field.data else {}
            else:
                data[field.name] = str(field.data or field._value() or "")
    data |= {name: value for name, value in fields.items() if value is not None}
    return RulebookForm.sent(
        MultiDict({key: value for key, value in data.items() if fields.get(key, "") is not None}),
        USUAL)


def order(form: RulebookForm) -> list[str]:
    return [line.rule.name for line in form.lines]


def test_a_form_sent_as_it_came_changes_nothing() -> None:
    form = sent()
    assert form.validate(), list(form.errors)
    assert differences(USUAL, form.lines) == []


def test_a_form_sets_each_rule() -> None:
    form = sent(**{"links-on": None, "links-set_most": "0", "watched-verdict": "spam",
                   "blocked-set_words": " casino* \r\nbuy  now\n\ncasino*\n"})
    assert form.validate(), list(form.errors)
    lines = {line.rule.name: line for line in form.lines}
    assert not lines["links"].on
    assert lines["links"].settings["most"] == 0
    assert lines["watched"].verdict is Verdict.SPAM
    assert lines["blocked"].settings["words"] == ["casino*", "buy  now"]


@pytest.mark.parametrize(("field", "typed", "sentence"), [
    ("links-set_most", "two", "A whole number from 0 to 100, please."),
    ("links-set_most", "", "A whole number from 0 to 100, please."),
    ("links-set_most", "-1", "A whole number from 0 to 100, please."),
    ("links-set_most", "101", "A whole number from 0 to 100, please."),
    ("links-set_most", "1.5", "A whole number from 0 to 100, please."),
    ("links-place", "17", f"A whole number from 1 to {len(RULES)}, please."),
    ("links-place", "9" * 5000, f"A whole number from 1 to {len(RULES)}, please."),
    ("links-verdict", "refuse", "Not a valid choice"),
    ("blocked-set_words", "a\n**\nb", "A line with nothing but * would match every word."),
    ("blocked-set_words", "a*b*c*d*e", "more than 2 stars"),
    ("blocked-set_words", "x" * 101, "is longer than 100 characters"),
    ("blocked-set_words", "\n".join(map(str, range(501))), "At most 500 words, please"),
    ("blocked-set_words", "caf\ufffd", "could not be read"),
])
def test_a_mistake_has_a_sentence_at_its_field(field: str, typed: str, sentence: str) -> None:
    form = sent(**{field: typed})
    assert not form.validate()
    [(wrong, said)] = list(form.errors)
    assert wrong.name == field
    assert sentence in wrong.errors[0]
    assert said.endswith(wrong.errors[0])


def test_every_mistake_is_told_at_once() -> None:
    form = sent(**{"links-set_most": "x", "rate-set_per_network": "y"})
    assert not form.validate()
    assert len(list(form.errors)) == 2


def test_a_form_without_its_rules_is_refused() -> None:
    form = RulebookForm.sent(MultiDict(), USUAL)
    assert not form.validate()
    assert form.form_errors == ["The form came without its rules, so nothing was changed."]


def test_a_rule_that_the_form_did_not_know_stays_as_it_is() -> None:
    form = RulebookForm.sent(MultiDict({"links-place": "1", "links-on": "y",
                                        "links-verdict": "hold", "links-set_most": "5"}), USUAL)
    assert form.validate(), list(form.errors)
    assert [each.split(":")[0] for each in differences(USUAL, form.lines)] == ["Links", "Links"]


@pytest.mark.parametrize(("name", "place", "lands"), [
    ("links", "3", 3), ("links", "16", 16), ("duplicate", "11", 11), ("length", "2", 2),
    ("proof", "1", 1)])
def test_a_number_puts_a_rule_exactly_there(name: str, place: str, lands: int) -> None:
    form = sent(**{f"{name}-place": place})
    assert form.validate()
    assert order(form)[lands - 1] == name
    assert [each for each in order(form) if each != name] == [
        each for each in NAMES if each != name]


def test_two_rules_can_change_places() -> None:
    form = sent(**{"length-place": "3", "duplicate-place": "1"})
    assert form.validate()
    assert order(form)[:3] == ["duplicate", "closed", "length"]


@pytest.mark.parametrize(("new", "sentence"), [
    (changed("links", settings={"most": 1}), "Links: most links 1 instead of 2."),
    (changed("links", on=False), "Links: switched off."),
    (changed("service", on=True), "Spam service: switched on."),
    (changed("links", verdict=Verdict.SPAM), "Links: set aside as spam instead of held."),
    (changed("watched", settings={"words": ["a", "b*"]}), "Watched words: with “a”, “b*”."),
    (changed("closed", settings={"days": 1000}),
     "Closed: days after publication 1,000 instead of 120."),
    ([USUAL[-1], *USUAL[:-1]], "Proof of work: now number 1, before 16."),
    ([*USUAL[1:], USUAL[0]], "Length: now number 16, before 1."),
])
def test_a_change_is_told_in_words(new: list[Line], sentence: str) -> None:
    assert differences(USUAL, new) == [sentence]


def test_words_that_went_are_told_and_a_long_list_is_cut() -> None:
    old = changed("watched", settings={"words": ["a"]})
    new = changed("watched", settings={"words": list("bcdefghi")})
    assert differences(old, new) == [
        "Watched words: with “b”, “c”, “d”, “e”, “f”, “g” and 2 more; without “a”."]


def test_a_rule_as_it_stands_reads_as_a_sentence() -> None:
    lines = {line.rule.name: line for line in changed("blocked", settings={"words": ["casino"]})}
    assert told(lines["links"]) == "Hold it for an editor; most links 2."
    assert told(lines["blocked"]) == "Set it aside as spam; words “casino”."
    assert told(lines["watched"]) == "Hold it for an editor; words none."
    assert told(lines["service"]) == "Off."


@pytest.fixture
def save(session: Session, time: FakeClock) -> Callable[..., list[str]]:
    """Saves rules as an editor."""
    def saved(lines: list[Line], started_from: int, by: str = "Helen") -> list[str]:
        return actions.save(session, lines, started_from=started_from, by=by, now=time.now())
    return saved


Save = Callable[..., list[str]]


def test_the_newest_rulebook_holds_and_the_older_are_history(session: Session, save: Save) -> None:
    assert save(changed("links", settings={"most": 1}), 0) == ["Links: most links 1 instead of 2."]
    save(changed("links", settings={"most": 5}), 1)
    assert {line.rule.name: line for line in queries.in_force(session)}["links"].settings == {
        "most": 5}
    assert [book.id for book in session.scalars(queries.history())] == [2, 1]
    assert queries.before(session, session.get_one(Rulebook, 2)).id == 1  # type: ignore[union-attr]
    assert queries.before(session, session.get_one(Rulebook, 1)) is None


def test_saving_what_holds_already_saves_nothing(session: Session, save: Save) -> None:
    lines = changed("links", settings={"most": 1})
    save(lines, 0)
    assert save(lines, 0) == []
    assert session.scalar(sa.select(sa.func.count()).select_from(Rulebook)) == 1


def test_whoever_began_from_an_older_rulebook_is_told_who_saved(session: Session,
                                                               save: Save) -> None:
    save(changed("links", settings={"most": 1}), 0, by="Tomasz")
    with pytest.raises(actions.Stale, match="Tomasz saved in the meantime"):
        save(changed("links", settings={"most": 5}), 0)
    assert session.scalar(sa.select(sa.func.count()).select_from(Rulebook)) == 1


def test_of_those_who_save_at_once_one_does_and_the_others_are_told(
        app: Flask, at_once: Callable[..., list[Any]]) -> None:
    def act(number: int) -> str:
        lines = changed("links", settings={"most": number + 3})
        with app.app_context(), for_writing(db.sessionmaker()) as session:
            try:
                return " ".join(actions.save(session, lines, started_from=0, by="H", now=NOON))
            except actions.Stale:
                return "told"
    answers = at_once(act, 4)
    assert answers.count("told") == 3
    with app.app_context(), db.sessionmaker() as session:
        assert differences(USUAL, queries.in_force(session)) == [
            answer for answer in answers if answer != "told"]


def test_an_older_rulebook_is_used_again_as_a_new_one(session: Session, save: Save) -> None:
    save(changed("links", settings={"most": 1}), 0)
    save(changed("links", settings={"most": 5}), 1)
    again = actions.reuse(session, session.get_one(Rulebook, 1), by="Helen", now=NOON)
    assert again == ["Links: most links 1 instead of 5."]
    assert [book.id for book in session.scalars(queries.history())] == [3, 2, 1]


def own(session: Session, entry_id: int, changes: dict[str, Any], started_from: str = "") -> bool:
    return actions.save_for_entry(session, entry_id, changes, started_from=started_from,
                                  by="Helen", now=NOON)


NONE_ALLOWED = {"links": {"on": True, "verdict": "hold", "settings": {"most": 0}}}


def test_an_entrys_own_rule_holds_for_it_alone(session: Session, make: Maker) -> None:
    post = make.post()
    assert own(session, post.id, NONE_ALLOWED)
    assert not own(session, post.id, NONE_ALLOWED)
    assert differences(queries.in_force(session), queries.in_force(session, post.id)) == [
        "Links: most links 0 instead of 2."]
    version = actions.version(session.get(EntryRules, post.id))
    with pytest.raises(actions.Stale):
        own(session, post.id, {})
    assert own(session, post.id, {}, version)
    assert session.get(EntryRules, post.id) is None


def test_what_is_as_the_site_is_not_stored_and_not_checked() -> None:
    form = EntryRulesForm.of(USUAL, (), "", MultiDict({
        "links-own": "y", "links-on": "y", "links-verdict": "spam", "links-set_most": "0",
        "rate-set_per_network": "nonsense"}))
    assert form.validate(), list(form.errors)
    assert form.changes == {"links": {"on": True, "verdict": "spam", "settings": {"most": 0}}}
