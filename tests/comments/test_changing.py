"""A sender changes a comment, within 15 minutes."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from app.comments import actions
from app.comments.cases import following
from app.comments.models import CommentState
from app.desk.models import ItemState, Verb
from tests.comments.conftest import Life
from tests.conftest import FakeClock
from tests.making import Maker
from tests.visiting import Visitor

NEW = "May I come in, please?"
WATCHED = {"name": "watched", "on": True, "verdict": "hold", "settings": {"words": ["harbour"]}}
BLOCKED = {"name": "blocked", "on": True, "verdict": "spam", "settings": {"words": ["casino"]}}
NO_DOUBT = [{"name": name, "on": False, "verdict": "hold", "settings": {}}
            for name in ("first", "proof")]


@pytest.fixture
def path(life: Life) -> str:
    return f"{life.comment.follow_path}/text"


def state(life: Life) -> CommentState:
    life.session.refresh(life.comment)
    return life.comment.state


def test_the_page_has_a_form_with_what_was_typed(visitor: Visitor, life: Life) -> None:
    page = visitor.get(life.comment.follow_path)
    assert f'action="{life.comment.follow_path}/text"' in page.text
    assert ">May I?</textarea>" in page.text.replace("\r\n", "").replace("\n", "")
    assert "Change it, until 4 May 2026, 12:15 UTC" in page.words


def test_a_waiting_comment_waits_on_with_its_new_words(visitor: Visitor, editor: Visitor,
                                                       life: Life, path: str) -> None:
    answer = visitor.post(path, {"body": NEW, "author_headline": "Baker, mostly"})
    words = visitor.follow(answer).words
    assert NEW in words
    assert "Changed by you" in words
    card = editor.get("/desk/").words
    assert NEW in card
    assert "May I?" not in card
    assert "Baker, mostly" in card


def test_a_published_comment_that_is_held_again_is_gone_until_it_is_decided(
        visitor: Visitor, life: Life, path: str) -> None:
    life.approve()
    assert "it is gone from the page until then" in visitor.get(life.comment.follow_path).words
    page = visitor.follow(visitor.post(path, {"body": NEW}))
    assert "waiting for review as you have changed it" in page.words
    assert "No comments yet" in visitor.get(life.comment.entry.path).words
    life.approve()
    thread = visitor.get(life.comment.entry.path).words
    assert NEW in thread
    assert "edited" in thread


def test_the_log_says_that_a_change_overtook_the_approval(visitor: Visitor, editor: Visitor,
                                                          life: Life, path: str) -> None:
    life.approve()
    visitor.post(path, {"body": NEW})
    assert "taken back by an edit of its sender" in editor.get("/desk/log").words


def test_a_published_comment_stays_if_no_rule_has_a_doubt(visitor: Visitor, editor: Visitor,
                                                          life: Life, path: str) -> None:
    life.trust_everybody()
    life.approve()
    visitor.post(path, {"body": NEW})
    assert NEW in visitor.get(life.comment.entry.path).words
    assert NEW in editor.get(f"/desk/items/{life.item().id}").words, "the desk follows"
    assert life.item().text == NEW


def test_a_waiting_comment_is_published_if_the_new_words_raise_no_doubt(
        visitor: Visitor, life: Life, path: str) -> None:
    life.trust_everybody()
    words = visitor.follow(visitor.post(path, {"body": NEW})).words
    assert "published at once" in words
    assert "Checked by our rules" in words


def test_the_desk_is_told_which_rule_has_a_doubt_now(visitor: Visitor, life: Life, path: str,
                                                     ) -> None:
    life.approve()
    life.watch(WATCHED)
    visitor.post(path, {"body": "Is there room in the harbour?"})
    item = life.item()
    assert (item.rule, item.matched, item.state) == ("watched", ["harbour"], ItemState.WAITING)
    assert "words in it that an editor looks at first" in visitor.get(
        life.comment.follow_path).words


def test_advertising_that_comes_with_a_change_is_set_aside(visitor: Visitor, life: Life,
                                                           path: str) -> None:
    life.approve()
    life.watch(BLOCKED)
    words = visitor.follow(visitor.post(path, {"body": "Come to my casino."})).words
    assert state(life) is CommentState.SPAM
    assert "was not published" in words
    assert "advertising" not in words, "whoever advertises is not taught how"


@pytest.mark.parametrize(("data", "sentence"), [
    ({"body": " "}, "You can withdraw it instead"),
    ({"body": "x" * 8001}, "at most 8,000 characters"),
    ({"body": NEW, "author_headline": "x" * 121}, "120"),
])
def test_what_cannot_be_sent_is_told_and_nothing_is_changed(
        visitor: Visitor, life: Life, path: str, data: dict[str, str], sentence: str) -> None:
    answer = visitor.post(path, data, status=422)
    assert sentence in answer.text
    assert data["body"].strip() in answer.text
    life.session.refresh(life.comment)
    assert (life.comment.body, life.comment.edited_at) == ("May I?", None)


def test_a_change_into_something_sent_before_is_refused(visitor: Visitor, make: Maker, life: Life,
                                                        path: str) -> None:
    make.comment(life.comment.entry, "I said this already.")
    life.approve()
    answer = visitor.post(path, {"body": "I said this already."}, status=422)
    assert "exactly this comment before" in answer.text
    assert state(life) is CommentState.APPROVED


def test_the_old_words_can_be_sent_again_after_a_change(visitor: Visitor, make: Maker, life: Life,
                                                        path: str) -> None:
    visitor.post(path, {"body": NEW})
    make.comment(life.comment.entry, "May I?")


def test_sending_the_same_words_changes_nothing(visitor: Visitor, life: Life, path: str) -> None:
    life.approve()
    visitor.post(path, {"body": "May I?", "author_headline": "Baker"})
    assert state(life) is CommentState.APPROVED
    assert life.comment.edited_at is None


def test_after_fifteen_minutes_the_words_stay(visitor: Visitor, life: Life, path: str,
                                              time: FakeClock) -> None:
    time.forward(minutes=14, seconds=59)
    visitor.post(path, {"body": NEW})
    time.forward(seconds=1)
    answer = visitor.post(path, {"body": "Too late."}, status=409)
    assert "for 15 minutes" in answer.text
    assert path not in visitor.get(life.comment.follow_path).text


@pytest.mark.parametrize(("steps", "sentence"), [
    (["reject"], "you can appeal"), (["spam"], "you can appeal"), (["withdraw"], "withdrawn"),
    (["approve", "report"], "An editor is looking at this comment as it stands")])
def test_what_is_decided_withdrawn_or_reported_is_not_changed_any_more(
        visitor: Visitor, life: Life, path: str, steps: list[str], sentence: str) -> None:
    for step in steps:
        getattr(life, step)()
    assert sentence in visitor.post(path, {"body": NEW}, status=409).text
    assert path not in visitor.get(life.comment.follow_path).text


def test_of_two_windows_the_second_is_told_and_keeps_its_words(visitor: Visitor, life: Life,
                                                               path: str) -> None:
    visitor.post(path, {"body": NEW, "version": ""})
    answer = visitor.post(path, {"body": "Another try.", "version": ""}, status=409)
    assert "changed this comment elsewhere" in answer.text
    assert re.search(f"{re.escape(NEW)}.* Above stands what it says now, below what you typed"
                     ".*Another try", answer.text, re.DOTALL), "each where the sentence says"
    assert "Another try.</textarea>" in answer.text
    assert NEW in answer.text
    life.session.refresh(life.comment)
    visitor.post(path, {"body": "Another try.", "version": following.version(life.comment)})
    assert "Another try." in visitor.get(life.comment.follow_path).words


def test_of_two_changes_at_once_one_wins_and_the_other_is_told(
        visitor: Visitor, life: Life, path: str, at_once: Callable[..., list[Any]]) -> None:
    browsers = [Visitor(visitor.app), Visitor(visitor.app)]
    life.session.commit()

    def send(number: int) -> int:
        return browsers[number].client.post(
            path, data={"body": f"Number {number}.", "version": ""}).status_code

    codes = at_once(send, 2)
    assert sorted(codes) == [303, 409]
    life.session.expire_all()
    assert life.comment.body == f"Number {codes.index(303)}."


def test_an_editor_cannot_approve_words_that_they_have_not_seen(
        visitor: Visitor, editor: Visitor, life: Life, path: str) -> None:
    item = life.item()
    seen = next(each["value"] for each in editor.get("/desk/").all("input")
                if each.get("name") == "seen")
    life.time.forward(seconds=1)
    visitor.post(path, {"body": "Something else entirely."})
    late = editor.post(f"/desk/items/{item.id}/approval", {"seen": seen}, status=409)
    assert "The sender has changed it" in late.text
    assert "Something else entirely." in late.text, "and here is how it reads now"
    assert state(life) is CommentState.WAITING
    fresh = next(each["value"] for each in editor.get("/desk/").all("input")
                 if each.get("name") == "seen")
    editor.post(f"/desk/items/{item.id}/approval", {"seen": fresh})
    assert state(life) is CommentState.APPROVED


def test_a_change_keeps_its_place_under_what_it_answers(visitor: Visitor, make: Maker, life: Life,
                                                        ) -> None:
    life.approve()
    reply = make.comment(life.comment.entry, "Do.", parent=life.comment)
    visitor.post(f"{reply.follow_path}/text", {"body": "Do come in."})
    make.session.refresh(reply)
    assert (reply.body, reply.parent_id) == ("Do come in.", life.comment.id)
    with pytest.raises(actions.Refused, match="exactly this"):
        make.comment(life.comment.entry, "Do come in.", parent=life.comment)


def test_a_change_does_not_hide_what_was_known_at_first(visitor: Visitor, life: Life,
                                                        path: str) -> None:
    item = life.item()
    item.facts = {**item.facts, "honeypot": True}
    life.watch({"name": "honeypot", "on": True, "verdict": "hold", "settings": {}},
               *({"name": name, "on": False} for name in ("first", "proof")))
    visitor.post(path, {"body": NEW})
    assert life.item().rule == "honeypot"
    assert state(life) is CommentState.WAITING
    life.decide(actions.KIND, Verb.APPROVE)


# What was done before, whether the rules trust the new words, and where the comment stands then.
EDITS = [
    # Only the rules had a doubt, and they have none any more.
    ("", NEW, CommentState.APPROVED),
    # An editor took back what was decided, by whomever: it is theirs to decide.
    ("approve undo", NEW, CommentState.WAITING),
    ("reject undo", NEW, CommentState.WAITING),
    ("spam undo", NEW, CommentState.WAITING),
    ("approve undo edit", NEW, CommentState.WAITING),
    ("approve undo", "Come to my casino.", CommentState.WAITING),
    ("edit undo", NEW, CommentState.WAITING),
    ("edit undo", "Come to my casino.", CommentState.WAITING),
    # They decided it anew, and the change is like any other.
    ("approve undo approve", NEW, CommentState.APPROVED),
    ("approve undo approve", "Come to my casino.", CommentState.SPAM),
    ("approve report hide undo_report keep", NEW, CommentState.APPROVED),
]


@pytest.mark.parametrize(("before", "words", "after"), EDITS)
def test_no_change_overrules_an_editor_who_took_something_back(
        life: Life, before: str, words: str, after: CommentState) -> None:
    life.watch(BLOCKED, *NO_DOUBT)
    for step in before.split():
        getattr(life, step)()
        life.time.forward(seconds=1)
    life.edit(words)
    assert state(life) is after
    assert (life.item().state is ItemState.WAITING) is (after is CommentState.WAITING)
    assert life.item().text == words


def test_an_editor_reads_what_the_rules_say_of_the_new_words_and_the_sender_does_not(
        visitor: Visitor, editor: Visitor, life: Life, path: str) -> None:
    life.watch(BLOCKED, *NO_DOUBT)
    life.approve()
    life.undo()
    visitor.post(path, {"body": "Come to my casino."})
    card = editor.get("/desk/").words
    assert "An editor takes a second look at it. Also: It has words in it that only" in card
    assert "<mark>casino</mark>" in editor.get("/desk/").text
    words = visitor.get(life.comment.follow_path).words
    assert "An editor takes a second look at it." in words
    assert "only advertising uses" not in words


@pytest.mark.parametrize(("body", "verb"), [("Come to my casino.", "spam"), (NEW, "approve")])
def test_why_it_waits_is_true_right_after_what_the_rules_decided_is_taken_back(
        visitor: Visitor, editor: Visitor, life: Life, path: str, body: str, verb: str) -> None:
    life.watch(BLOCKED, *NO_DOUBT)
    visitor.post(path, {"body": body})
    before = life.item().why
    life.undo()
    assert f"Why it waits: An editor takes a second look at it. Also: {before}" in (
        editor.get("/desk/").words)
    words = visitor.get(life.comment.follow_path).words
    assert "An editor takes a second look at it." in words
    assert before not in words
    life.approve()
    assert before not in visitor.get(life.comment.follow_path).words


def test_what_the_rules_saw_of_the_new_words_stands_beside_them(
        editor: Visitor, life: Life, path: str) -> None:
    life.watch(WATCHED)
    life.edit("A harbour at https://boats.example/")
    item = life.item()
    assert (item.matched, item.facts["links"]) == (["harbour"], ["https://boats.example/"])
    life.watch(*NO_DOUBT)
    life.approve()
    life.edit("No link any more.")
    item = life.item()
    assert (item.state, item.matched, list(item.facts["links"])) == (ItemState.DECIDED, [], [])
    assert item.why.startswith("It has words in it"), "why it waited then stays"


def test_a_change_leaves_the_history_of_its_sender_right(editor: Visitor, life: Life,
                                                         path: str) -> None:
    life.approve()
    assert "1 approved so far." in editor.get(f"/desk/items/{life.item().id}").words
    life.edit()
    assert "Nothing decided from here before." in editor.get("/desk/").words
    life.watch(*NO_DOUBT)
    life.edit(NEW)
    assert "1 approved so far." in editor.get(f"/desk/items/{life.item().id}").words
    life.edit("And once more.")
    assert "1 approved so far." in editor.get(f"/desk/items/{life.item().id}").words


def test_whoever_changes_a_comment_all_the_time_waits_and_keeps_what_they_typed(
        visitor: Visitor, life: Life, path: str) -> None:
    for number in range(following.PER_COMMENT):
        visitor.post(path, {"body": f"Try {number}."})
    answer = visitor.post(path, {"body": "A long new text."}, status=429)
    assert "Nothing is lost" in answer.text
    assert "in 5 minutes" in answer.text
    assert "A long new text.</textarea>" in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert "Try 5." in visitor.get(life.comment.follow_path).words
    life.time.forward(minutes=5)
    visitor.post(path, {"body": "A long new text."})


def test_so_does_a_network_that_changes_many_and_what_was_refused_counts(
        visitor: Visitor, make: Maker, life: Life, path: str,
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PER_NETWORK", 2)
    here = {"environ_overrides": {"REMOTE_ADDR": "9.9.9.9"}}
    other = make.comment(life.comment.entry, "May I, too?")
    visitor.post(f"{other.follow_path}/text", {"body": "May I?"}, status=422, **here)
    visitor.post(path, {"body": NEW}, **here)
    visitor.post(path, {"body": "Newer."}, status=429, **here)
    visitor.post(path, {"body": "Newer."}, environ_overrides={"REMOTE_ADDR": "9.9.8.9"})
