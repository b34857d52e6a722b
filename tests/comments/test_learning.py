"""What the classifier learns from decisions about comments."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.comments import learning
from app.comments.actions import KIND
from app.comments.models import Comment
from app.desk.deciding import actions as desk
from app.desk.models import Verb
from app.rules.models import LearnedWord, Rulebook
from tests.comments.conftest import Life
from tests.conftest import FakeClock
from tests.making import Maker
from tests.visiting import Visitor


def counted(session: Session) -> dict[str, tuple[int, int]]:
    """Every word with how often it stood in spam and in what was published."""
    session.expire_all()
    rows = session.execute(sa.select(LearnedWord.word, LearnedWord.spam, LearnedWord.ham))
    return {word: (spam, ham) for word, spam, ham in rows}


@pytest.fixture
def comment(make: Maker) -> Comment:
    return make.comment(make.post(), "Gates open inwards.")


@pytest.mark.parametrize(("verb", "learned"), [
    (Verb.APPROVE, (0, 1)), (Verb.SPAM, (1, 0)), (Verb.REJECT, None)])
def test_an_approval_teaches_ham_spam_teaches_spam_and_a_rejection_nothing(
        make: Maker, session: Session, comment: Comment, verb: Verb,
        learned: tuple[int, int] | None) -> None:
    make.decision(make.item(KIND, comment.id), verb)
    words = counted(session)
    assert {words.get(each) for each in ("gates", "open", "inwards", "name:rita", "")} == {learned}


@pytest.mark.parametrize("verb", [Verb.APPROVE, Verb.SPAM, Verb.REJECT])
def test_what_is_taken_back_was_never_learned(make: Maker, session: Session, comment: Comment,
                                              verb: Verb) -> None:
    make.comment(comment.entry, "Gates are doors.", approved=True)
    before = counted(session)
    decision = make.decision(make.item(KIND, comment.id), verb)
    desk.undo(session, decision, make.account(), now=make.now())
    assert counted(session) == before
    assert session.get_one(Comment, comment.id).learned_as is None


def test_a_second_decision_replaces_what_the_first_taught(make: Maker, session: Session,
                                                          comment: Comment) -> None:
    first = make.decision(make.item(KIND, comment.id), Verb.SPAM)
    desk.undo(session, first, make.account(), now=make.now())
    make.decision(make.item(KIND, comment.id), Verb.APPROVE)
    assert counted(session)["gates"] == (0, 1)


def test_what_the_rules_decide_teaches_them_nothing(visitor: Visitor, make: Maker,
                                                    session: Session) -> None:
    visitor.post(f"{make.post().path}/comments", {
        "author_name": "Rita", "author_email": "rita@reader.example", "body": "Pills.",
        "subject": "filled in by a machine"})
    assert counted(session) == {}


def test_an_editor_who_overrules_the_rules_teaches_them(
        visitor: Visitor, editor: Visitor, make: Maker, session: Session) -> None:
    visitor.post(f"{make.post().path}/comments", {
        "author_name": "Rita", "author_email": "rita@reader.example", "body": "Pillows.",
        "subject": "filled in by a helpful browser"})
    [form] = [form for form in editor.get("/desk/log").all("form") if "undo" in form["action"]]
    editor.post(form["action"])
    [comment] = session.scalars(sa.select(Comment))
    editor.post(f"/desk/items/{make.item(KIND, comment.id).id}/approval")
    assert counted(session)["pillows"] == (0, 1)


def test_before_its_words_change_a_comment_is_forgotten(make: Maker, session: Session,
                                                        comment: Comment) -> None:
    before = counted(session)
    make.decision(make.item(KIND, comment.id), Verb.APPROVE)
    learning.forget(session, comment)
    comment.body = "Something else."
    learning.forget(session, comment)
    session.commit()
    assert counted(session) == before


def test_what_was_learned_shows_in_the_facts_of_the_next(make: Maker, session: Session) -> None:
    post = make.post()
    for number in range(5):
        make.comment(post, f"Benches made of oak last, says number {number}.", approved=True)
        pills = make.comment(post, f"Cheap pills at number {number}, buy now.")
        make.decision(make.item(KIND, pills.id), Verb.SPAM)
    facts = make.item(KIND, make.comment(post, "Buy cheap pills, buy now.").id).facts
    assert facts["learned"] == 10
    assert facts["spam_chance"] > 0.9


# What was done with one comment, and what its word has taught in the end: spam, ham.
LESSONS = """
approve                                          0 1
approve undo                                     - -
approve undo approve                             0 1
approve undo spam                                1 0
spam undo spam                                   1 0
reject                                           - -

# A report that is granted as spam overrides the approval, and gives way to it when taken back.
approve report hide_as_spam                      1 0
approve report hide_as_spam undo_report          0 1
approve report hide_as_spam undo_report hide_as_spam 1 0
approve report hide                              - -
approve report hide undo_report                  0 1
approve report hide undo_report keep             0 1
approve report keep                              0 1
approve report keep undo_report                  0 1
approve report keep report hide_as_spam          1 0
approve report keep report hide_as_spam undo_report 0 1

# So does an appeal with what it is against.
spam appeal                                      1 0
spam appeal grant_appeal                         0 1
spam appeal grant_appeal undo_appeal             1 0
spam appeal grant_appeal undo_appeal grant_appeal 0 1
spam appeal refuse_appeal                        1 0
spam appeal refuse_appeal undo_appeal            1 0
reject appeal grant_appeal                       0 1
reject appeal grant_appeal undo_appeal           - -
spam appeal grant_appeal report hide_as_spam     1 0
spam appeal grant_appeal report hide_as_spam undo_report 0 1

# Words that no editor has decided teach nothing, whatever was decided of those before them.
approve edit                                     - -
approve edit approve                             0 1
approve edit approve undo                        - -
trust_everybody approve edit                     - -
trust_everybody approve edit report hide         - -
trust_everybody approve edit report hide_as_spam 1 0
trust_everybody approve edit report hide_as_spam undo_report - -
trust_everybody edit                             - -
trust_everybody edit report hide_as_spam         1 0
trust_everybody edit report hide_as_spam undo_report - -

# Who withdraws has no say in what was decided before.
spam withdraw                                    1 0
"""


def test_a_comment_teaches_what_the_decision_says_that_it_stands_by(
        make: Maker, time: FakeClock) -> None:
    for line in filter(None, LESSONS.splitlines()):
        if line.startswith("#"):
            continue
        *steps, spam, ham = line.split()
        life = Life(make, time)
        before = counted(make.session)
        for step in steps:
            getattr(life, step)()
            time.forward(seconds=20)
        make.session.commit()
        after = counted(make.session)
        learned = [after.get("may", (0, 0))[kind] - before.get("may", (0, 0))[kind]
                   for kind in (0, 1)]
        assert learned == [int(each) if each != "-" else 0 for each in (spam, ham)], line
        make.session.execute(sa.delete(Rulebook).execution_options(cache_tags=()))
        make.session.commit()
