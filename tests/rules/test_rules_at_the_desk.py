"""The rulebook in an editor's browser."""

import re
from dataclasses import replace

import sqlalchemy as sa
from flask import Flask
from markupsafe import escape
from sqlalchemy.orm import Session

from app.comments import actions as comments
from app.desk.models import ReviewItem, Verb
from app.rules import actions, queries
from app.rules.checks import RULES
from tests.conftest import NOON, FakeClock
from tests.counting import queries as asked
from tests.making import Maker
from tests.rules.filling import filled
from tests.visiting import Page, Visitor

RULEBOOK = "/desk/rules"
REHEARSAL = "/desk/rules/rehearsal"


def form(editor: Visitor, path: str = RULEBOOK, **changes: str | None) -> dict[str, str]:
    """The form as it stands at a path, with these fields changed or unchecked."""
    fields = filled(editor.get(path).text) | {name: value for name, value in changes.items()
                                             if value is not None}
    return {name: value for name, value in fields.items() if changes.get(name, "") is not None}


def save(editor: Visitor, **changes: str | None) -> Page:
    return editor.follow(editor.post(RULEBOOK, form(editor, **changes)))


def test_every_rule_stands_there_in_its_order(editor: Visitor) -> None:
    page = editor.get(RULEBOOK)
    assert [each["data-rule"] for each in page.all("li") if "data-rule" in each] == [
        rule.label for rule in RULES.values()]
    assert all(escape(rule.explains) in page.text for rule in RULES.values())


def test_the_desk_leads_to_the_rules(editor: Visitor) -> None:
    assert RULEBOOK in [each["href"] for each in editor.get("/desk/").all("a")]


def test_a_saved_rule_holds_from_the_next_comment_on(editor: Visitor, make: Maker,
                                                     session: Session) -> None:
    page = save(editor, **{"blocked-set_words": "casino*"})
    assert "Saved. Blocked words: with “casino*”." in page.text
    item = make.item(comments.KIND, make.comment(make.post(), "Come to the Casinos!").id)
    assert (item.rule, item.matched, item.state) == ("blocked", ["Casinos"], "decided")


def test_saving_without_a_change_says_so(editor: Visitor) -> None:
    assert "Nothing was different, so nothing was saved." in save(editor).text
    assert "Nobody has changed a rule yet" in editor.get("/desk/rules/history").text


def test_numbers_reorder_without_javascript(editor: Visitor) -> None:
    page = save(editor, **{"proof-place": "1"})
    assert "Proof of work: now number 1, before 16." in page.text
    fields = filled(page.text)
    assert (fields["proof-place"], fields["length-place"]) == ("1", "2")


def test_a_mistake_loses_nothing_and_saves_nothing(editor: Visitor) -> None:
    sent = form(editor, **{"links-set_most": "many", "blocked-set_words": "casino",
                           "rate-on": None, "proof-place": "1"})
    answer = editor.post(RULEBOOK, sent, 422)
    assert "Links, Most links: A whole number from 0 to 100, please." in answer.text
    assert filled(answer.text) == sent
    assert "casino" not in editor.get(RULEBOOK).text


def test_whoever_was_slower_keeps_what_they_typed_and_may_save_again(editor: Visitor) -> None:
    mine = form(editor, **{"links-set_most": "7"})
    save(editor, **{"watched-set_words": "lawyer"})
    answer = editor.post(RULEBOOK, mine, 409)
    assert "Somebody was faster" in answer.text
    assert "Watched words: with “lawyer”." in answer.text
    again = filled(answer.text)
    assert again["links-set_most"] == "7"
    page = editor.follow(editor.post(RULEBOOK, again))
    assert "most links 7 instead of 2" in page.text


def test_a_damaged_form_changes_nothing(editor: Visitor) -> None:
    assert "without its rules" in editor.post(RULEBOOK, {}, 422).text
    editor.post(RULEBOOK, form(editor, **{"links-set_most": "7", "started_from": "x"}), 409)


def test_a_rehearsal_says_what_would_have_happened_and_saves_nothing(
        editor: Visitor, make: Maker) -> None:
    for verb in (Verb.APPROVE, Verb.REJECT):
        comment = make.comment(make.post(), "A casino.", name="Zoe Zander")
        make.decision(make.item(comments.KIND, comment.id), verb)
    sent = form(editor, **{"blocked-set_words": "casino", "proof-place": "1"})
    page = Page(editor.post(REHEARSAL, sent, 200).text)
    assert "Over the 2 comments of the last 90 days." in page.words
    # The rule that holds them moved to the front, so it decides before the blocked word does.
    assert "Would have held 2, of which you approved 1." in page.words
    assert "Nothing would change for any of them." in page.words
    shown = filled(page.text)
    assert (shown["blocked-set_words"], shown["proof-place"]) == ("casino", "1")
    assert "casino" not in editor.get(RULEBOOK).text


def test_a_rehearsal_lists_what_it_speaks_of(editor: Visitor, make: Maker) -> None:
    comment = make.comment(make.post(), "A <b>casino</b>.", name="Zoe Zander")
    item = make.item(comments.KIND, comment.id)
    make.decision(item, Verb.APPROVE)
    answer = editor.post(REHEARSAL, form(editor, **{"blocked-set_words": "casino"}), 200)
    page = Page(answer.text)
    assert "Would have set aside 1 as spam, which you approved." in page.words
    assert "Stopped as now, but in another way: 1, which you approved." in page.words
    assert f"/desk/items/{item.id}" in [each.get("href") for each in page.all("a")]
    assert "Approved. Blocked words: casino." in page.words
    assert "A &lt;b&gt;casino&lt;/b&gt;." in answer.text


def test_htmx_gets_the_result_alone(editor: Visitor) -> None:
    answer = editor.swap(REHEARSAL, form(editor))
    assert answer.text.lstrip().startswith('<section class="rehearsed" id="rehearsal"')
    assert 'hx-target="#status"' in answer.text
    wrong = editor.swap(REHEARSAL, form(editor, **{"links-set_most": ""}), 422)
    assert wrong.text.lstrip().startswith('<form class="rulebook" id="rulebook"')
    assert "A whole number from 0 to 100, please." in wrong.text


def test_a_rule_says_what_it_caught_lately(editor: Visitor, make: Maker, time: FakeClock) -> None:
    for verb in (Verb.APPROVE, Verb.APPROVE, Verb.SPAM):
        comment = make.comment(make.post())
        make.decision(make.item(comments.KIND, comment.id), verb)
    assert "Caught 3 in 90 days; an editor approved 2." in editor.get(RULEBOOK).words
    time.forward(days=25)
    make.comment(make.post())
    assert "Caught 4 in 90 days; an editor approved 2." in editor.get(RULEBOOK).words


def test_of_what_a_rule_caught_the_newest_are_counted(
        editor: Visitor, session: Session, make: Maker, time: FakeClock) -> None:
    approved = make.comment(make.post())
    make.decision(make.item(comments.KIND, approved.id), Verb.APPROVE)
    since = time.forward(hours=1)
    session.execute(sa.insert(ReviewItem), [
        {"kind": "comment", "subject_id": number, "rule": "first", "why": "", "title": "",
         "text": "", "person": "", "person_key": "", "waiting_since": since, "due_at": since}
        for number in range(1_000, 1_000 + queries.MOST)])
    session.commit()
    assert (f"Caught more than {queries.MOST} in 90 days; of the last {queries.MOST} an editor"
            " approved none.") in editor.get(RULEBOOK).words


def test_what_the_rules_publish_themselves_is_nobodys_approval(
        session: Session, editor: Visitor, make: Maker) -> None:
    lines = [replace(line, on=line.rule.name == "staff") for line in queries.lines(())]
    actions.save(session, lines, started_from=0, by="Helen", now=NOON)
    make.comment(make.post())
    assert queries.records(session, NOON.replace(year=2020)) == {"": queries.Record(1, 0)}


def test_history_says_who_changed_what_and_brings_it_back(editor: Visitor) -> None:
    save(editor, **{"links-set_most": "1"})
    save(editor, **{"links-set_most": "5"})
    page = editor.get("/desk/rules/history")
    assert page.words.index("most links 5 instead of 1") < page.words.index(
        "most links 1 instead of 2")
    assert "Editor Quill" in page.words
    back, as_they_came = [each["action"] for each in page.all("form")
                          if "revival" in each["action"]]
    page = editor.follow(editor.post(back))
    assert "Saved. Links: most links 1 instead of 5." in page.text
    assert filled(editor.get(RULEBOOK).text)["links-set_most"] == "1"
    page = editor.follow(editor.post(as_they_came))
    assert "Saved. Links: most links 2 instead of 1." in page.text
    assert filled(editor.get(RULEBOOK).text)["links-set_most"] == "2"
    editor.post("/desk/rules/history/99/revival", status=404)


def test_history_goes_on_behind_its_first_page(app: Flask, editor: Visitor,
                                               session: Session) -> None:
    def saved(number: int) -> None:
        lines = [replace(line, settings={"most": number % 50}) if line.rule.name == "links"
                 else line for line in queries.lines(())]
        actions.save(session, lines, started_from=number, by="Helen", now=NOON)
    saved(0)
    one = len(asked(editor, "/desk/rules/history"))
    for number in range(1, 21):
        saved(number)
    assert len(asked(editor, "/desk/rules/history")) <= one + 1
    page = editor.get("/desk/rules/history?page=2")
    assert "most links 0 instead of 2" in page.words
    assert "Holds now" not in page.words


def test_an_entry_has_rules_of_its_own(editor: Visitor, make: Maker, session: Session) -> None:
    post = make.post("Open house")
    path = f"{RULEBOOK}/entries/{post.id}"
    assert path in [each["href"] for each in editor.get(f"/desk/posts/{post.id}").all("a")]
    assert "As the site: Hold it for an editor; most links 2." in editor.get(path).words
    answer = editor.post(path, form(editor, path, **{
        "first-own": "y", "first-on": None, "proof-own": "y", "proof-on": None}))
    assert "Saved for this entry." in editor.follow(answer).text
    assert make.item(comments.KIND, make.comment(post).id).state == "decided"
    assert make.item(comments.KIND, make.comment(make.post()).id).state == "waiting"
    page = editor.get(RULEBOOK)
    assert "Open house" in page.words
    assert "First comments, Proof of work" in page.words
    # What is not its own follows the site from then on.
    save(editor, **{"links-set_most": "5"})
    assert filled(editor.get(path).text)["links-set_most"] == "5"


def test_an_entrys_mistake_and_its_race_are_told(editor: Visitor, make: Maker) -> None:
    path = f"{RULEBOOK}/entries/{make.post().id}"
    wrong = form(editor, path, **{"links-own": "y", "links-set_most": "x"})
    assert filled(editor.post(path, wrong, 422).text) == wrong
    mine = form(editor, path, **{"links-own": "y", "links-set_most": "4"})
    editor.post(path, form(editor, path, **{"links-own": "y", "links-set_most": "0"}))
    answer = editor.post(path, mine, 409)
    assert filled(answer.text)["links-set_most"] == "4"
    editor.post(path, filled(answer.text))
    assert filled(editor.get(path).text)["links-set_most"] == "4"


def test_an_entrys_rules_are_rehearsed_over_its_own_comments(editor: Visitor, make: Maker) -> None:
    post = make.post()
    make.comment(post)
    make.comment(make.post())
    path = f"{RULEBOOK}/entries/{post.id}"
    changes = {"first-own": "y", "first-on": None, "proof-own": "y", "proof-on": None}
    answer = editor.swap(f"{path}/rehearsal", form(editor, path, **changes))
    words = Page(answer.text).words
    assert "Over the one comment of the last 90 days." in words
    assert "Newly published at once: nothing that an editor has decided." in words
    page = editor.post(f"{path}/rehearsal", form(editor, path, **changes), 200)
    assert filled(page.text)["first-own"] == "y"
    editor.get(f"{RULEBOOK}/entries/999", 404)


def test_the_rulebook_asks_no_more_for_more_entries_with_rules(
        app: Flask, session: Session, make: Maker, editor: Visitor) -> None:
    def own() -> None:
        post = make.post()
        actions.save_for_entry(session, post.id, {"links": {"on": False}}, started_from="",
                               by="Helen", now=NOON)
    own()
    one = len(asked(editor, RULEBOOK))
    for _ in range(20):
        own()
    assert len(asked(editor, RULEBOOK)) == one
    assert len(re.findall("/desk/rules/entries/", editor.get(RULEBOOK).text)) == 21
