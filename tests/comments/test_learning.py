"""What the classifier learns from decisions about comments."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.comments import learning
from app.comments.actions import KIND
from app.comments.models import Comment
from app.desk import actions as desk
from app.desk.models import Verb
from app.rules.models import LearnedWord
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
