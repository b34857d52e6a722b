"""Decisions on many items at once, as pages."""

from datetime import datetime

from flask import Blueprint, abort, flash, redirect, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.desk import reasons, searching
from app.desk.bulk import actions, queries
from app.desk.counting import AT_ONCE
from app.desk.desk import TICKED, tell
from app.desk.filtering import Filter
from app.desk.forms import BulkForm, moment_of
from app.desk.models import Verb
from app.text import whole_number
from app.web import safety
from app.web.guard import editors_only
from app.web.viewer import viewer

many = Blueprint("many", __name__, url_prefix="/desk")
editors_only(many)
# They travel in a cookie.
MOST_TICKED = 200


@many.post("/decisions")
def decide_many() -> Response:
    """One decision on many items; the answer says what became of each, in numbers."""
    form = BulkForm.sent()
    form.templates = reasons.every(db.session)
    if not form.validate():
        abort(422, form.first_error())
    now, by_filter = clock.now(), form.scope.data == "filter"
    picked = {} if by_filter else _picked(
        request.form.getlist("shown" if form.scope.data == "page" else "ids"))
    shown = searching.looked_up(db.session, form.shown) if by_filter else form.shown
    ids = queries.matching(db.session, shown, form.moment, now) if by_filter else list(picked)
    if not ids:
        abort(422, "Nothing is selected, or what was selected does not wait any more.")
    verb = Verb(form.verb.data)
    outcome = actions.decide(db.session, ids, actions.Answer(
        verb, viewer(), form.reason_text, form.message_for(verb)), now=now,
        seen={number: since for number, since in picked.items() if since},
        before=form.moment if by_filter else None)
    if by_filter:
        outcome.late += max(0, min(form.seen, AT_ONCE) - len(ids))
    if outcome.refused and 0 < len(picked) <= MOST_TICKED:
        # The next decision on them needs no new ticks.
        flash(" ".join(map(str, queries.left_of(db.session, picked))), TICKED)
    return _back(form.shown.address(), outcome,
                 f"/desk/batches/{outcome.batch}/undo" if outcome.done else "")


def _picked(typed: list[str]) -> dict[int, datetime | None]:
    """Items by number, each with the moment since which it waited, if the form says so."""
    found: dict[int, datetime | None] = {}
    for each in typed:
        number, _, since = each.partition("@")
        if (known := whole_number(number)) is not None:
            found[known] = moment_of(since)
    return found


@many.post("/batches/<batch>/undo")
def undo_many(batch: str) -> Response:
    """Takes back what still stands of a decision on many items; `next` as for a single one."""
    outcome = actions.undo(db.session, batch, viewer(), now=clock.now())
    if not (outcome.done or outcome.late or outcome.refused):
        outcome.words = "left to take back"
    shown = Filter.of(request.form.get("filter", ""))
    return _back(safety.local_path(request.form.get("next")) or shown.address(), outcome, "")


def _back(address: str, outcome: actions.Outcome, undo: str) -> Response:
    tell(outcome.sentences, undo)
    return redirect(address, 303)
