"""The life of a comment as a table: what was done before, what is done now, where it all stands.

A comment is waiting, approved, rejected, spam or withdrawn; reports and an appeal about it are
open, granted, refused or dropped. What is newest must be taken back first.
"""

import pytest
import sqlalchemy as sa

from app.comments.cases import files
from app.comments.cases.appealing import NoAppeal
from app.comments.cases.following import TooLate, Withdrawn
from app.comments.cases.models import Appeal, Complaint
from app.comments.cases.reporting import NotThere
from app.desk.deciding.actions import AlreadyDecided
from app.desk.kinds import NotPossible
from app.desk.models import Decision, ReviewItem
from tests.comments.conftest import Life
from tests.conftest import FakeClock
from tests.making import Maker
from tests.visiting import Visitor

NO = (NoAppeal, TooLate, Withdrawn, NotThere, AlreadyDecided, NotPossible)

# Comment, reports, appeal; "no" where whoever tries is told that it cannot be.
STEPS = """
# An editor decides what waits, and takes it back.
                              approve        approved   -        -
                              reject         rejected   -        -
                              spam           spam       -        -
approve                       undo           waiting    -        -
reject                        undo           waiting    -        -
spam                          undo           waiting    -        -
approve                       reject         no

# Its sender takes it back at any time, once, and nothing brings it back.
                              withdraw       withdrawn  -        -
approve                       withdraw       withdrawn  -        -
spam                          withdraw       withdrawn  -        -
withdraw                      withdraw       no
withdraw                      approve        no
approve,withdraw              undo           no
reject,withdraw               undo           no
approve,report,withdraw       keep           no
approve,report,hide,withdraw  undo_report    no
reject,appeal,withdraw        grant_appeal   no
approve,report                withdraw       withdrawn  dropped  -
reject,appeal                 withdraw       withdrawn  -        dropped
reject,appeal,refuse_appeal,withdraw undo_appeal no

# For a while its sender changes it; the rules of a new site hold every change.
                              edit           waiting    -        -
approve                       edit           waiting    -        -
approve,edit                  approve        approved   -        -
approve,edit                  undo           no
approve,edit,approve          undo           waiting    -        -
reject                        edit           no
spam                          edit           no
withdraw                      edit           no
approve,report                edit           no
approve,report,keep           edit           waiting    refused  -

# Readers report what they see, and an editor answers them together.
                              report         no
reject                        report         no
withdraw                      report         no
approve                       report         approved   open     -
approve,report                report         approved   open     -
approve,report                keep           approved   refused  -
approve,report                hide           rejected   granted  -
approve,report                hide_as_spam   spam       granted  -
approve,report,keep           undo_report    approved   open     -
approve,report,hide           undo_report    approved   open     -
approve,report,hide_as_spam   undo_report    approved   open     -
approve,report,keep           report         approved   open     -

# While they wait, or once they are answered, the approval below them stays where it is.
approve,report                undo           no
approve,report,keep           undo           no
approve,report,hide           undo           no
approve,report,keep,undo_report,hide undo_report approved open   -
approve,report,keep,edit      undo_report    no
approve,report,keep,edit,approve undo_report no

# One appeal against a decision, which goes to the desk and can be taken back there.
                              appeal         no
approve                       appeal         no
withdraw                      appeal         no
reject                        appeal         rejected   -        open
spam                          appeal         spam       -        open
reject,appeal                 appeal         no
reject,appeal                 grant_appeal   approved   -        granted
spam,appeal                   grant_appeal   approved   -        granted
reject,appeal                 refuse_appeal  rejected   -        refused
reject,appeal,refuse_appeal   appeal         no
reject,appeal,grant_appeal    undo_appeal    rejected   -        open
spam,appeal,grant_appeal      undo_appeal    spam       -        open
reject,appeal,refuse_appeal   undo_appeal    rejected   -        open

# The first decision stays below the appeal.
reject,appeal                 undo           no
reject,appeal,grant_appeal    undo           no
reject,appeal,refuse_appeal   undo           no

# Both in one life: reported, hidden, appealed, shown, reported again.
approve,report,hide           appeal         rejected   granted  open
approve,report,hide,appeal    undo_report    no
approve,report,hide,appeal    grant_appeal   approved   granted  granted
approve,report,hide,appeal,grant_appeal report approved open     granted
approve,report,hide,appeal,grant_appeal,report undo_appeal no
approve,report,hide,appeal,grant_appeal,report hide rejected granted granted
approve,report,hide,appeal,grant_appeal,report,hide appeal no
approve,report,hide,appeal,grant_appeal undo_appeal rejected granted open

# A change after an appeal was granted is judged like any other.
reject,appeal,grant_appeal    edit           waiting    -        granted
reject,appeal,grant_appeal,edit undo_appeal  no
reject,appeal,grant_appeal,edit reject       rejected   -        granted
"""


Row = tuple[list[str], str, tuple[str, ...]]


def sections() -> dict[str, list[Row]]:
    """The rows of the table under the sentence that they stand for."""
    found: dict[str, list[Row]] = {}
    for line in filter(None, STEPS.splitlines()):
        if line.startswith("#"):
            rows = found.setdefault(line.removeprefix("# "), [])
        else:
            before, rest = ("", line) if line.startswith(" ") else line.split(maxsplit=1)
            act, *after = rest.split()
            rows.append(([each for each in before.split(",") if each], act, tuple(after)))
    return found


def stands(life: Life) -> tuple[str, str, str]:
    """Where the comment, the newest reports about it and its appeal stand in the database."""
    life.session.expire_all()
    newest = [life.session.scalars(sa.select(table.state).where(
        table.comment_id == life.comment.id).order_by(table.id.desc())).first()
        for table in (Complaint, Appeal)]
    return life.comment.state.value, *(each.value if each else "-" for each in newest)


def items(life: Life) -> list[tuple[str, str]]:
    return [(item.kind, item.state.value) for item in life.session.scalars(
        sa.select(ReviewItem).where(files.about([life.comment.id])).order_by(ReviewItem.id))]


def walk(life: Life, before: list[str], act: str, after: tuple[str, ...]) -> None:
    for step in before:
        getattr(life, step)()
        life.time.forward(seconds=20)
    stood, desk = stands(life), items(life)
    if after == ("no",):
        with pytest.raises(NO):
            getattr(life, act)()
        life.session.rollback()
        assert (stands(life), items(life)) == (stood, desk), "nothing is half done"
    else:
        getattr(life, act)()
        assert stands(life) == after
    waiting = [kind for kind, state in items(life) if state == "waiting"]
    assert len(waiting) <= 1, "one open question at a time"
    assert ("comment" in waiting) is (stands(life)[0] == "waiting")
    assert ("report" in waiting) is (stands(life)[1] == "open")
    assert ("appeal" in waiting) is (stands(life)[2] == "open")


@pytest.mark.parametrize("section", sections())
def test_a_comment_goes_only_where_the_table_says(make: Maker, time: FakeClock,
                                                  section: str) -> None:
    for before, act, after in sections()[section]:
        try:
            walk(Life(make, time), before, act, after)
        except (Exception, pytest.fail.Exception) as error:
            raise AssertionError(f"{' '.join(before)} | {act}: {after}") from error


@pytest.mark.parametrize(("steps", "kind", "sentence"), [
    ("approve,report", "comment", "Readers have reported it"),
    ("approve,report,hide", "comment", "Something newer was decided"),
    ("reject,appeal", "comment", "Its sender has appealed"),
    ("approve,withdraw", "comment", "Its sender has withdrawn it"),
    ("approve,report,keep,edit", "report", "The comment itself waits at the desk"),
])
def test_an_editor_is_told_why_a_decision_cannot_be_taken_back(
        life: Life, make: Maker, editor: Visitor, steps: str, kind: str, sentence: str) -> None:
    for step in steps.split(","):
        getattr(life, step)()
    [decision] = editor_decisions(life, kind)
    answer = editor.post(f"/desk/decisions/{decision}/undo", status=409)
    assert sentence in answer.text


def editor_decisions(life: Life, kind: str) -> list[int]:
    return list(life.session.scalars(sa.select(Decision.id).where(
        Decision.item_id == life.item(kind).id)))
