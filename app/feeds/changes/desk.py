"""The page where an editor merges a change at the source, block by block."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.desk import queries as desk_queries
from app.desk.deciding.actions import AlreadyDecided
from app.desk.forms import DecisionForm
from app.desk.kinds import NotPossible
from app.desk.models import ItemState, ReviewItem
from app.feeds.changes import actions, versions
from app.feeds.changes.updating import CHANGE
from app.feeds.deciding.merging import Choice
from app.text import clean_html, whole_number
from app.web.guard import editors_only
from app.web.viewer import viewer

desk = Blueprint("feed_changes_desk", __name__, url_prefix="/desk/feeds/changes")
editors_only(desk)


def _item(item_id: int) -> ReviewItem:
    item = db.session.get(ReviewItem, item_id)
    if item is None or item.kind != CHANGE:
        abort(404)
    return item


def _choices(sent: MultiDict[str, str]) -> dict[str, Choice]:
    return {name: Choice(value) for name, value in sent.items() if value in list(Choice)}


def _page(item: ReviewItem, sent: MultiDict[str, str], error: str = "") -> str:
    change = versions.loaded(db.session, [item.subject_id])[item.subject_id]
    choices = _choices(sent)
    words = change.words(choices) if change.places else None
    rel = change.entry.rel if change.entry else ""
    return render_template("feeds/change.html", item=item, change=change, choices=choices,
                           words=words, preview=clean_html(words.source, rel=rel) if words else "",
                           error=error)


@desk.get("/<int:item_id>")
def show(item_id: int) -> str | Response:
    """Three versions beside each other, a choice a place, and what would come of it."""
    item = _item(item_id)
    if item.state is not ItemState.WAITING:
        return redirect(f"/desk/items/{item.id}")
    return _page(item, request.args)


@desk.post("/<int:item_id>/merge")
def merge(item_id: int) -> Response | tuple[str, int]:
    """Takes the words that were chosen and decides the item."""
    item, form = _item(item_id), DecisionForm.sent()
    version = whole_number(request.form.get("version", ""))
    if not form.validate() or version is None:
        return _page(item, request.form, "Please choose again: something was missing."), 422
    try:
        decision = actions.take_merged(
            db.session, item, _choices(request.form), viewer(), now=clock.now(),
            version=version, seen=form.seen_at)
    except AlreadyDecided as error:
        return _too_late(_item(item_id), error.decision.sentence if error.decision else "")
    except NotPossible as error:
        return _page(_item(item_id), request.form, str(error)), 422
    flash(f"Merged: {decision.item.title}. The log takes it back.")
    return redirect("/desk/", 303)


def _too_late(item: ReviewItem, sentence: str) -> tuple[str, int]:
    if item.state is ItemState.WAITING:
        return _page(item, request.form, "The source has changed once more since you opened this;"
                                         " here are its words of today."), 409
    decision = desk_queries.standing_decision(db.session, item)
    abort(409, sentence or (decision.sentence if decision else "Nothing waits here any more."))
