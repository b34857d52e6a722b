"""Every rule as a table: what it is told, what it says, and which words it points at."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.checks import RULES, matches
from app.rules.facts import Facts
from app.rules.judging import Match, Verdict

PLAIN = Facts("Two metres is long enough for a bench.", "Rita", proof=True)
TWO = ("https://a.example/", "https://b.example/")
MEMBER = {"verified": True, "approved": 3}

# A sentence; the rule; the facts that differ from PLAIN; the settings that differ from the usual;
# the first words of what it says, or None; the words that it matched.
TABLE: list[tuple[str, str, dict[str, Any], dict[str, Any], str | None, tuple[str, ...]]] = [
    ("an ordinary length passes", "length", {}, {}, None, ()),
    ("one sign passes", "length", {"body": "+"}, {}, None, ()),
    ("8,000 signs pass", "length", {"body": "x" * 8000}, {}, None, ()),
    ("one sign more is too long", "length", {"body": "x" * 8001}, {}, "A comment has at most 8,000",
     ()),
    ("too short is too short", "length", {"body": "Ha"}, {"least": 3}, "A comment has at least 3",
     ()),
    ("an open entry takes comments", "closed", {}, {}, None, ()),
    ("a closed one does not", "closed", {"closed": True}, {}, "Comments on this page", ()),
    ("new words are new", "duplicate", {}, {}, None, ()),
    ("the same words are told apart", "duplicate", {"duplicate": True}, {}, "You have sent exactly",
     ()),
    ("119 from one network are no flood", "rate", {"from_network": 119}, {}, None, ()),
    ("the 121st from one network is", "rate", {"from_network": 120}, {}, "That was a lot", ()),
    ("the 61st from one person is", "rate", {"from_identity": 60}, {}, "That was a lot", ()),
    ("a stricter limit counts", "rate", {"from_identity": 2}, {"per_identity": 2},
     "That was a lot", ()),
    ("a reader is no editor", "staff", {"verified": True}, {}, None, ()),
    ("an editor is", "staff", {"staff": True}, {}, "An editor wrote this", ()),
    ("who is not banned is not", "ban", {"held": "watch him"}, {}, None, ()),
    ("a ban without a note is a ban", "ban", {"banned": ""}, {}, "Comments from here are not", ()),
    ("a ban's note is the staff's own", "ban", {"banned": "a troll"}, {},
     "Comments from here are not taken at present.", ()),
    ("nobody is held for a ban", "always-hold", {"banned": ""}, {}, None, ()),
    ("an always-hold holds", "always-hold", {"held": ""}, {}, "An editor reads everything", ()),
    ("people leave the hidden field empty", "honeypot", {}, {}, None, ()),
    ("machines fill it in", "honeypot", {"honeypot": True}, {}, "A field that people do", ()),
    ("a browser did its sum", "proof", {}, {}, None, ()),
    ("without JavaScript there is none", "proof", {"proof": False}, {}, "It came without the small",
     ()),
    ("two links pass", "links", {"links": TWO}, {}, None, ()),
    ("a third is one too many", "links", {"links": (*TWO, "https://c.example/")}, {},
     "It has 3 links; up to 2 links would pass", (*TWO, "https://c.example/")),
    ("where one may be, two are too many", "links", {"links": TWO}, {"most": 1},
     "It has 2 links; up to one link would pass", TWO),
    ("where none may be, one is too many", "links", {"links": TWO[:1]}, {"most": 0},
     "It has a link in it", TWO[:1]),
    ("no words are watched at first", "watched", {}, {}, None, ()),
    ("a watched word is found as it was typed", "watched", {"body": "A BENCH, a Bench!"},
     {"words": ["bench"]}, "It has words in it that an editor", ("BENCH", "Bench")),
    ("a name is read too", "watched", {"name": "Casino King"}, {"words": ["casino"]},
     "It has words", ("Casino",)),
    ("and a headline", "watched", {"headline": "I buy gold"}, {"words": ["buy gold"]},
     "It has words", ("buy gold",)),
    ("and a link", "watched", {"url": "https://casino.example/"}, {"words": ["casino.example"]},
     "It has words", ("casino.example",)),
    ("a part of a word is not the word", "watched", {"body": "Benches"}, {"words": ["bench"]},
     None, ()),
    ("blocked words are found alike", "blocked", {"body": "cheap pills"}, {"words": ["pill*"]},
     "It has words in it that only advertising", ("pills",)),
    ("no blocked word, no doubt", "blocked", {}, {"words": ["pill*"]}, None, ()),
    ("one refusal happens to anyone", "refusals", {"verified": True, "refused_lately": 1}, {},
     None, ()),
    ("two are noticed", "refusals", {"verified": True, "refused_lately": 2}, {},
     "Some of this reader's last", ()),
    ("refusals of an address that was only typed say nothing about its owner", "refusals",
     {"refused_lately": 9}, {}, None, ()),
    ("what has learned nothing says nothing", "classifier", {}, {}, None, ()),
    ("what has learned too little says nothing", "classifier",
     {"spam_chance": 1.0, "learned": 49}, {}, None, ()),
    ("a chance below the limit passes", "classifier", {"spam_chance": 0.89, "learned": 50}, {},
     None, ()),
    ("a chance at the limit does not", "classifier", {"spam_chance": 0.9, "learned": 50}, {},
     "It reads like comments that were spam", ()),
    ("where no service is asked none is missing", "service", {}, {}, None, ()),
    ("a service that finds nothing is no doubt", "service", {"service": "ham"}, {}, None, ()),
    ("its doubt is a doubt", "service", {"service": "spam"}, {}, "The spam service that this site"
     " asks has a doubt", ()),
    ("its certainty is one", "service", {"service": "discard"}, {}, "The spam service that this"
     " site asks is certain", ()),
    ("its silence is a doubt", "service", {"service": "down"}, {}, "The spam service that this site"
     " asks did not answer", ()),
    ("an address that was only typed is always new", "first", {"approved": 99}, {},
     "Every first comment", ()),
    ("a confirmed reader is new at first", "first", {"verified": True, "approved": 2}, {},
     "Every first comment", ()),
    ("and known after three approvals", "first", MEMBER, {}, None, ()),
    ("where none need be approved, being confirmed is enough", "first", {"verified": True},
     {"comments": 0}, None, ()),
]


@pytest.mark.parametrize(("name", "facts", "settings", "says", "words"),
                         [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_rule_says_what_the_table_says(name: str, facts: dict[str, Any], settings: dict[str, Any],
                                         says: str | None, words: tuple[str, ...]) -> None:
    usual = {each: setting.default for each, setting in RULES[name].settings.items()}
    assert settings.keys() <= usual.keys()
    match = RULES[name].check(replace(PLAIN, **facts), {**usual, **settings})
    if says is None:
        assert match is None
    else:
        assert isinstance(match, Match)
        assert match.why.startswith(says)
        assert match.words == words


def test_every_rule_has_a_row_that_matches_and_one_that_does_not() -> None:
    for name in RULES:
        said = {row[4] is None for row in TABLE if row[1] == name}
        assert said == {True, False}, name


def test_what_a_rule_says_is_a_sentence_that_its_sender_may_read() -> None:
    for sentence, name, facts, settings, says, _words in TABLE:
        if says is not None:
            usual = {each: one.default for each, one in RULES[name].settings.items()}
            match = RULES[name].check(replace(PLAIN, **facts), {**usual, **settings})
            assert match is not None
            assert re.fullmatch(r"[A-Z][^\n]+\.", match.why), sentence


def test_every_rule_says_what_it_is_for_and_is_bounded() -> None:
    for rule in RULES.values():
        assert rule.label
        assert rule.explains.endswith(".")
        assert rule.verdicts
        for setting in rule.settings.values():
            assert setting.label
            if isinstance(setting.default, int):
                assert setting.least <= setting.default <= setting.most


def test_only_what_is_certain_is_refused_at_once() -> None:
    refusing = {name for name, rule in RULES.items() if Verdict.REFUSE in rule.verdicts}
    assert refusing == {"length", "closed", "duplicate", "rate"}


def test_only_the_service_is_off_at_first() -> None:
    assert {name for name, rule in RULES.items() if not rule.on} == {"service"}


PATTERNS = [
    (["bench"], "No bench.", ("bench",)),
    (["bench"], "No benches.", ()),
    (["bench*"], "Benches and a bench", ("Benches", "bench")),
    (["*bench"], "A workbench", ("workbench",)),
    (["free money"], "Free \n money", ("Free \n money",)),
    (["c++"], "I write C++.", ("C++",)),
    (["a.b"], "axb a.b", ("a.b",)),
    (["straße"], "STRASSE Straße", ("Straße",)),
    (["équipe"], "Équipe", ("Équipe",)),
    (["赢钱"], "你 赢钱 了", ("赢钱",)),
    (["*", " ", ""], "anything", ()),
    ([" bench "], "a bench", ("bench",)),
    (["(", "["], "( and [", ("(", "[")),
    (["a", "b"], "b a b", ("b", "a")),
]


@pytest.mark.parametrize(("patterns", "text", "found"), PATTERNS)
def test_a_pattern_matches_whole_words_in_any_case(patterns: list[str], text: str,
                                                   found: tuple[str, ...]) -> None:
    assert matches(patterns, [text]) == found


@given(st.lists(st.text(max_size=12), max_size=6), st.lists(st.text(max_size=60), max_size=3))
def test_whatever_is_watched_matched_words_stand_in_the_text(patterns: list[str],
                                                             texts: list[str]) -> None:
    found = matches(patterns, texts)
    assert len(set(found)) == len(found)
    assert all(word and any(word in text for text in texts) for word in found)


@given(st.text(alphabet="ab*\\[(+ ", min_size=1, max_size=8))
def test_a_pattern_finds_itself_where_it_stands_alone(pattern: str) -> None:
    bare = pattern.strip()
    if "*" not in pattern and bare:
        assert matches([pattern], [bare]) == (bare,)


def test_a_text_made_to_keep_the_stars_busy_does_not() -> None:
    text = "v" + "i" * 4000 + "a" * 3999
    assert matches(["v*i*a"], [text]) == ()
    assert matches(["v*gra"], ["Buy viagra now"]) == ("viagra",)
