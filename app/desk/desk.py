"""The desk's HTTP: the queue, one item, decisions, undo, the log."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, render_template, request
from werkzeug.wrappers import Response

from app import clock
from app.database import db
from app.desk import actions, bulk, claiming, kinds, queries
from app.desk.filtering import Filter, NoSuchFilter
from app.desk.forms import DecisionForm
from app.desk.models import Decision, ItemState, ReviewItem, Verb
from app.desk.reasons import REASONS
from app.web.guard import editors_only
from app.web.htmx import answer, invalid, wants_fragment
from app.web.paging import paginate
from app.web.viewer import viewer

desk = Blueprint("desk", __name__, url_prefix="/desk")
editors_only(desk)
PAGE = 20
LOG_PAGE = 50
NOUNS = {"approval": Verb.APPROVE, "rejection": Verb.REJECT, "spam": Verb.SPAM,
         "return": Verb.RETURN}


@desk.get("/")
def index() -> str:
    """What waits."""
    shown, now = filter_of_address(), clock.now()
    page = paginate(db.session, queries.waiting(shown, now), PAGE)
    number = (bulk.number(db.session, shown, now) if page.more or page.number > 1
              else len(page.rows))
    return render_template("desk/index.html", page=page, shown=shown, number=number, seen_at=now,
                           cards=queries.cards(db.session, page.rows), reasons=REASONS,
                           kinds=kinds.every(), counts=queries.counts(db.session))


def filter_of_address() -> Filter:
    """What the address narrows the queue to; a 404 where it cannot be."""
    try:
        return Filter.read(request.args)
    except NoSuchFilter as error:
        abort(404, str(error))


def _item(item_id: int) -> ReviewItem:
    return db.session.get(ReviewItem, item_id) or abort(404)


@desk.get("/items/<int:item_id>")
def show(item_id: int) -> str:
    """One item, waiting or decided, with everything decided about it."""
    item = _item(item_id)
    decisions = db.session.scalars(queries.log().where(Decision.item_id == item.id)).all()
    return render_template("desk/show.html", card=queries.cards(db.session, [item])[0], item=item,
                           decisions=decisions, reasons=REASONS)


@desk.post("/items/<int:item_id>/<any(approval, rejection, spam, return):noun>")
def decide(item_id: int, noun: str) -> Response | tuple[str, int]:
    """Decides an item. The first decision wins; whoever comes later is told what happened."""
    item, form = _item(item_id), DecisionForm.sent()
    if not form.validate():
        abort(422, form.first_error())
    try:
        decision = actions.decide(
            db.session, item, NOUNS[noun], viewer(), now=clock.now(), reason=form.reason_text,
            message=form.message.data, publish_at=form.publish_at.moment)
    except actions.AlreadyDecided as error:
        return _too_late(item, error.decision)
    except kinds.NotPossible as error:
        abort(422, str(error))
    if not wants_fragment():
        flash(f"{decision.words}: {item.title}. The log takes it back.")
    return answer("desk/decide.hx.html", otherwise=_queue(), **_after(decision))


def _queue() -> str:
    """The queue as the editor has it before them: with its filter and its page."""
    try:
        came_from = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    except ValueError:
        return "/desk/"
    filtered = came_from.path == "/desk/" and came_from.query
    return f"/desk/?{came_from.query}" if filtered else "/desk/"


def _after(decision: Decision) -> dict[str, Any]:
    return {"decision": decision, "item": decision.item, "counts": queries.counts(db.session),
            "kinds": kinds.every(), "shown": Filter.of(urlsplit(_queue()).query)}


def _too_late(item: ReviewItem, decision: Decision | None) -> tuple[str, int]:
    sentence = decision.sentence if decision else "Its sender has withdrawn it."
    page, _ = invalid("web/error.html", "desk/too_late.hx.html", item=item, code=409,
                      heading="Somebody was faster", sentence=sentence)
    return page, 409


@desk.post("/items/<int:item_id>/claim")
def claim(item_id: int) -> Response:
    """Shows the other editors that somebody is at it, or (`release`) no longer.

    `soft` comes from a card that is merely open: it takes from nobody and asks for no answer.
    """
    item, soft = _item(item_id), "soft" in request.form
    if item.state is not ItemState.WAITING and not soft:
        abort(409, "This item does not wait any more.")
    if "release" in request.form:
        claiming.release(db.session, item, viewer())
    else:
        claiming.claim(db.session, item, viewer(), now=clock.now(), soft=soft)
    if soft:
        return Response(status=204)
    return answer("desk/claim.hx.html", otherwise=_queue(), item=item)


@desk.post("/decisions/<int:decision_id>/undo")
def undo(decision_id: int) -> Response | tuple[str, int]:
    """Takes a decision back; the item waits again under the same id."""
    decision = db.session.get(Decision, decision_id) or abort(404)
    try:
        item = actions.undo(db.session, decision, viewer(), now=clock.now())
    except (actions.AlreadyDecided, kinds.NotPossible) as error:
        abort(409, str(error) if isinstance(error, kinds.NotPossible)
              else "This decision was taken back before.")
    if not wants_fragment():
        flash(f"Taken back. “{item.title}” waits again.")
    return answer("desk/undo.hx.html", otherwise=_queue(), reasons=REASONS,
                  card=queries.cards(db.session, [item])[0], **_after(decision))


@desk.get("/log")
def log() -> str:
    """Every decision, newest first, with a form for each that can be undone."""
    return render_template("desk/log.html", page=paginate(db.session, queries.log(), LOG_PAGE))
