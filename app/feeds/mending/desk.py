"""Repairs at the desk."""

from flask import Blueprint, abort, flash, redirect, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.desk import queries as desk_queries
from app.entries import filing
from app.feeds.mending import actions
from app.feeds.models import FeedItem
from app.feeds.storing import KIND
from app.text import whole_number
from app.web.guard import editors_only
from app.web.viewer import viewer

desk = Blueprint("repairs_desk", __name__, url_prefix="/desk/feeds/items")
editors_only(desk)


@desk.post("/<int:item_id>/repairs")
def repair(item_id: int) -> Response | tuple[str, int]:
    """Makes a doubtful repair; 409 if it was made already or its words have changed."""
    item = db.session.get(FeedItem, item_id) or abort(404)
    index = whole_number(request.form.get("index", ""))
    if index is None:
        abort(422, "Which repair? Please press the button beside it.")
    try:
        actions.repair(db.session, item, index, by=viewer().name, now=clock.now())
    except (actions.TooLate, filing.NumberTaken) as error:
        abort(409, str(error))
    flash("The repair is made. The text as it was is kept among its versions.")
    card = desk_queries.item_of(db.session, KIND, item_id)
    return redirect(f"/desk/items/{card.id}" if card else "/desk/feeds/", 303)
