"""The desk in motion: who has what open, and what is new."""

from datetime import UTC, datetime

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db, for_reading
from app.desk import claiming, counting, news, reasons
from app.desk.cards import cards_of
from app.desk.desk import filter_of_address, item_or_404, queue_address, view
from app.text import whole_number
from app.web.guard import editors_only
from app.web.htmx import answer
from app.web.viewer import viewer

moving = Blueprint("moving", __name__)
editors_only(moving)


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
    shown_ids = map(whole_number, request.args.get("shown", "").split("."))
    ids = [each for each in shown_ids if each is not None][:200]
    found = news.since(db.session, shown, moment, ids, reader_id=viewer().id, now=now)
    if found.mark == request.args.get("seen", ""):
        return Response(status=204)
    if "zen" in request.args:
        return render_template("desk/zen_news.hx.html", news=found, since=moment, shown=shown,
                               left=counting.left(db.session, shown, now)), 200
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
