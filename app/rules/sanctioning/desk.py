"""Bans and always-holds at the desk."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.desk.models import ReviewItem
from app.rules.models import Sanction, Sanctioned
from app.rules.sanctioning import actions, queries
from app.rules.sanctioning.forms import SanctionForm
from app.text import whole_number
from app.web.guard import editors_only
from app.web.paging import paginate
from app.web.viewer import viewer

desk = Blueprint("sanctions_desk", __name__, url_prefix="/desk/rules/sanctions")
editors_only(desk)
PAGE = 50
KIND = "comment"


@desk.get("")
def index() -> str:
    """Those that hold now; `?state=past` those that do no more."""
    state = request.args.get("state", "")
    if state not in {"", "past"}:
        abort(404, "There is no such state.")
    page = paginate(db.session, queries.listed(clock.now(), past=state == "past"), PAGE)
    return render_template("rules/sanctions.html", page=page, state=state,
                           names=queries.names(db.session, page.rows),
                           meanings=queries.meanings(db.session))


def _item(typed: str) -> ReviewItem:
    item = db.session.get(ReviewItem, whole_number(typed) or 0)
    return item if item and item.kind == KIND else abort(404, "There is no such comment.")


def _page(item: ReviewItem, form: SanctionForm) -> str:
    return render_template("rules/sanction.html", item=item, form=form,
                           meanings=queries.meanings(db.session))


@desk.get("/new")
def new() -> Response | str:
    """The form, about whoever sent one comment: `?item=` is its number at the desk."""
    if "item" not in request.args:
        return redirect("/desk/rules/sanctions")
    item = _item(request.args["item"])
    offered = queries.choices(db.session, item)
    # Whoever sent it comes first; networks, which others share, are a choice.
    form = SanctionForm(data={"target": next(iter(offered), None)})
    form.target.choices = list(offered.items())
    return _page(item, form)


@desk.post("")
def create() -> Response | tuple[str, int]:
    """Makes a ban or an always-hold of what was chosen."""
    item = _item(request.form.get("item", ""))
    form = SanctionForm.sent()
    form.now = clock.now()
    offered = queries.choices(db.session, item)
    form.target.choices = list(offered.items())
    if not form.validate():
        return _page(item, form), 422
    sanction = actions.impose(db.session, form.target.data, Sanctioned(form.effect.data),
                              until=form.until, note=form.note.data, by=viewer().name,
                              now=form.now)
    flash(f"{'Banned' if sanction.effect is Sanctioned.BAN else 'Always held'} from now on:"
          f" {offered[sanction.target]}.")
    return redirect("/desk/rules/sanctions", 303)


@desk.post("/<int:sanction_id>/lifting")
def lift(sanction_id: int) -> Response:
    """Ends a ban or an always-hold."""
    sanction = db.session.get(Sanction, sanction_id) or abort(404)
    try:
        actions.lift(db.session, sanction, by=viewer().name, now=clock.now())
    except actions.Over as error:
        abort(409, str(error))
    flash("Lifted. What was decided meanwhile stays decided; the log can take it back.")
    return redirect("/desk/rules/sanctions", 303)
