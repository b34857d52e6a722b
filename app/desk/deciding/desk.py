"""Decisions as pages: the first one on an item wins, and each can be taken back."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, abort, redirect, render_template
from htmx_flask import request
from werkzeug.wrappers import Response

from app import clock
from app.database import db, for_reading, for_writing
from app.desk import kinds, queries, reasons, searching, zen
from app.desk.deciding import actions
from app.desk.desk import (
    came_from,
    card_of,
    in_zen,
    item_or_404,
    last_decision,
    queue_address,
    tell,
    view,
    zen_page,
)
from app.desk.filtering import Filter, NoSuchFilter
from app.desk.forms import DecisionForm
from app.desk.models import Decision, ItemState, ReviewItem, Verb
from app.web import safety
from app.web.guard import editors_only
from app.web.htmx import answer, invalid, wants_fragment
from app.web.viewer import viewer

deciding = Blueprint("deciding", __name__, url_prefix="/desk")
editors_only(deciding)
CHANGED = "The sender has changed it"
OVERTAKEN = {
    ItemState.WITHDRAWN: "Its sender has withdrawn it.",
    ItemState.DECIDED: "It has been decided already.",
}
NOUNS = {"approval": Verb.APPROVE, "rejection": Verb.REJECT, "spam": Verb.SPAM,
         "return": Verb.RETURN}


@deciding.post("/items/<int:item_id>/<any(approval, rejection, spam, return):noun>")
def decide(item_id: int, noun: str) -> Response | tuple[str, int]:
    """Decides an item. The first decision wins; whoever comes later is told what happened."""
    for_reading(db.session)
    form = DecisionForm.sent()
    form.templates = reasons.every(db.session)
    if not form.validate():
        abort(422, form.first_error())
    try:
        decision = actions.decide(
            db.session, _waiting(item_id), NOUNS[noun], viewer(), now=clock.now(),
            reason=form.reason_text, message=form.message_for(NOUNS[noun]),
            publish_at=form.publish_at.moment, seen=form.seen_at)
    except actions.AlreadyDecided as error:
        return _too_late(item_id, error.decision, form)
    except kinds.NotPossible as error:
        abort(422, str(error))
    for_reading(db.session)
    item = decision.item
    if in_zen():
        return _next_in_zen(f"{decision.words}: {item.person}.")
    if not wants_fragment():
        tell(f"{decision.words}: {item.person}, {item.title}.", f"{decision.path}/undo")
    return answer("desk/decide.hx.html", otherwise=queue_address(),
                  ask=lambda: _after(decision))


def _waiting(item_id: int) -> ReviewItem:
    """The item, read before one takes one's place among the writers: most who come too late are
    told so without it. Raises AlreadyDecided.
    """
    item = item_or_404(item_id)
    if item.state is not ItemState.WAITING:
        raise actions.AlreadyDecided(queries.standing_decision(db.session, item))
    db.session.commit()
    for_writing(db.session)
    return item


def _too_late(item_id: int, decision: Decision | None,
              form: DecisionForm) -> Response | tuple[str, int]:
    db.session.commit()
    for_reading(db.session)
    item = item_or_404(item_id)
    if item.state is ItemState.WAITING:
        return _with_new_words(item, form)
    sentence = decision.sentence if decision else OVERTAKEN[item.state]
    if in_zen():
        return _next_in_zen(f"Somebody was faster. {sentence}", status=409)
    page, _ = invalid("web/error.html", "desk/too_late.hx.html", code=409,
                      heading="Somebody was faster", sentence=sentence)
    return page, 409


def _with_new_words(item: ReviewItem, form: DecisionForm) -> Response | tuple[str, int]:
    """The card as it reads now, with what the editor has typed: nothing was decided."""
    if in_zen():
        return _next_in_zen(f"{CHANGED}; here is how it reads now.", item=item, status=409,
                            typed=form)
    card, templates = card_of(item.id), reasons.every(db.session)
    if wants_fragment():
        return render_template("desk/changed.hx.html", card=card, reasons=templates, typed=form,
                               item=item, heading=CHANGED), 409
    return render_template("desk/show.html", card=card, item=item, decisions=[], typed=form,
                           reasons=templates, changed=CHANGED), 409


@deciding.post("/decisions/<int:decision_id>/undo")
def undo(decision_id: int) -> Response | tuple[str, int]:
    """Takes a decision back; the item waits again under the same id.

    `next` is the path of ours that asked for it, to be led back to.
    """
    decision = db.session.get(Decision, decision_id) or abort(404)
    try:
        item = actions.undo(db.session, decision, viewer(), now=clock.now())
    except (actions.AlreadyDecided, kinds.NotPossible) as error:
        abort(409, str(error) if isinstance(error, kinds.NotPossible)
              else "This decision was taken back before.")
    db.session.commit()
    for_reading(db.session)
    if in_zen():
        return _next_in_zen(f"Taken back. {item.person} waits again.", item=item)
    back = safety.local_path(request.form.get("next"))
    if back or not wants_fragment():
        tell(f"Taken back. “{item.title}” waits again.")
    if back:
        return redirect(back, 303)
    return answer("desk/undo.hx.html", otherwise=queue_address(), ask=lambda: {
        "last": last_decision(), "reasons": reasons.every(db.session), "card": card_of(item.id),
        **_after(decision)})


def _after(decision: Decision) -> dict[str, Any]:
    shown = searching.looked_up(db.session, Filter.of(urlsplit(queue_address()).query))
    return {"decision": decision, "item": decision.item, **view(shown)}


def _next_in_zen(sentence: str, item: ReviewItem | None = None,
                 status: int = 200, **more: Any) -> Response | tuple[str, int]:
    """What follows in zen: the next card, or `item`, with a sentence on what was done."""
    tell(sentence)
    args = dict(parse_qsl(came_from().query)) | {"item": str(item.id) if item else ""}
    try:
        shown = zen.at(db.session, args, viewer(), clock.now())
    except NoSuchFilter:
        return redirect(zen.PATH, 303)
    if status == 200 and not request.htmx:
        return redirect(f"{zen.PATH}?{urlencode(args)}" if item else shown.address, 303)
    return zen_page(shown, **more), status
