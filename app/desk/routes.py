"""The desk in motion: decisions on many items at once."""

from flask import Blueprint, abort, flash, redirect, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.desk import bulk
from app.desk.filtering import Filter
from app.desk.forms import BulkForm
from app.desk.models import Verb
from app.web.guard import editors_only
from app.web.viewer import viewer

moving = Blueprint("moving", __name__)
editors_only(moving)


@moving.post("/desk/decisions")
def decide_many() -> Response:
    """One decision on many items; the answer says what became of each, in numbers."""
    form = BulkForm.sent()
    if not form.validate():
        abort(422, form.first_error())
    now, ids = clock.now(), _wanted(form)
    if not ids:
        abort(422, "Nothing is selected, or what was selected does not wait any more.")
    outcome = bulk.decide(db.session, ids, bulk.Answer(
        Verb(form.verb.data), viewer(), form.reason_text, form.message.data), now=now)
    if form.scope.data == "filter":
        outcome.late += max(0, min(form.seen, bulk.MOST) - len(ids))
    return _back(form.shown, outcome, f"/desk/batches/{outcome.batch}/undo" if outcome.done else "")


def _wanted(form: BulkForm) -> list[int]:
    if form.scope.data == "filter":
        return bulk.matching(db.session, form.shown, form.moment, clock.now())
    typed = request.form.getlist("shown" if form.scope.data == "page" else "ids")
    return [int(each) for each in typed if each.isascii() and each.isdecimal() and len(each) < 10]


@moving.post("/desk/batches/<batch>/undo")
def undo_many(batch: str) -> Response:
    """Takes back what still stands of a decision on many items."""
    outcome = bulk.undo(db.session, batch, viewer(), now=clock.now())
    if not (outcome.done or outcome.late or outcome.refused):
        outcome.words = "left to take back"
    shown = Filter.of(request.form.get("filter", ""))
    return _back(shown, outcome, "")


def _back(shown: Filter, outcome: bulk.Outcome, undo: str) -> Response:
    flash(outcome.sentences, "done")
    if undo:
        flash(undo, "undo")
    return redirect(shown.address(), 303)
