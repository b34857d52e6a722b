"""The desk in motion: claims, decisions on many items at once, and what is new."""

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db, for_reading
from app.desk import bulk, claiming, news, reasons, searching
from app.desk.cards import cards_of
from app.desk.desk import TICKED, filter_of_address, item_or_404, queue_address, tell, view
from app.desk.filtering import Filter
from app.desk.forms import BulkForm, moment_of
from app.desk.models import Verb
from app.text import whole_number
from app.web import safety
from app.web.guard import editors_only
from app.web.htmx import answer
from app.web.viewer import viewer

moving = Blueprint("moving", __name__)
editors_only(moving)
# They travel in a cookie.
MOST_TICKED = 200


@moving.post("/desk/items/<int:item_id>/claim")
def claim(item_id: int) -> Response:
    """Shows the other editors that somebody is at it, or (`release`) no longer.

    `soft` comes from a card that is merely open: it takes from nobody and asks for no answer.
    """
    item, soft = item_or_404(item_id), "soft" in request.form
    if "release" in request.form:
        claiming.release(db.session, item, viewer())
    elif not claiming.claim(db.session, item, viewer(), now=clock.now(), soft=soft) and not soft:
        abort(409, "This item does not wait any more.")
    if soft:
        return Response(status=204)
    # What is shown from here on is no writer's business.
    for_reading(db.session)
    db.session.refresh(item)
    return answer("desk/claim.hx.html", otherwise=queue_address(), item=item,
                  held=claiming.held(item, viewer(), clock.now()))


@moving.get("/_/desk/news")
def ask_for_news() -> Response | tuple[str, int]:
    """What has changed since the page was made; 204 while nothing has that it does not know."""
    shown, now, moment = filter_of_address(), clock.now(), _moment()
    ids = _numbers(request.args.get("shown", "").split("."))[:200]
    found = news.since(db.session, shown, moment, ids, reader_id=viewer().id, now=now)
    if found.mark == request.args.get("seen", ""):
        return Response(status=204)
    if "zen" in request.args:
        return render_template("desk/zen_news.hx.html", news=found, since=moment, shown=shown,
                               left=bulk.number(db.session, shown, now)), 200
    claims = [(item, claiming.held(item, viewer(), now)) for item in found.items]
    return render_template("desk/news.hx.html", news=found, since=moment, claims=claims,
                           **view(shown)), 200


@moving.get("/_/desk/arrivals")
def show_arrivals() -> str:
    """The cards that have come in since a moment, to be put before all others."""
    shown, now = filter_of_address(), clock.now()
    ids = db.session.scalars(news.arrived(shown, _moment(), now)).all()
    return render_template("desk/arrivals.hx.html", shown=shown, since=now,
                           cards=cards_of(db.session, ids, viewer(), now),
                           reasons=reasons.every(db.session))


def _moment() -> datetime:
    try:
        return datetime.fromisoformat(request.args.get("since", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        abort(404, "Since when is not said.")


@moving.post("/desk/decisions")
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
    ids = bulk.matching(db.session, shown, form.moment, now) if by_filter else list(picked)
    if not ids:
        abort(422, "Nothing is selected, or what was selected does not wait any more.")
    verb = Verb(form.verb.data)
    outcome = bulk.decide(db.session, ids, bulk.Answer(
        verb, viewer(), form.reason_text, form.message_for(verb)), now=now,
        seen={number: since for number, since in picked.items() if since},
        before=form.moment if by_filter else None)
    if by_filter:
        outcome.late += max(0, min(form.seen, bulk.MOST) - len(ids))
    if outcome.refused and 0 < len(picked) <= MOST_TICKED:
        # The next decision on them needs no new ticks.
        flash(" ".join(map(str, bulk.left_of(db.session, picked))), TICKED)
    return _back(form.shown.address(), outcome,
                 f"/desk/batches/{outcome.batch}/undo" if outcome.done else "")


def _picked(typed: list[str]) -> dict[int, datetime | None]:
    """Items by number, each with the moment since which it waited, if the form says so."""
    found: dict[int, datetime | None] = {}
    for each in typed:
        number, _, since = each.partition("@")
        for known in _numbers([number]):
            found[known] = moment_of(since)
    return found


def _numbers(typed: list[str]) -> list[int]:
    return [found for each in typed if (found := whole_number(each)) is not None]


@moving.post("/desk/batches/<batch>/undo")
def undo_many(batch: str) -> Response:
    """Takes back what still stands of a decision on many items; `next` as for a single one."""
    outcome = bulk.undo(db.session, batch, viewer(), now=clock.now())
    if not (outcome.done or outcome.late or outcome.refused):
        outcome.words = "left to take back"
    shown = Filter.of(request.form.get("filter", ""))
    return _back(safety.local_path(request.form.get("next")) or shown.address(), outcome, "")


def _back(address: str, outcome: bulk.Outcome, undo: str) -> Response:
    tell(outcome.sentences, undo)
    return redirect(address, 303)
